using System.Globalization;

namespace Tidemark.Core.Calendars;

/// <summary>Days of a vendor's calendar that no exchange can have; the calendar ends before them.</summary>
/// <param name="Exchange">Of which exchange.</param>
/// <param name="From">The first day that is not believed.</param>
/// <param name="To">The last of them.</param>
/// <param name="Detail">What the vendor says of them, and what is done about it.</param>
public sealed record CalendarFlaw(string Exchange, DateOnly From, DateOnly To, string Detail)
{
    /// <summary>
    /// More closed days in a row are not believed. The longest of the known calendars are 19 (Shanghai and Shenzhen,
    /// February 1999), 11 since 2003, and 6 in New York (September 2001).
    /// </summary>
    public const int LongestClosure = 20;

    public override string ToString() => $"{Exchange} {From.ToIso()} to {To.ToIso()}: {Detail}";

    /// <summary>The first in a calendar's days; null when all can be believed.</summary>
    /// <param name="exchange">Of which exchange.</param>
    /// <param name="days">Each the day after the one before.</param>
    /// <param name="lastOpen">
    /// The last open day before them. Null when nobody knows it: then closed days before the first open one are those
    /// before the exchange opened.
    /// </param>
    public static CalendarFlaw? FirstOf(string exchange, IReadOnlyList<VendorDay> days, DateOnly? lastOpen)
    {
        var closed = 0; // those at the end of what was looked at
        for (var i = 0; i < days.Count; i++)
        {
            if (days[i].IsOpen is not { } isOpen)
            {
                return Unclear(exchange, days, i);
            }

            closed = isOpen ? 0 : closed + 1;
            lastOpen = isOpen ? days[i].Day : lastOpen;
            if (lastOpen is not null && days[i].Day.DayNumber - lastOpen.Value.DayNumber > LongestClosure)
            {
                return Closed(exchange, days, i + 1 - closed, lastOpen.Value);
            }
        }

        return lastOpen is null && days.Count > LongestClosure ? Closed(exchange, days, 0, null) : null;
    }

    private static CalendarFlaw Unclear(string exchange, IReadOnlyList<VendorDay> days, int index) =>
        new(
            exchange,
            days[index].Day,
            days[index].Day,
            "the vendor says neither open nor closed (is_open is not 0 or 1); its calendar is used until the day before"
        );

    private static CalendarFlaw Closed(string exchange, IReadOnlyList<VendorDay> days, int first, DateOnly? lastOpen)
    {
        var end = first;
        while (end + 1 < days.Count && days[end + 1].IsOpen == false)
        {
            end++;
        }

        var number = days[end].Day.DayNumber - (lastOpen ?? days[first].Day.AddDays(-1)).DayNumber;
        return new CalendarFlaw(
            exchange,
            days[first].Day,
            days[end].Day,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the vendor says closed for {number} days in a row, but no exchange closes for more than {LongestClosure}; its calendar is used until the day before"
            )
        );
    }
}
