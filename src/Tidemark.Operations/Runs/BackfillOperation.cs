using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Builds;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Runs;

/// <summary>Fetch the units in a range of days that are missing or not whole.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
/// <param name="Datasets">By name; empty for all.</param>
/// <param name="Jobs">Units fetched at the same time; null for the workspace's own number.</param>
/// <param name="Builds">Whether to build the warehouse tables that are out of date afterwards.</param>
public sealed record BackfillRequest(
    DateOnly From,
    DateOnly To,
    IReadOnlyList<string> Datasets,
    int? Jobs = null,
    bool Builds = true
)
{
    /// <summary>
    /// The only instruments that are wanted; empty for all. Datasets that cannot be fetched by symbol, or not in fewer
    /// calls, are fetched whole.
    /// </summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>For how long; what is left then is for the next one. Null for no bound.</summary>
    public TimeSpan? For { get; init; }
}

/// <summary>The result of a backfill.</summary>
/// <param name="Run">Its run.</param>
/// <param name="IsStopped">Whether it was asked to stop; then <see cref="RunOutcome.Left"/> units are left.</param>
public sealed record BackfillResponse(RunOutcome Run, bool IsStopped)
{
    /// <summary>The run that fetched lists again because rows had codes that no list has; null without one.</summary>
    public RunOutcome? Lists { get; init; }

    /// <summary>The build of the warehouse; null where none took place.</summary>
    public BuildReport? Built { get; init; }

    /// <summary>What is left out, and what is to be known of the named symbols: one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What it left out of the lake.</summary>
    public LeftOutReport LeftOut { get; init; } = LeftOutReport.None;

    /// <summary>The latest finished trading day, where the range begins after it; null otherwise.</summary>
    public DateOnly? LatestBefore { get; init; }

    public Verdict Verdict => RunVerdicts.Of(Lists is null ? [Run] : [Run, Lists], IsStopped, Built, LeftOut);
}

/// <summary><c>backfill</c>: a run over a range of the past; can be stopped and started again.</summary>
public sealed class BackfillOperation(
    WorkspacePlan plan,
    DatasetRegistry datasets,
    PoolsExecutor executor,
    RunModules modules,
    SymbolDirectory symbols,
    ISymbolLists lists,
    FindLeftOut leftOut,
    TimeProvider clock
)
{
    /// <exception cref="TidemarkException">
    /// Codes <c>RANGE_EMPTY</c>, <c>SYMBOL_AMBIGUOUS</c>; or the workspace or its definitions are wrong.
    /// </exception>
    public async Task<BackfillResponse> RunAsync(BackfillRequest request, IRunWatcher watcher, CancellationToken stop)
    {
        DayRange.EnsureNotEmpty(request.From, request.To);
        foreach (var name in request.Datasets)
        {
            datasets.Get(name);
        }

        var named = await symbols.NamedAsync(request.Symbols, stop);
        var decided = await modules.ForRunAsync(request.Datasets, stop);
        var wanted = new PoolRun(
            Pool.Universe,
            RunMode.Bootstrap,
            RunSources.Manual,
            _ => Task.FromResult(plan.ForBackfill(request.From, request.To, request.Datasets, request.Symbols))
        )
        {
            Jobs = request.Jobs,
            Until = clock.GetUtcNow() + request.For,
            LeftOut = request.Datasets.Count == 0 ? datasets.LeftOut : [],
        };
        var (runs, built, isStopped) = await executor.RunAsync(
            [modules.Restrict(wanted, decided, request.Datasets)],
            request.Builds,
            watcher,
            stop
        );
        var run = runs[0];
        return new BackfillResponse(run, isStopped)
        {
            Lists = runs.ElementAtOrDefault(1),
            Built = built,
            Notes = [.. modules.NotesOf(decided, request.Datasets), .. await NamedNotes.OfAsync(named, run, lists)],
            LatestBefore = run.Block is null && request.From > run.AsOf ? run.AsOf : null,
            LeftOut = await leftOut.AfterAsync(
                needsDefinitions: request.Datasets.Count == 0,
                runs.SelectMany(r => r.ChecksLeftOut)
            ),
        };
    }
}
