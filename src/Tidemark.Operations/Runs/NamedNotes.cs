using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.DuckDb;
using Tidemark.Ingest;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Runs;

/// <summary>
/// Says in words what was done for named symbols that no list has, or not for these days or datasets: users would take
/// silence for success.
/// </summary>
internal static class NamedNotes
{
    /// <param name="named">The symbols as they were typed.</param>
    /// <param name="run">The run that they were named for.</param>
    /// <param name="lists">The lists of symbols, as the run left them.</param>
    public static async Task<IReadOnlyList<string>> OfAsync(
        IReadOnlyList<SymbolMatch> named,
        RunOutcome run,
        ISymbolLists lists
    )
    {
        DatasetDefinition[] whole =
        [
            .. run
                .Work.Committed.Select(c => c.Unit)
                .Concat(run.Work.Problems.Select(p => p.Unit))
                .Select(u => u.Dataset)
                .Where(d => d.Part?.Symbols is null && !d.IsList)
                .DistinctBy(d => d.Id),
        ];
        var wanted = run.Request?.Plan.Datasets ?? [];
        DatasetDefinition[] bySymbol =
        [
            .. wanted.ExceptBy(whole.Select(d => d.Id), d => d.Id).Where(d => SourceOf(d) is not null),
        ];
        var all =
            whole.Length == 0 ? ""
            : whole.Any(d => d.Per != PeriodKind.Day) ? " Whole units were fetched all the same."
            : " Whole days were fetched all the same.";
        var none = bySymbol.Length == 0 ? "" : $" Of {Names(bySymbol)} nothing was asked for it.";
        return
        [
            .. run.Notes,
            .. named
                .Where(m => m.Symbol is null)
                .Select(m => $"'{m.Typed}' is in no list, so nothing is known of it.{all}{none}"),
            .. await NotListedAsync(named, run, bySymbol, lists),
        ];
    }

    /// <summary>
    /// Symbols that lists have, but not those of the run's datasets, or not on a day of its range.
    /// </summary>
    private static async Task<IReadOnlyList<string>> NotListedAsync(
        IReadOnlyList<SymbolMatch> named,
        RunOutcome run,
        DatasetDefinition[] bySymbol,
        ISymbolLists lists
    )
    {
        var asked = run
            .Work.Committed.Select(c => c.Unit)
            .Concat(run.Work.Problems.Select(p => p.Unit))
            .Select(u => u.Id.Part)
            .ToHashSet();
        SymbolMatch[] silent =
        [
            .. named.Where(m => m.Symbol is not null && !asked.Contains(m.Symbol)).DistinctBy(m => m.Symbol),
        ];
        if (
            silent.Length == 0
            || bySymbol.Length == 0
            || run.Block is not null
            || run.Request is not { Plan: var plan }
        )
        {
            return [];
        }

        var listed = new List<(DatasetDefinition Dataset, ListedSymbol Symbol)>();
        try
        {
            foreach (var group in bySymbol.GroupBy(d => SourceOf(d)!))
            {
                // It does not stop: what was fetched is there, and is told of.
                if (await lists.ReadAsync(group.Key, [.. silent.Select(m => m.Symbol!)], default) is not { } read)
                {
                    return []; // the run names the list that is not there
                }

                listed.AddRange(group.SelectMany(d => read.Select(s => (d, s))));
            }
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            return []; // status and doctor name a list that cannot be read
        }

        var notes = new List<string>();
        foreach (var match in silent)
        {
            var on = listed.Where(l => l.Symbol.Symbol == match.Symbol).ToArray();
            var name = match.Typed == match.Symbol ? match.Typed : $"{match.Typed} ({match.Symbol})";
            if (on.Length == 0)
            {
                notes.Add($"{name} is not among the symbols of {Names(bySymbol)}: nothing of it was asked for.");
            }
            else if (on.All(l => l.Symbol.Listed > plan.To || l.Symbol.Delisted <= plan.From))
            {
                var datasets = Names(on.Select(l => l.Dataset));
                notes.Add($"{name} is listed{Days(on[0].Symbol)}: nothing of {datasets} was asked for it.");
            }
        }

        return notes;
    }

    private static string Days(ListedSymbol symbol) =>
        (symbol.Listed is { } first ? $" from {first.ToIso()}" : "")
        + (
            symbol.Delisted is { } end ? $" to {end.AddDays(-1).ToIso()}"
            : symbol.Listed is null ? ""
            : " on"
        );

    private static string Names(IEnumerable<DatasetDefinition> datasets) =>
        string.Join(", ", datasets.Select(d => d.Id));

    private static SymbolSource? SourceOf(DatasetDefinition dataset) =>
        (dataset.Part ?? dataset.BySymbol?.Part)?.Symbols;
}
