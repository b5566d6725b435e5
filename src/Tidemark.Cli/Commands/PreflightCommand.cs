using System.CommandLine;
using Spectre.Console;
using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Ingest.Preflight;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark preflight [SCOPE]</c>: asks vendors, with one row each, what may be used.</summary>
internal sealed class PreflightCommand : CliCommand
{
    private readonly Argument<string> _scope = new("SCOPE")
    {
        Description = "targets, universe or both",
        DefaultValueFactory = _ => "both",
    };

    // Every preflight probes all; scripts that said so go on to work.
    private readonly Option<bool> _all = new("--all") { Hidden = true };

    public override Command Build()
    {
        _scope.AcceptOnlyFromAmong("targets", "universe", "both");
        return new Command("preflight", "Probe vendors and permissions") { _scope, _all };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var pool = parse.GetValue(_scope) == "targets" ? RunScope.Targets : RunScope.Universe;
        var report = await host.Get<PreflightOperation>().RunAsync(new PreflightRequest(pool), stop);
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

        return report.Ready ? ExitCodes.Done : ExitCodes.Blocked;
    }

    private static void Write(CommandContext context, PreflightReport report)
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
