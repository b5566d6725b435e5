using Tidemark.Core.Datasets;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Axes;

/// <summary>What the axes have in common whose units are longer than a day and grow while their period lasts.</summary>
internal abstract class Stretches(DatasetDefinition dataset) : UnitAxis(dataset)
{
    public override IEnumerable<UnitId> Wanted(AxisScope scope)
    {
        var units = new SortedSet<UnitId>();
        if (scope.Request.Again)
        {
            units.UnionWith(scope.Standing.Ever.Where(u => scope.IsWithin(u.Period) && IsAskedFor(u, scope)));
        }

        if (!scope.Request.Again || scope.HasRange)
        {
            var from = scope.From(RecentFrom(scope.Calendar, scope.Last));
            foreach (var period in UnitPeriod.Between(Dataset.Per, from, scope.Last))
            {
                units.UnionWith(PartsOf(period, scope).Select(part => new UnitId(Dataset.Id, period, part)));
            }
        }

        if (!scope.Request.WantsRetired && scope.Standing.Snapshot.RetiredThrough is { } retired)
        {
            // Retention dropped them, or would: nobody misses them.
            units.RemoveWhere(u => u.LastDay <= retired && scope.Standing.IndexOf(u) < 0);
        }

        return units;
    }

    // As far as the clock lets it, whatever part of the period was asked for: a unit is replaced as a whole, and by no
    // less than what stands.
    public override DateOnly ThroughOf(UnitId unit, AxisScope scope)
    {
        var due = scope.Standing.ReceiptOf(unit).Through is { } standing && standing > scope.Due ? standing : scope.Due;
        return unit.LastDay < due || due < unit.Day ? unit.LastDay : due;
    }

    public override bool KeepsReceipts => true;

    // Received before its last day was due, it lacks what has come since.
    public override DateTimeOffset? CurrentFrom(UnitId unit, AxisScope scope) =>
        scope.DueAt(scope.DueWithin(ThroughOf(unit, scope)));

    public override DateTimeOffset EvidenceAt(UnitId unit, AxisScope scope) =>
        scope.DueAt(scope.DueWithin(ThroughOf(unit, scope))) + Dataset.Grace;

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

    // The first day is over whenever the unit is asked for: a unit without rows is never under a day to come.
    public override DateOnly HomeOf(UnitId unit) => unit.Day;

    public override string? DayColumn => Dataset.DateColumn;

    /// <summary>The parts of a period that are wanted; null stands for all of it.</summary>
    protected virtual IEnumerable<string?> PartsOf(UnitPeriod period, AxisScope scope) =>
        Dataset.Part is { } part ? part.Values : Whole;

    /// <summary>Whether a unit that is there concerns those who ask.</summary>
    protected virtual bool IsAskedFor(UnitId unit, AxisScope scope) => true;
}
