using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// Publications of a month, quarter or year: due a number of days after its end, and not asked for before. An empty
/// answer is evidence once the publication has been due for the grace.
/// </summary>
internal sealed class ByPeriod(DatasetDefinition dataset) : Stretches(dataset)
{
    /// <summary>This many periods are recent.</summary>
    private const int Recent = 12;

    /// <summary>The last day of the last period that is due, an open day or not.</summary>
    public override DateOnly LastDay(TradingCalendar calendar, DateTimeOffset now, DateOnly? notAfter)
    {
        var due = AxisScope.DueDate(Dataset, calendar, now);
        return LastOf(notAfter < due ? notAfter.Value : due);
    }

    public override DateOnly RecentFrom(TradingCalendar calendar, DateOnly last)
    {
        var period = UnitPeriod.Containing(Dataset.Per, last);
        for (var i = 1; i < Recent; i++)
        {
            period = UnitPeriod.Containing(Dataset.Per, period.First.AddDays(-1));
        }

        return period.First;
    }

    protected override DateOnly FirstDay(AxisScope scope)
    {
        var first = base.FirstDay(scope);
        return scope.Request is { WantsKnownBefore: true, From: not null }
            ? LastOf(first.AddDays(-Dataset.AvailableDaysLater))
            : first;
    }

    public override DateOnly ThroughOf(UnitId unit, AxisScope scope) => unit.LastDay;

    // The period is over before the vendor is asked for the first time.
    public override DateTimeOffset? CurrentFrom(UnitId unit, AxisScope scope) => null;

    public override bool KeepsReceipts => false;

    public override DateTimeOffset EvidenceAt(UnitId unit, AxisScope scope) =>
        scope.DueAt(unit.LastDay) + Dataset.Grace;

    /// <summary>The last day of the last period that is over on a day.</summary>
    private DateOnly LastOf(DateOnly day)
    {
        var period = UnitPeriod.Containing(Dataset.Per, day);
        return period.Last == day ? day : period.First.AddDays(-1);
    }

    // Rows without a date of their own are kept under the last day: by then the period is over.
    public override DateOnly HomeOf(UnitId unit) => Dataset.DateColumn is null ? unit.LastDay : unit.Day;
}
