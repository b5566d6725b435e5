using System.CommandLine;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Operations.Doctor;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark doctor</c>: checks workspace, definitions, control database, lake, vendors, clock and disk; mends what
/// needs no decision. <c>doctor store</c> tries out what the lake's store promises.
/// </summary>
internal sealed class DoctorCommand : CliCommand
{
    private readonly Option<bool> _repair = new("--repair")
    {
        Description =
            "Repair what needs no decision: markers, interrupted writes, staging and leases of dead runs, the catalog",
    };

    private readonly Command _store = new(
        "store",
        "Try out what the lake's store promises, above all that of many writers one wins"
    );

    public override Command Build() => new("doctor", "Check the workspace and what it needs") { _repair, _store };

    public override Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop) =>
        parse.CommandResult.Command == _store
            ? ProbeAsync(context, stop)
            : CheckAsync(context, parse.GetValue(_repair), stop);

    private static async Task<int> CheckAsync(CommandContext context, bool repair, CancellationToken stop)
    {
        await using var operations = context.WithoutWorkspace();
        var response = await operations.Get<DoctorOperation>().RunAsync(new DoctorRequest(repair), stop);
        context.WriteJson(new { ok = response.Ok, checks = response.Checks });
        if (!context.IsJson)
        {
            foreach (var check in response.Checks)
            {
                var mark =
                    !check.Ok ? Marks.Fail
                    : check.Warning ? Marks.Warn
                    : Marks.Ok;
                context.Terminal.MarkupLine($"{mark}  {check.Check, -12} {Markup.Escape(check.Message)}");
            }
        }

        return ExitCodes.Of(response.Verdict);
    }

    private static async Task<int> ProbeAsync(CommandContext context, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var response = await workspace.Get<ProbeStore>().RunAsync(stop);
        context.WriteJson(
            new
            {
                store = response.Store,
                ok = response.Ok,
                findings = response.Findings,
            }
        );
        if (!context.IsJson)
        {
            foreach (var finding in response.Findings)
            {
                context.Terminal.MarkupLine(
                    $"{(finding.Ok ? Marks.Ok : Marks.Fail)}  {finding.Name, -16} {Markup.Escape(finding.Message)}"
                );
            }
        }

        return ExitCodes.Of(response.Verdict);
    }
}
