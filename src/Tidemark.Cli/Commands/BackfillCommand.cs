using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Planning;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark backfill --from A --to B</c>: units of the range that are not committed yet; can be stopped and started again.</summary>
internal sealed class BackfillCommand : CliCommand
{
    private readonly Option<DateOnly?> _from = DateOption("--from", "First day");
    private readonly Option<DateOnly?> _to = DateOption("--to", "Last day");
    private readonly Option<string[]> _datasets = ListOption("--datasets", "Only these datasets");
    private readonly Option<int?> _jobs = new("--jobs")
    {
        Description = "Units fetched at the same time",
        HelpName = "N",
    };

    public override Command Build()
    {
        _from.Required = true;
        _to.Required = true;
        Bound(_jobs, 1, 64);
        return new Command("backfill", "Fetch what is missing in a range of days") { _from, _to, _datasets, _jobs };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var from = parse.GetValue(_from)!.Value;
        var to = parse.GetValue(_to)!.Value;
        if (to < from)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "RANGE_EMPTY",
                $"--to {to.ToIso()} is before --from {from.ToIso()}."
            );
        }

        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var plan = host.Get<WorkspacePlan>().ForBackfill(from, to, parse.GetValue(_datasets)!);
        var pools = new PoolRuns(context, host);
        var request = new RunRequest(RunScope.Universe, RunMode.Bootstrap, "manual", plan, parse.GetValue(_jobs));
        RunOutcome outcome;
        try
        {
            outcome = await pools.RunAsync(request, stop);
        }
        catch (TidemarkException)
        {
            await pools.RefreshCatalogAfterFailureAsync();
            throw;
        }

        await pools.RefreshCatalogAsync();
        if (outcome.Block is null && from > outcome.AsOf)
        {
            context.Say(
                $"There is no finished trading day from {from.ToIso()} to {to.ToIso()}; the latest one before is {outcome.AsOf.Value.ToIso()}."
            );
        }

        context.WriteJson(
            new
            {
                planned = outcome.Planned,
                skipped = outcome.AlreadyCommitted,
                done = outcome.Committed,
                open = outcome.Open,
                failed = outcome.Failed,
                rows = outcome.Counts.Rows,
                run = outcome.Id,
                errors = RunJson.Of(outcome).Errors,
            }
        );
        return PoolRuns.ExitCode([outcome], stop);
    }
}
