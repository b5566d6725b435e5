using System.Runtime.ExceptionServices;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions;
using Tidemark.DuckDb;
using Tidemark.Ingest;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Operations.Builds;
using Tidemark.Operations.Calendars;
using Tidemark.Operations.Jobs;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Symbols.Targets;
using Tidemark.Operations.Telemetry;

namespace Tidemark.Operations.Runs;

/// <summary>
/// Runs pools one after the other, isolated from each other, then evaluates once, builds the warehouse tables that are
/// out of date, and refreshes the catalog once. After a failure it does not build, but evaluates and refreshes, so that
/// status and catalog show what was committed. Where a calendar has ended, a run of its own fetches the vendor's first,
/// because nothing can be planned without. Where the runs brought codes that no list has, a run of its own fetches the
/// lists at the end.
/// </summary>
public sealed class PoolsExecutor(
    IngestRunner runner,
    UnbegunRuns unbegun,
    RunSettlement settlement,
    CatalogFile catalog,
    DataLake lake,
    CalendarNeed calendars,
    ListsBehind listsBehind,
    WarehouseUpdate warehouse,
    DefinitionBundle definitions,
    LaneJobs lanes,
    OperationTelemetry? telemetry = null
)
{
    /// <param name="pools">What to run, in this order.</param>
    /// <param name="builds">Whether to build the tables that are out of date and made from the pools' datasets.</param>
    /// <param name="watcher">Shows how far it is.</param>
    /// <param name="stop">Ends it in an orderly way.</param>
    /// <exception cref="TidemarkException">
    /// The first error that is no fault of a unit: in the workspace, the definitions, the evaluation.
    /// </exception>
    public Task<PoolsResult> RunAsync(
        IReadOnlyList<PoolRun> pools,
        bool builds,
        IRunWatcher watcher,
        CancellationToken stop
    ) => telemetry.SeeAsync("run pools", () => RunInLaneAsync(pools, builds, watcher, stop));

    private async Task<PoolsResult> RunInLaneAsync(
        IReadOnlyList<PoolRun> pools,
        bool builds,
        IRunWatcher watcher,
        CancellationToken stop
    )
    {
        if (pools is not [var first, ..])
        {
            return new PoolsResult([], null, stop.IsCancellationRequested);
        }

        await using var lane = await lanes.BeginAsync(first.Scope, first.Mode, first.Source, stop);
        if (lane.Refusal is { } refusal)
        {
            return await RefuseAsync(pools, refusal, stop);
        }

        var (runs, built) = await RunAllAsync(pools, builds, watcher, lane);
        return new PoolsResult(runs, built, lane.Stop.IsCancellationRequested);
    }

    private async Task<PoolsResult> RefuseAsync(IReadOnlyList<PoolRun> pools, RunBlock refusal, CancellationToken stop)
    {
        var refused = new List<RunOutcome>();
        foreach (var pool in pools)
        {
            var request = new RunRequest(pool.Scope, pool.Mode, pool.Source, new PlanRequest([], null, null));
            refused.Add(await unbegun.BlockAsync(request, refusal, stop));
        }

        return new PoolsResult(refused, null, stop.IsCancellationRequested);
    }

    private async Task<(IReadOnlyList<RunOutcome> Runs, BuildReport? Built)> RunAllAsync(
        IReadOnlyList<PoolRun> pools,
        bool builds,
        IRunWatcher watcher,
        LaneWatch lane
    )
    {
        var (refused, problem) = await FetchCalendarAsync(pools, watcher, lane);
        try
        {
            var (runs, built, failure) = await RunAndSettleAsync(pools, builds, watcher, lane);
            failure?.Throw();
            return (runs, built);
        }
        catch (TidemarkException e) when (refused is not null && e.Code == TradingCalendar.RangeCode)
        {
            return ([refused], null); // the account is to be mended first: the calendar comes by itself then
        }
        catch (TidemarkException e) when (problem is not null && e.Code == TradingCalendar.RangeCode)
        {
            throw new TidemarkException(e.Kind, e.Code, $"{e.Message} It was tried just now: {problem}", e);
        }
    }

    /// <summary>Fetches the vendor's calendar where the pools cannot be planned without it.</summary>
    /// <returns>The run, if the account was refused; and the reason of a failure, null without one.</returns>
    private async Task<(RunOutcome? Refused, string? Problem)> FetchCalendarAsync(
        IReadOnlyList<PoolRun> pools,
        IRunWatcher watcher,
        LaneWatch lane
    )
    {
        if (
            pools.All(p => p.Block is not null)
            || calendars.Missing() is not { } dataset
            || await AreAboutAsync(pools, dataset, lane.Stop)
        )
        {
            return (null, null);
        }

        var first = pools[0] with
        {
            Plan = _ => Task.FromResult(new PlanRequest([dataset], null, null)),
            First = null,
            ShrinkReason = null,
            Block = null,
            LeftOut = [],
        };
        var (runs, _, failure) = await RunAndSettleAsync([first], builds: false, watcher, lane);
        if (runs.Count == 0)
        {
            return (null, failure?.SourceException.Message);
        }

        var problem =
            runs[0].Block?.Message
            ?? (runs[0].Errors.Count > 0 ? runs[0].Errors[0].Message : null)
            ?? (calendars.Missing() is null ? null : "the vendor's list has no later days yet.");
        return (runs[0].IsRefused ? runs[0] : null, problem);
    }

    private static async Task<bool> AreAboutAsync(
        IReadOnlyList<PoolRun> pools,
        DatasetDefinition dataset,
        CancellationToken stop
    )
    {
        try
        {
            foreach (var pool in pools)
            {
                if ((await pool.Plan(stop)).Datasets.Any(d => d.Id != dataset.Id))
                {
                    return false;
                }
            }

            return true;
        }
        catch (TidemarkException)
        {
            return false; // it is planned when its turn comes, and its mistake told then
        }
    }

    private async Task<(
        IReadOnlyList<RunOutcome> Runs,
        BuildReport? Built,
        ExceptionDispatchInfo? Failure
    )> RunAndSettleAsync(IReadOnlyList<PoolRun> pools, bool builds, IRunWatcher watcher, LaneWatch lane)
    {
        var outcomes = new List<RunOutcome>();
        var failure = await RunPoolsAsync(pools, watcher, outcomes, lane);
        failure ??= await FollowListsAsync(watcher, outcomes, lane);
        IReadOnlyList<RunOutcome> settled = outcomes;
        try
        {
            settled = await settlement.SettleAsync(outcomes);
        }
        catch (Exception e)
        {
            failure ??= ExceptionDispatchInfo.Capture(e);
        }

        failure ??= outcomes
            .Select(o => o.Failure)
            .Where(e => e is not null && !(e is OperationCanceledException && lane.Stop.IsCancellationRequested))
            .Select(e => ExceptionDispatchInfo.Capture(e!))
            .FirstOrDefault();
        BuildReport? built = null;
        try
        {
            built = builds && failure is null ? await BuildAsync(outcomes, watcher, lane) : null;
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }

        await settlement.DerivedAsync(outcomes, DerivedText.Of(built, builds, failure));
        await RefreshCatalogAsync(
            outcomes.Any(o => o.Committed > 0) || built is { IsStopped: true } or { Result.Built.Count: > 0 },
            failure is not null
        );
        return (settled, built, failure);
    }

    /// <summary>
    /// Builds the warehouse tables of the runs' datasets that are out of date, even if the runs committed nothing: an
    /// earlier build may have been stopped. Null where all runs were blocked or one ended early; the next operation
    /// builds then.
    /// </summary>
    private async Task<BuildReport?> BuildAsync(IReadOnlyList<RunOutcome> outcomes, IRunWatcher watcher, LaneWatch lane)
    {
        await lane.Pause.PassAsync(lane.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var ran = outcomes.Where(o => o.Block is null).ToArray();
        if (ran.Length == 0 || lane.Stop.IsCancellationRequested || ran.Any(o => o.EndedBy is not null))
        {
            return null;
        }

        return await warehouse.FollowAsync(
            [.. ran.SelectMany(o => o.Request?.Plan.Datasets ?? []).DistinctBy(d => d.Id)],
            watcher,
            lane.Stop
        );
    }

    private async Task<ExceptionDispatchInfo?> RunPoolsAsync(
        IReadOnlyList<PoolRun> pools,
        IRunWatcher watcher,
        List<RunOutcome> outcomes,
        LaneWatch lane
    )
    {
        ExceptionDispatchInfo? failure = null;
        foreach (var pool in pools)
        {
            try
            {
                await lane.EnterAsync(pool.Scope);
                await lane.Pause.PassAsync(lane.Stop);
                var before = outcomes.Count;
                if (await PlanAsync(pool, watcher, outcomes, lane) is { } plan)
                {
                    await RunAsync(pool, plan, watcher, outcomes, lane);
                }
                else if (outcomes.Count == before)
                {
                    break; // stopped
                }
            }
            catch (OperationCanceledException) when (lane.Stop.IsCancellationRequested)
            {
                break; // between two pools
            }
            catch (TidemarkException e)
            {
                failure ??= ExceptionDispatchInfo.Capture(e); // one pool's trouble does not stop the other
            }
            catch (Exception e)
            {
                return failure ?? ExceptionDispatchInfo.Capture(e);
            }

            if (lane.Stop.IsCancellationRequested)
            {
                break;
            }
        }

        return failure;
    }

    /// <summary>
    /// Fetches the lists again that lack codes of newer rows, in a run of the last pool that wants them. Leaves out
    /// lists that these runs have fetched or asked for in vain: they are as new as they can be.
    /// </summary>
    private async Task<ExceptionDispatchInfo?> FollowListsAsync(
        IRunWatcher watcher,
        List<RunOutcome> outcomes,
        LaneWatch lane
    )
    {
        if (lane.Stop.IsCancellationRequested || outcomes.Any(o => o.EndedBy is not null))
        {
            return null;
        }

        try
        {
            var tried = outcomes
                .SelectMany(o =>
                    o.Work.Committed.Select(c => c.Unit.Id.Dataset)
                        .Concat(o.Work.Problems.Select(p => p.Unit.Id.Dataset))
                        .Concat(o.Unreadable.Select(u => u.Dataset))
                )
                .ToHashSet(StringComparer.Ordinal);
            var asked = outcomes
                .SelectMany(o => o.Request?.Plan.Datasets ?? [])
                .DistinctBy(d => d.Id)
                .Where(d => !tried.Contains(d.Id))
                .ToArray();
            var behind = await listsBehind.FindAsync(asked, lane.Stop);
            DatasetDefinition[] lists = [.. asked.Where(d => behind.Contains(d.Id))];
            if (lists.Length == 0)
            {
                return null;
            }

            var of = outcomes.Select(o => o.Request).Last(r => r?.Plan.Datasets.Contains(lists[0]) == true)!;
            var plan = of.Plan with { Datasets = lists, Behind = behind };
            return await RunPoolsAsync(
                [new PoolRun(of.Scope, of.Mode, of.Source, _ => Task.FromResult(plan))],
                watcher,
                outcomes,
                lane
            );
        }
        catch (Exception e)
        {
            return ExceptionDispatchInfo.Capture(e); // what was committed is settled all the same
        }
    }

    private async Task RunAsync(
        PoolRun pool,
        PlanRequest plan,
        IRunWatcher watcher,
        List<RunOutcome> outcomes,
        LaneWatch lane
    )
    {
        var request = new RunRequest(
            pool.Scope,
            pool.Mode,
            pool.Source,
            plan with
            {
                JustTried = JustTried(outcomes),
            },
            pool.Jobs,
            pool.ShrinkReason
        )
        {
            Definitions = definitions.Fingerprint,
            Reason = pool.Reason,
            Until = pool.Until,
            Pause = lane.Pause,
            CanceledBy = () => lane.CanceledBy,
            Block = pool.Block,
            LeftOut =
                plan.Datasets.Count == 0 ? [] : [.. pool.LeftOut.Select(f => new UnreadableDataset(f.Id, f.Reason))],
        };
        outcomes.Add(await watcher.WatchAsync(pool.Scope, progress => runner.RunAsync(request, progress, lane.Stop)));
    }

    /// <summary>
    /// Fetches what a pool needs first, and plans it. Null where it cannot be planned because a run before it was
    /// blocked, which says why, or it was stopped.
    /// </summary>
    private async Task<PlanRequest?> PlanAsync(
        PoolRun pool,
        IRunWatcher watcher,
        List<RunOutcome> outcomes,
        LaneWatch lane
    )
    {
        var isBlocked = false;
        try
        {
            foreach (var first in pool is { First: { } lists, Block: null } ? await lists(lane.Stop) : [])
            {
                await RunAsync(pool with { LeftOut = [], ShrinkReason = null }, first, watcher, outcomes, lane);
                isBlocked |= outcomes[^1].Block is not null;
            }

            return lane.Stop.IsCancellationRequested ? null : await pool.Plan(lane.Stop);
        }
        catch (TidemarkException e)
        {
            if (isBlocked && e.Code == TargetResolution.UnresolvedCode)
            {
                return null;
            }

            await unbegun.UnplannedAsync(pool.Scope, pool.Mode, pool.Source, e);
            throw;
        }
    }

    private static HashSet<UnitId> JustTried(List<RunOutcome> outcomes) =>
        [.. outcomes.SelectMany(o => o.Work.Committed).Select(c => c.Unit.Id)];

    private async Task RefreshCatalogAsync(bool hasCommitted, bool hasFailed)
    {
        try
        {
            if (hasCommitted || await IsCatalogBehindAsync())
            {
                await catalog.RefreshAsync(CancellationToken.None);
            }
        }
        catch (Exception e) when (hasFailed && e is TidemarkException or DuckDbException)
        {
            // Report the first error, not that the refresh fails too; the next command that writes refreshes it.
        }
    }

    private async Task<bool> IsCatalogBehindAsync() =>
        (await lake.TablesAsync(CancellationToken.None)).Count > 0
        && await catalog.IsBehindAsync(CancellationToken.None);
}
