using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Markets;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Runs;

/// <summary>What a refetch did not do, in words: silence would be taken for success.</summary>
internal static class RefetchNotes
{
    /// <summary>Symbols of which nothing can be said.</summary>
    public static IEnumerable<string> OfSymbols(IEnumerable<SymbolMatch> named) =>
        named
            .Where(m => m.Symbol is null)
            .Select(m =>
                $"'{m.Typed}' is in no list, so nothing is known of it. Whole days were fetched all the same."
            );

    /// <summary>
    /// Datasets of which nothing was asked for, and those of which everything was because no range was named.
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

                yield return hasRange
                    ? $"{dataset.Id}: nothing was fetched; {Range(request)} has no trading day whose data is due."
                    : $"{dataset.Id}: nothing was fetched; the lake has none of it yet. Name --from and --to, or use `tidemark run`.";
            }
            else if (!hasRange && !dataset.IsList)
            {
                var word = dataset is { Per: PeriodKind.Day, Part: null } ? "day" : "unit";
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{dataset.Id}: without --from and --to every {word} that the lake has was asked for: {units.Length}, {units.Min(u => u.Day).ToIso()} … {units.Max(u => u.LastDay).ToIso()}."
                );
            }
        }
    }

    private static string Range(RefetchRequest request) =>
        $"{request.From?.ToIso() ?? "the first day"} … {request.To?.ToIso() ?? "today"}";
}
