using System.CommandLine;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark preflight [SCOPE]</c>: asks vendors, with one row each, which datasets may be used.</summary>
internal sealed class PreflightCommand : CliCommand
{
    private readonly Argument<string> _scope = new("SCOPE")
    {
        Description = "targets, universe or both",
        DefaultValueFactory = _ => RunPools.Both,
    };

    // Every preflight probes all datasets; this option keeps old scripts working.
    private readonly Option<bool> _all = new("--all") { Hidden = true };

    public override Command Build()
    {
        _scope.AcceptOnlyFromAmong([.. RunPools.Names]);
        return new Command("preflight", "Probe vendors and permissions") { _scope, _all };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        // The universe has the datasets of both.
        var request = new PreflightRequest(RunPools.Of(parse.GetValue(_scope)!)[^1]);
        var report = await workspace.Get<PreflightOperation>().RunAsync(request, stop);
        context.WriteJson(
            new
            {
                ready = report.Ready,
                probes = report.Probes,
                issues = report.Issues,
            }
        );
        if (!context.IsJson)
        {
            Write(context, report);
        }

        return ExitCodes.Of(report.Verdict);
    }

    private static void Write(CommandContext context, PreflightResponse report)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("module", "api", "status", "message");
        foreach (var probe in report.Probes)
        {
            table.AddRow(probe.ModuleId, probe.Api, probe.Status, Markup.Escape(probe.Message ?? ""));
        }

        context.Terminal.Write(table);
        context.Say(
            !report.Ready ? "not ready"
            : report.Issues.Count > 0 ? $"ready, without {string.Join(", ", report.Issues.Select(i => i.ModuleId))}"
            : "ready"
        );
    }
}
