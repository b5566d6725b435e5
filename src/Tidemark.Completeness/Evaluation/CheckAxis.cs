using Tidemark.Core.Calendars;
using Tidemark.Core.Completeness;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Checks;

namespace Tidemark.Completeness.Evaluation;

/// <summary>The days of a check.</summary>
/// <param name="Axis">The days to evaluate.</param>
/// <param name="Newest">The newest due day; a vendor's list can only be had for this day.</param>
/// <param name="Until">
/// The day before the first open day after the axis. A list fetched until then, perhaps on a Saturday, counts for the
/// last day of the axis.
/// </param>
internal sealed record CheckAxis(DayAxis Axis, DateOnly Newest, DateOnly Until)
{
    /// <summary>Why no run brings what the check requires; none where runs do.</summary>
    public CellReason Excluded { get; init; }

    /// <exception cref="TidemarkException">The check's calendar is missing or too short.</exception>
    public static CheckAxis Of(CheckDefinition check, EvaluationWindow window)
    {
        var calendar = CalendarOf(check, window.Calendars);
        var newest = window.NewestDue ?? window.To;
        foreach (var dataset in check.Required)
        {
            if (window.Due is not null && window.Due.TryGetValue(dataset.Id, out var due) && due < newest)
            {
                newest = due;
            }
        }

        // "Everything" is written as some early day. Nothing is planned before the calendar begins, so nothing is
        // judged there.
        var from = window.From < calendar.First ? calendar.First : window.From;
        var to = window.To < newest ? window.To : newest;
        return new CheckAxis(
            DayAxis.Of(calendar, from, to),
            calendar.OpenDayOnOrBefore(newest),
            DayBeforeTheNextOpen(calendar, to)
        )
        {
            Excluded = check
                .Required.Select(d => window.Excluded.GetValueOrDefault(d.Id))
                .FirstOrDefault(reason => reason != CellReason.None),
        };
    }

    private static DateOnly DayBeforeTheNextOpen(TradingCalendar calendar, DateOnly day)
    {
        var later = day < calendar.Last ? calendar.OpenDaysBetween(day.AddDays(1), calendar.Last) : [];
        return later.Length > 0 ? later[0].AddDays(-1) : DateOnly.MaxValue;
    }

    public static TradingCalendar CalendarOf(
        CheckDefinition check,
        IReadOnlyDictionary<string, TradingCalendar> calendars
    ) =>
        calendars.TryGetValue(check.Calendar, out var calendar)
            ? calendar
            : throw new TidemarkException(
                ErrorKind.Configuration,
                "CALENDAR_UNKNOWN",
                $"The check {check.Id} needs the calendar {check.Calendar}; put definitions/calendars/{check.Calendar}.csv there."
            );
}
