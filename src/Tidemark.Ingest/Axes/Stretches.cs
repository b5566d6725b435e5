using Tidemark.Core.Datasets;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Axes;

/// <summary>The base of the axes whose units are longer than a day and grow while their period lasts.</summary>
internal abstract class Stretches(DatasetDefinition dataset) : UnitAxis(dataset)
{
    public override IEnumerable<UnitId> Wanted(AxisScope scope)
    {
        var units = scope.Request.Again
            ? scope
                .Standing.Ever.Where(u => scope.IsWithin(u.Period) && IsAskedFor(u, scope))
                .Union(scope.HasRange ? UnitsOf(scope) : [])
            : UnitsOf(scope);
        return !scope.Request.NamesDays && scope.Standing.Snapshot.RetiredThrough is { } retired
            // Retention has dropped these units, or would drop them.
            ? units.Where(u => u.LastDay > retired || scope.Standing.IndexOf(u) >= 0)
            : units;
    }

    /// <summary>The units from the first wanted day on, in the lake or not.</summary>
    private IEnumerable<UnitId> UnitsOf(AxisScope scope)
    {
        foreach (var period in UnitPeriod.Between(Dataset.Per, FirstDay(scope), scope.Last))
        {
            foreach (var part in PartsOf(period, scope))
            {
                yield return new UnitId(Dataset.Id, period, part);
            }
        }
    }

    // Up to the last due day, whatever part of the period was asked for: a commit replaces the whole unit, and must not
    // cover fewer days than the unit in the lake.
    public override DateOnly ThroughOf(UnitId unit, AxisScope scope)
    {
        var due = scope.Standing.ReceiptOf(unit).Through is { } standing && standing > scope.Due ? standing : scope.Due;
        return unit.LastDay < due || due < unit.Day ? unit.LastDay : due;
    }

    public override bool KeepsReceipts => true;

    // A unit that was received before its last day was due lacks the rows that came since.
    public override DateTimeOffset? CurrentFrom(UnitId unit, AxisScope scope) =>
        scope.DueAt(scope.DueWithin(ThroughOf(unit, scope)));

    public override DateTimeOffset EvidenceAt(UnitId unit, AxisScope scope)
    {
        var through = ThroughOf(unit, scope);
        // While the period lasts it is asked for again with every day: where nothing is ordinary, nothing is early.
        return through < unit.LastDay && Dataset.EmptyIsOrdinary
            ? DateTimeOffset.MinValue
            : scope.DueAt(scope.DueWithin(through)) + Dataset.Grace;
    }

    public override IEnumerable<VendorRequest> Requests(UnitId unit, DateOnly through)
    {
        var step = Dataset.RowsADay is { } rows ? Math.Max(1, Dataset.RowCap / rows) : int.MaxValue;
        for (var from = unit.Day; from <= through; )
        {
            var to = step > through.DayNumber - from.DayNumber ? through : from.AddDays(step - 1);
            foreach (var request in RequestTemplate.Fill(Dataset, unit, from, to))
            {
                yield return request;
            }

            if (to == DateOnly.MaxValue)
            {
                yield break;
            }

            from = to.AddDays(1);
        }
    }

    // The first day is over whenever the unit is asked for, so a unit without rows is never filed under a future day.
    public override DateOnly HomeOf(UnitId unit) => unit.Day;

    public override string? DayColumn => Dataset.DateColumn;

    /// <summary>The first wanted day.</summary>
    protected virtual DateOnly FirstDay(AxisScope scope) => scope.From(RecentFrom(scope.Calendar, scope.Last));

    /// <summary>The wanted parts of a period; null stands for the whole period.</summary>
    protected virtual IEnumerable<string?> PartsOf(UnitPeriod period, AxisScope scope) =>
        Dataset.Part is { } part ? part.Values : Whole;

    /// <summary>Whether a unit in the lake is among the requested ones.</summary>
    protected virtual bool IsAskedFor(UnitId unit, AxisScope scope) => true;
}
