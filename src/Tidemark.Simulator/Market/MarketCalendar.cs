using Tidemark.Core.Calendars;

namespace Tidemark.Simulator.Market;

/// <summary>
/// The invented market's calendar: the real one as far as it is known, then one of its own until
/// <see cref="LastYear"/>. So there is a market on any day, even when nobody has updated the real calendar for years.
/// </summary>
public static class MarketCalendar
{
    public const int LastYear = 2030;

    // The first days of the Chinese year; a week without trading begins on the eve of each.
    private static readonly Dictionary<int, DateOnly> s_springs = new()
    {
        [2026] = new(2026, 2, 17),
        [2027] = new(2027, 2, 6),
        [2028] = new(2028, 1, 26),
        [2029] = new(2029, 2, 13),
        [2030] = new(2030, 2, 3),
    };

    /// <summary>Holidays that have the same days every year here: month, first day, last day.</summary>
    private static readonly (int Month, int First, int Last)[] s_fixed = [(1, 1, 1), (4, 4, 5), (5, 1, 5), (10, 1, 7)];

    /// <summary>
    /// Extends a calendar to the end of <see cref="LastYear"/>; one that reaches it already stays as it is.
    /// </summary>
    public static TradingCalendar Of(TradingCalendar real)
    {
        var last = new DateOnly(LastYear, 12, 31);
        return real.Last >= last ? real : real.ExtendedTo(last, OpenDays(real.Last.AddDays(1), last));
    }

    private static IEnumerable<DateOnly> OpenDays(DateOnly from, DateOnly to)
    {
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !IsHoliday(day))
            {
                yield return day;
            }
        }
    }

    private static bool IsHoliday(DateOnly day) =>
        Array.Exists(s_fixed, h => day.Month == h.Month && day.Day >= h.First && day.Day <= h.Last)
        || (s_springs.TryGetValue(day.Year, out var spring) && day >= spring.AddDays(-1) && day < spring.AddDays(6));
}
