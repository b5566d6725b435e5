using System.CommandLine;
using System.Runtime.ExceptionServices;
using Tidemark.Cli.Output;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Planning;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark run [targets|universe|both]</c>: preflight, then one run a pool.</summary>
internal sealed class RunCommand : CliCommand
{
    private readonly Argument<string> _scope = new("SCOPE")
    {
        Description = "targets, universe or both",
        DefaultValueFactory = _ => "both",
    };

    private readonly Option<DateOnly?> _asOf = DateOption("--as-of", "Treat this as the latest finished day");
    private readonly Option<string[]> _datasets = ListOption("--datasets", "Only these datasets");

    public override Command Build()
    {
        _scope.AcceptOnlyFromAmong("targets", "universe", "both");
        return new Command("run", "Fetch and commit what is missing") { _scope, _asOf, _datasets };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        RunScope[] scopes = parse.GetValue(_scope) switch
        {
            "targets" => [RunScope.Targets],
            "universe" => [RunScope.Universe],
            _ => [RunScope.Targets, RunScope.Universe],
        };
        var pools = new PoolRuns(context, host);
        var outcomes = new List<RunOutcome>();
        ExceptionDispatchInfo? failure = null;
        foreach (var scope in scopes)
        {
            try
            {
                var plan = host.Get<WorkspacePlan>().ForRun(scope, parse.GetValue(_datasets)!, parse.GetValue(_asOf));
                outcomes.Add(await pools.RunAsync(new RunRequest(scope, RunMode.Manual, "manual", plan), stop));
            }
            catch (TidemarkException e)
            {
                failure ??= ExceptionDispatchInfo.Capture(e); // one pool's trouble does not stop the other
            }

            if (stop.IsCancellationRequested)
            {
                break;
            }
        }

        if (failure is not null)
        {
            await pools.RefreshCatalogAfterFailureAsync();
            failure.Throw();
        }

        await pools.RefreshCatalogAsync();
        var (from, to) = host.Get<WorkspacePlan>().Window();
        if (to < from)
        {
            context.Say(
                $"No day of the plan is finished yet: it begins on {from.ToIso()}, the latest finished trading day is {to.ToIso()}."
            );
        }

        context.WriteJson(new { runs = outcomes.Select(RunJson.Of) });
        return PoolRuns.ExitCode(outcomes, stop);
    }
}
