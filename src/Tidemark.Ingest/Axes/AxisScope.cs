using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Axes;

/// <summary>What an axis needs to know to say which units of its dataset are wanted.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Calendar">Its calendar.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Last">The latest day that the dataset is due for, within the request.</param>
/// <param name="Now">The moment of planning.</param>
/// <param name="Standing">The dataset's units in the lake.</param>
internal sealed record AxisScope(
    DatasetDefinition Dataset,
    TradingCalendar Calendar,
    PlanRequest Request,
    DateOnly Last,
    DateTimeOffset Now,
    StandingUnits Standing
)
{
    /// <summary>The symbols on the dataset's list; only for a dataset by symbol.</summary>
    public IReadOnlyList<ListedSymbol> Symbols { get; init; } = [];

    /// <summary>
    /// The days of the whole market that the dataset's own axis would fetch; only for another axis of it.
    /// </summary>
    public IReadOnlyList<DateOnly> Days { get; init; } = [];

    /// <summary>The exchange's date at the moment of planning, an open day or not.</summary>
    public DateOnly Today { get; } = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(Now, Calendar.TimeZone).DateTime);

    /// <summary>
    /// The latest date whose data is due, an open day or not: by the clock, or by the request's as-of day; no later than
    /// what is wanted.
    /// </summary>
    public DateOnly Due { get; } = Earliest(DueDate(Dataset, Calendar, Now), Request.AsOf, Request.To);

    /// <summary>The latest date, an open day or not, whose data is due at a moment.</summary>
    public static DateOnly DueDate(DatasetDefinition dataset, TradingCalendar calendar, DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, calendar.TimeZone).DateTime;
        var day = DateOnly.FromDateTime(local).AddDays(-dataset.AvailableDaysLater);
        return TimeOnly.FromDateTime(local) >= dataset.AvailableAt ? day : day.AddDays(-1);
    }

    private static DateOnly Earliest(DateOnly due, params ReadOnlySpan<DateOnly?> bounds)
    {
        foreach (var bound in bounds)
        {
            due = bound < due ? bound.Value : due;
        }

        return due;
    }

    /// <summary>
    /// The last open day on or before a day; the day itself where the calendar has none.
    /// </summary>
    public DateOnly DueWithin(DateOnly day) =>
        day < Calendar.First ? day : Calendar.OpenDayOnOrBefore(day > Calendar.Last ? Calendar.Last : day);

    /// <summary>When a day's data is due.</summary>
    public DateTimeOffset DueAt(DateOnly day) => Calendar.DueAt(day, Dataset.AvailableAt, Dataset.AvailableDaysLater);

    /// <summary>Whether the request names a first or a last day.</summary>
    public bool HasRange => Request.From is not null || Request.To is not null;

    /// <summary>Whether a period has a day in the requested range.</summary>
    public bool IsWithin(UnitPeriod period) => !(period.Last < Request.From) && !(period.First > Request.To);

    /// <summary>The first wanted day: the request's, or the first of the recent days.</summary>
    /// <param name="recent">The first of the recent days.</param>
    public DateOnly From(DateOnly recent) =>
        Request.From is not { } from || (Request.RecentOnly && recent > from) ? recent : from;
}
