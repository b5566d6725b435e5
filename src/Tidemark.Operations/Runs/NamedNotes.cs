using Tidemark.Core.Datasets;
using Tidemark.Core.Markets;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Runs;

/// <summary>
/// Says in words what was done for named symbols that no list has: users would take silence for success.
/// </summary>
internal static class NamedNotes
{
    /// <param name="named">The symbols as they were typed.</param>
    /// <param name="run">The run that they were named for.</param>
    public static IEnumerable<string> Of(IReadOnlyList<SymbolMatch> named, RunOutcome run)
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
        string[] bySymbol =
        [
            .. wanted.ExceptBy(whole.Select(d => d.Id), d => d.Id).Where(HasSymbols).Select(d => d.Id),
        ];
        var all =
            whole.Length == 0 ? ""
            : whole.Any(d => d.Per != PeriodKind.Day) ? " Whole units were fetched all the same."
            : " Whole days were fetched all the same.";
        var none = bySymbol.Length == 0 ? "" : $" Of {string.Join(", ", bySymbol)} nothing was asked for it.";
        return named
            .Where(m => m.Symbol is null)
            .Select(m => $"'{m.Typed}' is in no list, so nothing is known of it.{all}{none}");
    }

    private static bool HasSymbols(DatasetDefinition dataset) =>
        (dataset.Part ?? dataset.BySymbol?.Part)?.Symbols is not null;
}
