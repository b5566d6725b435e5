using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Definitions.Datasets;

namespace Tidemark.Operations.Calendars;

/// <summary>How far a calendar reaches.</summary>
/// <param name="Exchange">The exchange's code.</param>
/// <param name="First">Its first day.</param>
/// <param name="Last">Its last day.</param>
/// <param name="LastSource">The source of the last day.</param>
/// <param name="IsUsed">Whether an enabled dataset uses it.</param>
public sealed record CalendarReach(
    string Exchange,
    DateOnly First,
    DateOnly Last,
    CalendarSource LastSource,
    bool IsUsed
);

/// <summary>The calendars of a workspace.</summary>
/// <param name="Calendars">By exchange.</param>
/// <param name="Disagreements">Days on which a file and the vendor disagree; the file is used.</param>
/// <param name="Warnings">Faults that will stop or mislead runs before long, with advice.</param>
public sealed record CalendarsReport(
    IReadOnlyList<CalendarReach> Calendars,
    IReadOnlyList<CalendarDisagreement> Disagreements,
    IReadOnlyList<string> Warnings
);

/// <summary>Reports how far calendars reach, their sources, and what is wrong with them.</summary>
public sealed class DescribeCalendars(WorkspaceCalendars calendars, DatasetRegistry datasets, TimeProvider clock)
{
    /// <summary>A warning is given when a calendar ends within this many days.</summary>
    public const int WarningDays = 60;

    public CalendarsReport Describe()
    {
        var book = calendars.Book;
        var used = datasets.Planned.Select(d => d.Calendar).ToHashSet(StringComparer.Ordinal);
        CalendarReach[] reaches =
        [
            .. book
                .Calendars.Values.OrderBy(c => c.Exchange, StringComparer.Ordinal)
                .Select(c => new CalendarReach(
                    c.Exchange,
                    c.First,
                    c.Last,
                    book.SourceOf(c.Exchange, c.Last) ?? CalendarSource.File,
                    used.Contains(c.Exchange)
                )),
        ];
        return new CalendarsReport(reaches, book.Disagreements, [.. Warnings(reaches)]);
    }

    private IEnumerable<string> Warnings(IEnumerable<CalendarReach> reaches)
    {
        if (calendars.Problem is { } problem)
        {
            yield return $"the vendor's calendar in ods.{VendorCalendar.Table} cannot be read, so only the files are used: {problem}";
        }

        foreach (var flaw in calendars.Book.Flaws)
        {
            yield return $"{flaw}: `tidemark run --datasets trade_cal` fetches it again when the vendor has corrected it; "
                + $"or put a longer calendars/{flaw.Exchange}.csv into your definitions folder";
        }

        // A calendar with a flaw has its line already, with other advice.
        foreach (var reach in reaches.Where(r => r.IsUsed && calendars.Book.Flaws.All(f => f.Exchange != r.Exchange)))
        {
            var now = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), calendars.Book.Calendars[reach.Exchange].TimeZone);
            var left = reach.Last.DayNumber - DateOnly.FromDateTime(now.DateTime).DayNumber;
            if (left <= WarningDays)
            {
                var ends = left < 0 ? "ended" : "ends";
                yield return $"{reach.Exchange} {ends} on {reach.Last.ToIso()}: `tidemark run --datasets trade_cal` goes on with what the vendor has by then; "
                    + $"or put a longer calendars/{reach.Exchange}.csv into your definitions folder";
            }
        }
    }
}
