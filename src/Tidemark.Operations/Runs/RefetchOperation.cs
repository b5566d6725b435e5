using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Runs;

/// <summary>Fetch units again that are in the lake.</summary>
/// <param name="Datasets">By name, at least one.</param>
/// <param name="From">
/// First day; with it or <paramref name="To"/>, missing days of the range are fetched too.
/// </param>
/// <param name="To">Last day.</param>
/// <param name="Symbols">
/// Instruments whose changes are reported one by one, and the only ones that are wanted: datasets that can be fetched
/// by symbol in no more calls are limited to them, others are fetched whole.
/// </param>
/// <param name="ShrinkReason">
/// Why units may lose rows that are in the lake, for the commit; null when they may not.
/// </param>
public sealed record RefetchRequest(
    IReadOnlyList<string> Datasets,
    DateOnly? From,
    DateOnly? To,
    IReadOnlyList<string> Symbols,
    string? ShrinkReason
);

/// <summary>The rows that a refetch changed.</summary>
public sealed record RowChanges(long Added, long Changed, long Removed, long Unchanged);

/// <summary>The changes of one symbol in one dataset.</summary>
public sealed record SymbolChanges(string Symbol, string Dataset, RowChanges Rows);

/// <summary>The result of a refetch.</summary>
/// <param name="Run">Its run.</param>
/// <param name="Symbols">
/// By dataset and symbol, in the order in which they were named; symbols without rows are included, with zeros.
/// </param>
/// <param name="IsStopped">Whether it was asked to stop.</param>
public sealed record RefetchResponse(RunOutcome Run, IReadOnlyList<SymbolChanges> Symbols, bool IsStopped)
{
    /// <summary>What it did not do, or did without being asked to: one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public RowChanges Rows => new(Run.Counts.Inserted, Run.Counts.Updated, Run.Counts.Deleted, Run.Counts.Unchanged);

    /// <summary>What it left out of the lake.</summary>
    public LeftOutReport LeftOut { get; init; } = LeftOutReport.None;

    public Verdict Verdict => LeftOut.Lower(RunVerdicts.Of([Run], IsStopped));
}

/// <summary>
/// <c>refetch</c>: fetches units again that are in the lake, reports the changes, and resets the attempts at units that
/// are not whole.
/// </summary>
public sealed class RefetchOperation(
    WorkspacePlan plan,
    DatasetRegistry datasets,
    PoolsExecutor executor,
    RunModules modules,
    SymbolDirectory symbols,
    ISymbolLists lists,
    DataLake lake,
    FindLeftOut leftOut
)
{
    /// <exception cref="TidemarkException">
    /// Codes <c>RANGE_EMPTY</c>, <c>DATASET_UNKNOWN</c>, <c>SYMBOL_AMBIGUOUS</c>; or the workspace is wrong.
    /// </exception>
    public async Task<RefetchResponse> RunAsync(RefetchRequest request, IRunWatcher watcher, CancellationToken stop)
    {
        DayRange.EnsureNotEmpty(request.From, request.To);
        DatasetDefinition[] chosen = [.. request.Datasets.Select(datasets.Get).DistinctBy(d => d.Id)];
        var named = await symbols.NamedAsync(request.Symbols, stop);
        var report = new SymbolReport(
            lake,
            [.. named.Select(m => m.Symbol ?? m.Typed).Distinct(StringComparer.Ordinal)]
        );
        await report.BeginAsync(chosen, stop);
        string[] ids = [.. chosen.Select(d => d.Id)];
        var decided = await modules.ForRunAsync(ids, stop);
        var wanted = new PoolRun(
            Pool.Universe,
            RunMode.OnDemand,
            RunSources.Manual,
            _ => Task.FromResult(plan.ForRefetch(request.From, request.To, ids, request.Symbols))
        )
        {
            ShrinkReason = request.ShrinkReason,
        };
        var (runs, _, isStopped) = await executor.RunAsync(
            [modules.Restrict(wanted, decided, ids)],
            builds: false,
            watcher,
            stop
        );
        return new RefetchResponse(
            runs[0],
            await report.EndAsync(runs[0].Work, await CodesAsync(named), CancellationToken.None),
            isStopped
        )
        {
            Notes =
            [
                .. modules.NotesOf(decided, ids),
                .. await NamedNotes.OfAsync(named, runs[0], lists),
                .. RefetchNotes.OfDatasets(request, chosen, runs[0], isStopped),
            ],
            LeftOut = await leftOut.AfterAsync(needsDefinitions: false, runs[0].ChecksLeftOut),
        };
    }

    /// <summary>
    /// The codes of a symbol's rows. It is called after the fetch, because a newly fetched list may show a change of
    /// codes; where no list can be read then, each symbol has only its own code.
    /// </summary>
    private async Task<Func<string, IReadOnlyCollection<string>>> CodesAsync(IReadOnlyList<SymbolMatch> named) =>
        named.Count == 0 ? _ => [] : (await symbols.ReadAsync(CancellationToken.None)).CodesOf;
}
