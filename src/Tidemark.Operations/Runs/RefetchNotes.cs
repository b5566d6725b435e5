using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Runs;

/// <summary>Says in words what a refetch did not do: users would take silence for success.</summary>
internal static class RefetchNotes
{
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
            .DistinctBy(u => u.Id)
            .ToLookup(u => u.Dataset.Id, StringComparer.Ordinal);
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
                var fetched = units[0].Dataset;
                var word = fetched is { Per: PeriodKind.Day, Part: null } ? "day" : "unit";
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{dataset.Id}: without --from and --to every {word} that the lake has{Theirs(fetched, request)} was asked for: {units.Length}, {units.Min(u => u.Id.Day).ToIso()} … {units.Max(u => u.Id.LastDay).ToIso()}."
                );
            }
        }
    }

    private static string WhyNone(DatasetDefinition dataset, RefetchRequest request, bool hasRange) =>
        !hasRange && dataset.BySymbol is not null && request.Symbols.Count == 0
            ? "the lake has no whole day yet. Name --from and --to, or --symbols whose rows it has."
        : !hasRange
            ? $"the lake has no rows{Theirs(dataset.BySymbol ?? dataset, request)} yet. Name --from and --to, or use `tidemark run`."
        : dataset.Grain == UnitGrain.Period
            ? $"no {dataset.Per.ToString().ToLowerInvariant()} of {Range(request)} is published yet."
        : IsBySymbol(dataset) || (dataset.BySymbol is not null && request.Symbols.Count > 0)
            ? $"{Range(request)} has no day whose data is due, or its list has none of the symbols then."
        : $"{Range(request)} has no trading day whose data is due.";

    private static string Theirs(DatasetDefinition dataset, RefetchRequest request) =>
        IsBySymbol(dataset) && request.Symbols.Count > 0 ? $" for {string.Join(", ", request.Symbols)}" : "";

    private static bool IsBySymbol(DatasetDefinition dataset) => dataset.Part?.Symbols is not null;

    private static string Range(RefetchRequest request) =>
        $"{request.From?.ToIso() ?? "the first day"} … {request.To?.ToIso() ?? "today"}";
}
