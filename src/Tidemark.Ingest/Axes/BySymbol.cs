using System.Globalization;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// The history of one symbol at a time: one period is one unit, fetched in as many calls as its row cap needs. An empty
/// answer for a symbol is evidence only where other symbols have rows of the same period; otherwise the vendor more
/// likely had no data at all.
/// </summary>
internal sealed class BySymbol(DatasetDefinition dataset) : Stretches(dataset)
{
    public override string? Suspicion(UnitId unit, StandingUnits standing) =>
        !Dataset.EmptyIsOrdinary && standing.IndexOf(unit) >= 0 && standing.RowsOf(unit.Period) == 0
            ? string.Create(CultureInfo.InvariantCulture, $"the vendor has no rows for {unit.Period}, for any symbol")
            : null;

    // Thousands of symbols may be halted or not trade yet.
    public override bool IsEmptyTold => false;

    protected override IEnumerable<string?> PartsOf(UnitPeriod period, AxisScope scope) =>
        scope
            .Symbols.Where(s => !(s.Listed > period.Last) && !(s.Listed > scope.Last) && !(s.Delisted <= period.First))
            .Select(s => s.Symbol);

    protected override bool IsAskedFor(UnitId unit, AxisScope scope) =>
        scope.Request.Symbols is null || scope.Symbols.Any(s => s.Symbol == unit.Part);
}
