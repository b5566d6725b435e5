using Microsoft.Extensions.Logging;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Ibkr.Client;

namespace Tidemark.Operations.Ibkr;

/// <summary>The findings about a gateway.</summary>
/// <param name="Gateway">Its address.</param>
/// <param name="Findings">In the order of the checks.</param>
public sealed record GatewayReport(string Gateway, IReadOnlyList<GatewayFinding> Findings)
{
    public bool Ok => Findings.All(f => f.Result != GatewayFinding.Fail);

    public Verdict Verdict => Ok ? Verdict.Done : Verdict.Failed;
}

/// <param name="Check">The name of the check.</param>
/// <param name="Result"><c>ok</c>, <c>warn</c> or <c>fail</c>.</param>
/// <param name="Message">The state, or what is wrong.</param>
/// <param name="Advice">What to do; empty when nothing needs doing.</param>
public sealed record GatewayFinding(string Check, string Result, string Message, string Advice)
{
    public const string Warn = "warn";
    public const string Fail = "fail";
}

/// <summary><c>ibkr doctor</c>: finds out what is wrong with a gateway, and what to do.</summary>
public sealed class ExamineGateway(GatewaySettings settings, TimeProvider clock, ILoggerFactory logs)
{
    /// <exception cref="TidemarkException">
    /// The named workspace does not exist, or its file has faults.
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
