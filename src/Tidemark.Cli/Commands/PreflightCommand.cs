using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Modules;
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

    private readonly Option<bool> _all = new("--all")
    {
        Description = "Ask again for what has passed within 24 hours, and for what the account might not use",
    };

    public override Command Build()
    {
        _scope.AcceptOnlyFromAmong([.. RunPools.Names]);
        return new Command("preflight", "Probe vendors and permissions") { _scope, _all };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        // The universe has the datasets of both.
        var request = new PreflightRequest(RunPools.Of(parse.GetValue(_scope)!)[^1], parse.GetValue(_all));
        var report = await workspace.Get<PreflightOperation>().RunAsync(request, stop);
        context.WriteJson(
            new
            {
                ready = report.Ready,
                probes = report.Probes,
                issues = report.Issues,
                outside_plan = ModuleDocument.OutsidePlan(report.Modules),
                not_entitled = ModuleDocument.NotEntitled(report.Modules),
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
        SourcesText.WriteProbes(context, report.Probes);
        // What is about one dataset stands in its line.
        foreach (var issue in report.Issues.Where(i => i.DatasetId is null || i.Code != "MODULE_TEST_FAILED"))
        {
            context.Say($"{issue.Level} {issue.Code}: {issue.Message}");
        }

        foreach (var note in ModuleNotes.Of(report.Modules, []))
        {
            context.Say(note);
        }

        var without = report.Issues.Select(i => i.ModuleId).OfType<string>().Distinct().ToArray();
        context.Say(
            !report.Ready ? "not ready"
            : without.Length > 0 ? $"ready, without {string.Join(", ", without)}"
            : "ready"
        );
    }
}
