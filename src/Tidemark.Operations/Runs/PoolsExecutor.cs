using System.Runtime.ExceptionServices;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions;
using Tidemark.Definitions.Files;
using Tidemark.DuckDb;
using Tidemark.Ingest;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Operations.Builds;
using Tidemark.Operations.Calendars;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Telemetry;

namespace Tidemark.Operations.Runs;

/// <summary>
/// A pool to run. Its plan is made when its turn comes, so that an error in it concerns only this pool.
/// </summary>
public sealed record PoolRun(Pool Scope, RunMode Mode, string Source, Func<PlanRequest> Plan)
{
    public int? Jobs { get; init; }

    public string? ShrinkReason { get; init; }

    /// <inheritdoc cref="RunRequest.Until"/>
    public DateTimeOffset? Until { get; init; }

    /// <inheritdoc cref="RunRequest.Block"/>
    public RunBlock? Block { get; init; }

    /// <summary>Datasets left out because their files have faults.</summary>
    public IReadOnlyList<DefinitionFault> LeftOut { get; init; } = [];
}

/// <summary>The results of several pools.</summary>
/// <param name="Runs">
/// The runs of the pools, blocked ones included, in their order; then the run of the lists, if there was one.
/// </param>
/// <param name="Built">
/// The build of the warehouse; null where none took place, as after a failure or where all runs were blocked.
/// </param>
public sealed record PoolsResult(IReadOnlyList<RunOutcome> Runs, BuildReport? Built);

/// <summary>
/// Runs pools one after the other, isolated from each other, then evaluates once, builds the warehouse tables that are
/// out of date, and refreshes the catalog once. After a failure it does not build, but evaluates and refreshes, so that
/// status and catalog show what was committed. Where a calendar has ended, a run of its own fetches the vendor's first,
/// because nothing can be planned without. Where the runs brought codes that no list has, a run of its own fetches the
/// lists at the end.
/// </summary>
public sealed class PoolsExecutor(
    IngestRunner runner,
    RunSettlement settlement,
    CatalogFile catalog,
    DataLake lake,
    CalendarNeed calendars,
    ListsBehind listsBehind,
    WarehouseUpdate warehouse,
    DefinitionBundle definitions,
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
    ) => telemetry.SeeAsync("run pools", () => RunAllAsync(pools, builds, watcher, stop));

    private async Task<PoolsResult> RunAllAsync(
        IReadOnlyList<PoolRun> pools,
        bool builds,
        IRunWatcher watcher,
        CancellationToken stop
    )
    {
        var (refused, problem) = await FetchCalendarAsync(pools, watcher, stop);
        try
        {
            var (runs, built, failure) = await RunAndSettleAsync(pools, builds, watcher, stop);
            failure?.Throw();
            return new PoolsResult(runs, built);
        }
        catch (TidemarkException e) when (refused is not null && e.Code == TradingCalendar.RangeCode)
        {
            return new PoolsResult([refused], null); // the account is to be mended first: the calendar comes by itself then
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
        CancellationToken stop
    )
    {
        if (
            pools.All(p => p.Block is not null)
            || calendars.Missing() is not { } dataset
            || pools.All(p => IsAbout(p, dataset))
        )
        {
            return (null, null);
        }

        var first = pools[0] with
        {
            Plan = () => new PlanRequest([dataset], null, null),
            ShrinkReason = null,
            Block = null,
            LeftOut = [],
        };
        var (runs, _, failure) = await RunAndSettleAsync([first], builds: false, watcher, stop);
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

    private static bool IsAbout(PoolRun pool, DatasetDefinition dataset)
    {
        try
        {
            return pool.Plan().Datasets.All(d => d.Id == dataset.Id);
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
    )> RunAndSettleAsync(IReadOnlyList<PoolRun> pools, bool builds, IRunWatcher watcher, CancellationToken stop)
    {
        var outcomes = new List<RunOutcome>();
        var failure = await RunPoolsAsync(pools, watcher, outcomes, stop);
        failure ??= await FollowListsAsync(watcher, outcomes, stop);
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
            .Where(e => e is not null && !(e is OperationCanceledException && stop.IsCancellationRequested))
            .Select(e => ExceptionDispatchInfo.Capture(e!))
            .FirstOrDefault();
        BuildReport? built = null;
        try
        {
            built = builds && failure is null ? await BuildAsync(outcomes, watcher, stop) : null;
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }

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
    private async Task<BuildReport?> BuildAsync(
        IReadOnlyList<RunOutcome> outcomes,
        IRunWatcher watcher,
        CancellationToken stop
    )
    {
        var ran = outcomes.Where(o => o.Block is null).ToArray();
        if (ran.Length == 0 || stop.IsCancellationRequested || ran.Any(o => o.EndedBy is not null))
        {
            return null;
        }

        return await warehouse.FollowAsync(
            [.. ran.SelectMany(o => o.Request?.Plan.Datasets ?? []).DistinctBy(d => d.Id)],
            watcher,
            stop
        );
    }

    private async Task<ExceptionDispatchInfo?> RunPoolsAsync(
        IReadOnlyList<PoolRun> pools,
        IRunWatcher watcher,
        List<RunOutcome> outcomes,
        CancellationToken stop
    )
    {
        ExceptionDispatchInfo? failure = null;
        foreach (var pool in pools)
        {
            try
            {
                var plan = await PlanAsync(pool) with { JustTried = JustTried(outcomes) };
                var request = new RunRequest(pool.Scope, pool.Mode, pool.Source, plan, pool.Jobs, pool.ShrinkReason)
                {
                    Definitions = definitions.Fingerprint,
                    Until = pool.Until,
                    Block = pool.Block,
                    LeftOut =
                        plan.Datasets.Count == 0
                            ? []
                            : [.. pool.LeftOut.Select(f => new UnreadableDataset(f.Id, f.Reason))],
                };
                outcomes.Add(
                    await watcher.WatchAsync(pool.Scope, progress => runner.RunAsync(request, progress, stop))
                );
            }
            catch (TidemarkException e)
            {
                failure ??= ExceptionDispatchInfo.Capture(e); // one pool's trouble does not stop the other
            }
            catch (Exception e)
            {
                return failure ?? ExceptionDispatchInfo.Capture(e);
            }

            if (stop.IsCancellationRequested)
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
        CancellationToken stop
    )
    {
        if (stop.IsCancellationRequested || outcomes.Any(o => o.EndedBy is not null))
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
            var behind = await listsBehind.FindAsync(asked, stop);
            DatasetDefinition[] lists = [.. asked.Where(d => behind.Contains(d.Id))];
            if (lists.Length == 0)
            {
                return null;
            }

            var of = outcomes.Select(o => o.Request).Last(r => r?.Plan.Datasets.Contains(lists[0]) == true)!;
            var plan = of.Plan with { Datasets = lists, Behind = behind };
            return await RunPoolsAsync(
                [new PoolRun(of.Scope, of.Mode, of.Source, () => plan)],
                watcher,
                outcomes,
                stop
            );
        }
        catch (Exception e)
        {
            return ExceptionDispatchInfo.Capture(e); // what was committed is settled all the same
        }
    }

    private async Task<PlanRequest> PlanAsync(PoolRun pool)
    {
        try
        {
            return pool.Plan();
        }
        catch (TidemarkException e)
        {
            await runner.RecordUnplannedAsync(pool.Scope, pool.Mode, pool.Source, e);
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
