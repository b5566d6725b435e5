using Tidemark.Core.Calendars;
using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.Options;

/// <summary>
/// The calendar of the simulated option market: the real one as far as it is known, then the exchange's holiday rules
/// until the end of <see cref="MarketCalendar.LastYear"/>, including early closes.
/// </summary>
public static class NewYorkCalendar
{
    private static readonly TimeOnly s_earlyClose = new(13, 0);

    /// <summary>
    /// Extends a calendar to the end of <see cref="MarketCalendar.LastYear"/>; one that reaches it already stays as it
    /// is.
    /// </summary>
    /// <param name="real">
    /// The exchange's calendar (XNYS), known at least until 2021: the rules include Juneteenth.
    /// </param>
    public static TradingCalendar Of(TradingCalendar real)
    {
        var last = new DateOnly(MarketCalendar.LastYear, 12, 31);
        if (real.Last >= last)
        {
            return real;
        }

        var holidays = Enumerable
            .Range(real.Last.Year, last.Year - real.Last.Year + 1)
            .SelectMany(Holidays)
            .ToHashSet();
        var open = new List<DateOnly>();
        for (var day = real.Last.AddDays(1); day <= last; day = day.AddDays(1))
        {
            if (!IsWeekend(day) && !holidays.Contains(day))
            {
                open.Add(day);
            }
        }

        return real.ExtendedTo(last, open, open.Where(ClosesEarly).Select(day => (day, s_earlyClose)));
    }

    private static IEnumerable<DateOnly> Holidays(int year)
    {
        // A New Year's Day on a Saturday is not observed: the Friday would belong to the year before.
        var newYear = new DateOnly(year, 1, 1);
        return
        [
            newYear.DayOfWeek == DayOfWeek.Saturday ? newYear : Kept(newYear),
            Nth(year, 1, DayOfWeek.Monday, 3), // Martin Luther King Jr. Day
            Nth(year, 2, DayOfWeek.Monday, 3), // Washington's Birthday
            EasterSunday(year).AddDays(-2),
            Nth(year, 6, DayOfWeek.Monday, 1).AddDays(-7), // Memorial Day, the last Monday of May
            Kept(new DateOnly(year, 6, 19)),
            Kept(new DateOnly(year, 7, 4)),
            Nth(year, 9, DayOfWeek.Monday, 1), // Labor Day
            Thanksgiving(year),
            Kept(new DateOnly(year, 12, 25)),
        ];
    }

    /// <summary>
    /// Whether an open day closes early: the eves of Independence Day and Christmas, unless the holiday is on a
    /// weekend, and the day after Thanksgiving.
    /// </summary>
    private static bool ClosesEarly(DateOnly day) =>
        (day is { Month: 7, Day: 3 } or { Month: 12, Day: 24 } && !IsWeekend(day.AddDays(1)))
        || day == Thanksgiving(day.Year).AddDays(1);

    /// <summary>The day on which a holiday is observed: Friday for a Saturday, Monday for a Sunday.</summary>
    private static DateOnly Kept(DateOnly holiday) =>
        holiday.DayOfWeek switch
        {
            DayOfWeek.Saturday => holiday.AddDays(-1),
            DayOfWeek.Sunday => holiday.AddDays(1),
            _ => holiday,
        };

    private static DateOnly Thanksgiving(int year) => Nth(year, 11, DayOfWeek.Thursday, 4);

    private static DateOnly Nth(int year, int month, DayOfWeek weekday, int nth)
    {
        var first = new DateOnly(year, month, 1);
        return first.AddDays(((weekday - first.DayOfWeek + 7) % 7) + (7 * (nth - 1)));
    }

    /// <summary>Gauss's rule, right from 1900 to 2099 except for 1954, 1981, 2049 and 2076.</summary>
    private static DateOnly EasterSunday(int year)
    {
        var moon = ((19 * (year % 19)) + 24) % 30;
        var week = ((2 * (year % 4)) + (4 * (year % 7)) + (6 * moon) + 5) % 7;
        return new DateOnly(year, 3, 22).AddDays(moon + week);
    }

    private static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}
