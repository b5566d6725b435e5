using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Builds;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Runs;

/// <summary>Fetch and commit what is missing, and what is not whole.</summary>
/// <param name="Pools">In the order in which they run.</param>
/// <param name="Datasets">By name; empty for all.</param>
/// <param name="AsOf">Treats this as the latest finished day; null for what the clock says.</param>
/// <param name="IsScheduled">
/// Whether units that are not whole wait for their next attempt; a run that a person types does not wait.
/// </param>
/// <param name="Mode">Why it runs.</param>
/// <param name="Builds">Whether to build what became out of date in the warehouse.</param>
public sealed record RunPoolsRequest(
    IReadOnlyList<Pool> Pools,
    IReadOnlyList<string> Datasets,
    DateOnly? AsOf = null,
    bool IsScheduled = false,
    RunMode Mode = RunMode.Manual,
    bool Builds = true
);

/// <summary>What became of it.</summary>
/// <param name="Runs">A run a pool; after them one of lists, where rows had codes that none of them has.</param>
/// <param name="PlanFrom">The first day of the plan.</param>
/// <param name="LastFinished">
/// The latest finished day within the plan; before <paramref name="PlanFrom"/> when none is finished yet.
/// </param>
/// <param name="IsStopped">Whether it was asked to stop.</param>
public sealed record RunPoolsResponse(
    IReadOnlyList<RunOutcome> Runs,
    DateOnly PlanFrom,
    DateOnly LastFinished,
    bool IsStopped
)
{
    /// <summary>What was built in the warehouse; null where it was left as it is.</summary>
    public BuildReport? Built { get; init; }

    /// <summary>Targets and codes that no list has; null where it was not looked.</summary>
    public SymbolFaults? Symbols { get; init; }

    /// <summary>What of the lake was left out.</summary>
    public LeftOutReport LeftOut { get; init; } = LeftOutReport.None;

    /// <summary>Whether no day of the plan is finished yet.</summary>
    public bool IsBeforePlan => LastFinished < PlanFrom;

    public Verdict Verdict => RunVerdicts.Of(Runs, IsStopped, Built, LeftOut);
}

/// <summary><c>run</c>: one run a pool; then the warehouse, as far as it is made of what they are about.</summary>
public sealed class RunOperation(
    WorkspacePlan plan,
    DatasetRegistry datasets,
    PoolsExecutor executor,
    SymbolFindings symbols,
    FindLeftOut leftOut
)
{
    /// <exception cref="TidemarkException">
    /// The workspace or its definitions are wrong; every pool that could run did.
    /// </exception>
    public async Task<RunPoolsResponse> RunAsync(RunPoolsRequest request, IRunWatcher watcher, CancellationToken stop)
    {
        foreach (var name in request.Datasets)
        {
            datasets.Get(name); // a name that was mistyped is no run
        }

        // What is fetched anew stands afterwards, with the days of the plan alone: where it had others, that is to be
        // told.
        var gone = await leftOut.GoneAsync(stop);
        var (runs, built) = await executor.RunAsync(
            [
                .. request.Pools.Select(pool => new PoolRun(
                    pool,
                    request.Mode,
                    request.IsScheduled ? RunSources.Schedule : RunSources.Manual,
                    () => plan.ForRun(pool, request.Datasets, request.AsOf) with { KeepsDistance = request.IsScheduled }
                )
                {
                    LeftOut = request.Datasets.Count == 0 ? datasets.LeftOut : [],
                }),
            ],
            request.Builds,
            watcher,
            stop
        );
        var (from, to) = Window(runs);
        return new RunPoolsResponse(runs, from, to, stop.IsCancellationRequested)
        {
            Built = built,
            Symbols = await SymbolsAsync(stop),
            LeftOut = await leftOut.AfterAsync(before: gone) with
            {
                Definitions = leftOut.Definitions,
                NeedsDefinitions = request.Datasets.Count == 0,
            },
        };
    }

    /// <summary>Nobody should take a symbol that is left out for one that is well.</summary>
    private async Task<SymbolFaults?> SymbolsAsync(CancellationToken stop)
    {
        try
        {
            return stop.IsCancellationRequested ? null : await symbols.RunAsync(SymbolFindings.RecentDays, stop);
        }
        catch (TidemarkException)
        {
            return null; // a file of targets that is gone: the run itself has said so
        }
        catch (OperationCanceledException)
        {
            return null; // stopped now: what was done is told all the same
        }
    }

    /// <summary>
    /// The plan's; no days where a calendar has ended and its continuation was refused with the account.
    /// </summary>
    private (DateOnly From, DateOnly To) Window(IReadOnlyList<RunOutcome> runs)
    {
        try
        {
            return plan.Window();
        }
        catch (TidemarkException e) when (e.Code == TradingCalendar.RangeCode && runs.Any(r => r.IsRefused))
        {
            return (default, default);
        }
    }
}
