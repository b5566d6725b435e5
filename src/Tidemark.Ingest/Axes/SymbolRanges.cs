using Tidemark.Core.Datasets;
using Tidemark.Lake.Staging;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// Any days of one symbol, of a dataset whose own units are days of the whole market. It covers what the days would
/// cover, for named symbols, in fewer calls. A unit is over when it is asked for, decides over one symbol, and makes no
/// day one that is there.
/// </summary>
internal sealed class SymbolRanges(DatasetDefinition dataset) : UnitAxis(dataset)
{
    /// <summary>
    /// For each symbol the stretches that cover the wanted days on which it is listed, without those that an earlier
    /// unit of it has covered.
    /// </summary>
    public override IEnumerable<UnitId> Wanted(AxisScope scope)
    {
        var standing = scope.Standing.All.ToLookup(u => u.Part, StringComparer.Ordinal);
        foreach (var symbol in scope.Symbols)
        {
            var days = scope.Days.Where(day => IsListed(symbol, day)).Union(DaysBrought(symbol, scope));
            if (!scope.Request.Again)
            {
                days = days.Where(day => !IsThere(day, standing[symbol.Symbol], scope));
            }

            foreach (var (first, last) in Stretches(days, scope))
            {
                yield return new UnitId(Dataset.Id, UnitPeriod.OfRange(first, last), symbol.Symbol);
            }
        }
    }

    /// <summary>
    /// The days of a symbol that units of it have brought, as far as it is listed, where all that is there is wanted
    /// again: they need not be days of the whole market.
    /// </summary>
    public static IEnumerable<DateOnly> DaysBrought(ListedSymbol symbol, AxisScope scope)
    {
        if (!scope.Request.Again || scope.HasRange)
        {
            return [];
        }

        var days = new SortedSet<DateOnly>();
        foreach (var unit in scope.Standing.Ever.Where(u => u.Part == symbol.Symbol))
        {
            var last = unit.LastDay < scope.Last ? unit.LastDay : scope.Last;
            days.UnionWith(scope.Calendar.OpenDaysBetween(unit.Day, last).ToArray());
        }

        return days.Where(day => IsListed(symbol, day) && !(day <= scope.Standing.Snapshot.RetiredThrough));
    }

    // What is wanted is to be asked for, whether a unit of the same days stands or not.
    public override DateTimeOffset? CurrentFrom(UnitId unit, AxisScope scope) => scope.Now;

    public override DateTimeOffset EvidenceAt(UnitId unit, AxisScope scope) =>
        scope.DueAt(unit.LastDay) + Dataset.Grace;

    public override UnitId? Sample(DateOnly day, string? part) =>
        (part ?? Dataset.Part!.Sample) is { } of ? new UnitId(Dataset.Id, UnitPeriod.OfRange(day, day), of) : null;

    /// <summary>A symbol has one row a day, and an answer of as many rows as the cap is followed by another.</summary>
    public override int CallsOf(UnitId unit, AxisScope scope)
    {
        var days = scope.Calendar.OpenDaysBetween(unit.Day, unit.LastDay).Length;
        return base.CallsOf(unit, scope) * Math.Max(1, ((days - 1) / Dataset.RowCap) + 1);
    }

    public override DateOnly HomeOf(UnitId unit) => unit.Day;

    public override string? DayColumn => Dataset.DateColumn;

    public override RowScope? ScopeOf(UnitId unit) => new(unit, Dataset.Part!.Column);

    // The checks judge the symbol's days by their rows, whichever unit brought them.
    public override string? Suspicion(UnitId unit, StandingUnits standing) => null;

    public override bool IsRetried => false;

    private static bool IsListed(ListedSymbol symbol, DateOnly day) =>
        !(day < symbol.Listed) && !(day >= symbol.Delisted);

    // Retention may have dropped rows of a unit that stands, and a lost file of the day may have had the symbol's row.
    private bool IsThere(DateOnly day, IEnumerable<UnitId> standing, AxisScope scope) =>
        !(day <= scope.Standing.Snapshot.RetiredThrough)
        && !scope.Standing.Lost.Contains(new UnitId(Dataset.Id, day))
        && standing.Any(u => u.Period.Has(day) && scope.Standing.Has(u));

    /// <summary>
    /// Stretches from a wanted day to another. A day between them is there, or in the range that was named, and may be
    /// asked for with them. Only where every day that is there is wanted again, the others are none of its concern.
    /// </summary>
    private static IEnumerable<(DateOnly First, DateOnly Last)> Stretches(IEnumerable<DateOnly> days, AxisScope scope)
    {
        (DateOnly First, DateOnly Last)? stretch = null;
        var splits = scope.Request.Again && !scope.HasRange;
        foreach (var day in days.Order())
        {
            if (stretch is not { } open)
            {
                stretch = (day, day);
            }
            else if (splits && scope.Calendar.OpenDaysBetween(open.Last.AddDays(1), day).Length > 1)
            {
                yield return open;
                stretch = (day, day);
            }
            else
            {
                stretch = (open.First, day);
            }
        }

        if (stretch is { } rest)
        {
            yield return rest;
        }
    }
}
