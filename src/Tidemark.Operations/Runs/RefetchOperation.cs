using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Runs;

/// <summary>Fetch again what is there.</summary>
/// <param name="Datasets">By name, at least one.</param>
/// <param name="From">
/// First day; with it or <paramref name="To"/>, also days of the range that are not in the lake.
/// </param>
/// <param name="To">Last day.</param>
/// <param name="Symbols">
/// Instruments of which the changes are reported by themselves. Units are fetched whole all the same; of datasets by
/// symbol only theirs are.
/// </param>
/// <param name="ShrinkReason">
/// Why units may become smaller than what stands, for the commit; null when they may not.
/// </param>
public sealed record RefetchRequest(
    IReadOnlyList<string> Datasets,
    DateOnly? From,
    DateOnly? To,
    IReadOnlyList<string> Symbols,
    string? ShrinkReason
);

/// <summary>What a second fetch changed.</summary>
public sealed record RowChanges(long Added, long Changed, long Removed, long Unchanged);

/// <summary>What became of one symbol's rows of one dataset.</summary>
public sealed record SymbolChanges(string Symbol, string Dataset, RowChanges Rows);

/// <summary>What became of it.</summary>
/// <param name="Run">Its run.</param>
/// <param name="Symbols">
/// By dataset and symbol, in the order in which they were named; those without a row stand there with zeros.
/// </param>
/// <param name="IsStopped">Whether it was asked to stop.</param>
public sealed record RefetchResponse(RunOutcome Run, IReadOnlyList<SymbolChanges> Symbols, bool IsStopped)
{
    /// <summary>What it did not do, or did without being told so: a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public RowChanges Rows => new(Run.Counts.Inserted, Run.Counts.Updated, Run.Counts.Deleted, Run.Counts.Unchanged);

    /// <summary>What of the lake was left out.</summary>
    public LeftOutReport LeftOut { get; init; } = LeftOutReport.None;

    public Verdict Verdict => LeftOut.Lower(RunVerdicts.Of([Run], IsStopped));
}

/// <summary>
/// <c>refetch</c>: fetches again what is there, says what changed, and begins anew with the attempts at what is not
/// whole.
/// </summary>
public sealed class RefetchOperation(
    WorkspacePlan plan,
    DatasetRegistry datasets,
    PoolsExecutor executor,
    SymbolDirectory symbols,
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
        var named = await NamedAsync(request, stop);
        var report = new SymbolReport(
            lake,
            [.. named.Select(m => m.Symbol ?? m.Typed).Distinct(StringComparer.Ordinal)]
        );
        await report.BeginAsync(chosen, stop);
        var (runs, _) = await executor.RunAsync(
            [
                new PoolRun(
                    Pool.Universe,
                    RunMode.OnDemand,
                    RunSources.Manual,
                    () => plan.ForRefetch(request.From, request.To, [.. chosen.Select(d => d.Id)], request.Symbols)
                )
                {
                    ShrinkReason = request.ShrinkReason,
                },
            ],
            builds: false,
            watcher,
            stop
        );
        return new RefetchResponse(
            runs[0],
            await report.EndAsync(runs[0].Work, await CodesAsync(named), CancellationToken.None),
            stop.IsCancellationRequested
        )
        {
            Notes =
            [
                .. RefetchNotes.OfSymbols(named, chosen),
                .. RefetchNotes.OfDatasets(request, chosen, runs[0], stop.IsCancellationRequested),
            ],
            LeftOut = await leftOut.AfterAsync() with { Definitions = leftOut.Definitions },
        };
    }

    /// <summary>
    /// Under which codes a symbol's rows are. A list that was fetched just now may tell of a change, so it is asked
    /// afterwards; where none can be read then, each has its own.
    /// </summary>
    private async Task<Func<string, IReadOnlyCollection<string>>> CodesAsync(IReadOnlyList<SymbolMatch> named) =>
        named.Count == 0 ? _ => [] : (await symbols.ReadAsync(CancellationToken.None)).CodesOf;

    /// <summary>The symbols that are reported, in the order in which they were named.</summary>
    /// <exception cref="TidemarkException"><c>SYMBOL_AMBIGUOUS</c>: one may mean several.</exception>
    private async Task<IReadOnlyList<SymbolMatch>> NamedAsync(
        RefetchRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.Symbols.Count == 0)
        {
            return [];
        }

        var book = await symbols.ReadAsync(cancellationToken);
        SymbolMatch[] named = [.. request.Symbols.Select(s => book.IsEmpty ? new SymbolMatch(s, s, []) : book.Find(s))];
        SymbolMatch[] ambiguous = [.. named.Where(m => m.Candidates.Count > 0)];
        return ambiguous.Length == 0
            ? named
            : throw new TidemarkException(
                ErrorKind.BadRequest,
                "SYMBOL_AMBIGUOUS",
                $"--symbols: {string.Join(", ", ambiguous.Select(m => $"{m.Typed} may be {string.Join(" or ", m.Candidates)}"))}: write it out. Nothing was fetched."
            );
    }
}
