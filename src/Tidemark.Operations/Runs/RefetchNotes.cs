using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Markets;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Runs;

/// <summary>Says in words what a refetch did not do: users would take silence for success.</summary>
internal static class RefetchNotes
{
    /// <summary>Notes on named symbols that no list has.</summary>
    /// <param name="named">The symbols as they were typed.</param>
    /// <param name="datasets">
    /// The fetched datasets; those by symbol fetch only symbols on their list.
    /// </param>
    public static IEnumerable<string> OfSymbols(
        IEnumerable<SymbolMatch> named,
        IReadOnlyCollection<DatasetDefinition> datasets
    )
    {
        string[] bySymbol = [.. datasets.Where(IsBySymbol).Select(d => d.Id)];
        var whole =
            bySymbol.Length == datasets.Count ? ""
            : datasets.Any(d => d.Per != PeriodKind.Day) ? " Whole units were fetched all the same."
            : " Whole days were fetched all the same.";
        var none = bySymbol.Length == 0 ? "" : $" Of {string.Join(", ", bySymbol)} nothing was asked for it.";
        return named
            .Where(m => m.Symbol is null)
            .Select(m => $"'{m.Typed}' is in no list, so Tidemark does not know it.{whole}{none}");
    }

    /// <summary>
    /// Notes on datasets of which nothing was fetched, or everything because no range was named.
    /// </summary>
    public static IEnumerable<string> OfDatasets(
        RefetchRequest request,
        IEnumerable<DatasetDefinition> datasets,
        RunOutcome run,
        bool isStopped
    )
    {
        if (run.Block is not null || isStopped)
        {
            yield break; // the run says so itself
        }

        var tried = run
            .Work.Committed.Select(c => c.Unit)
            .Concat(run.Work.Problems.Select(p => p.Unit))
            .Select(u => u.Id)
            .Distinct()
            .ToLookup(u => u.Dataset, StringComparer.Ordinal);
        var hasRange = request.From is not null || request.To is not null;
        foreach (var dataset in datasets.Where(d => !run.PastLists.Contains(d.Id)))
        {
            var units = tried[dataset.Id].ToArray();
            if (units.Length == 0)
            {
                if (run.Errors.Any(e => e.Unit.Dataset == dataset.Id))
                {
                    continue; // its error says why
                }

                yield return $"{dataset.Id}: nothing was fetched; {WhyNone(dataset, request, hasRange)}";
            }
            else if (!hasRange && !dataset.IsList)
            {
                var word = dataset is { Per: PeriodKind.Day, Part: null } ? "day" : "unit";
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{dataset.Id}: without --from and --to every {word} that the lake has{Theirs(dataset, request)} was asked for: {units.Length}, {units.Min(u => u.Day).ToIso()} … {units.Max(u => u.LastDay).ToIso()}."
                );
            }
        }
    }

    private static string WhyNone(DatasetDefinition dataset, RefetchRequest request, bool hasRange) =>
        !hasRange ? $"the lake has no rows{Theirs(dataset, request)} yet. Name --from and --to, or use `tidemark run`."
        : dataset.Grain == UnitGrain.Period
            ? $"no {dataset.Per.ToString().ToLowerInvariant()} of {Range(request)} is published yet."
        : IsBySymbol(dataset)
            ? $"{Range(request)} has no day whose data is due, or its list has none of the symbols then."
        : $"{Range(request)} has no trading day whose data is due.";

    private static string Theirs(DatasetDefinition dataset, RefetchRequest request) =>
        IsBySymbol(dataset) && request.Symbols.Count > 0 ? $" for {string.Join(", ", request.Symbols)}" : "";

    private static bool IsBySymbol(DatasetDefinition dataset) => dataset.Part?.Symbols is not null;

    private static string Range(RefetchRequest request) =>
        $"{request.From?.ToIso() ?? "the first day"} … {request.To?.ToIso() ?? "today"}";
}
