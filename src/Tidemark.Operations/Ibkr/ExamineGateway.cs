using Microsoft.Extensions.Logging;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Ibkr.Client;

namespace Tidemark.Operations.Ibkr;

/// <summary>What is wrong with a gateway.</summary>
/// <param name="Gateway">Where it is.</param>
/// <param name="Findings">In the order in which they were looked for.</param>
public sealed record GatewayReport(string Gateway, IReadOnlyList<GatewayFinding> Findings)
{
    public bool Ok => Findings.All(f => f.Result != GatewayFinding.Fail);

    public Verdict Verdict => Ok ? Verdict.Done : Verdict.Failed;
}

/// <param name="Check">What was looked at.</param>
/// <param name="Result"><c>ok</c>, <c>warn</c> or <c>fail</c>.</param>
/// <param name="Message">How it is.</param>
/// <param name="Advice">What to do; empty when nothing is.</param>
public sealed record GatewayFinding(string Check, string Result, string Message, string Advice)
{
    public const string Warn = "warn";
    public const string Fail = "fail";
}

/// <summary><c>ibkr doctor</c>: finds out what is wrong with a gateway, and what to do.</summary>
public sealed class ExamineGateway(GatewaySettings settings, TimeProvider clock, ILoggerFactory logs)
{
    /// <exception cref="TidemarkException">
    /// The workspace that was named is not there, or its file has faults.
    /// </exception>
    public async Task<GatewayReport> RunAsync(GatewayChoice choice, CancellationToken stop)
    {
        var options = settings.Of(choice);
        var doctor = new IbkrDoctor(options, clock, GatewaySettings.Jitter(), logs.CreateLogger<IbkrClient>());
        var findings = await doctor.ExamineAsync(stop);
        return new GatewayReport(
            $"{options.Host}:{options.Port}",
            [
                .. findings.Select(f => new GatewayFinding(
                    f.Name,
                    f.Result.ToString().ToLowerInvariant(),
                    f.Message,
                    f.Advice
                )),
            ]
        );
    }
}
