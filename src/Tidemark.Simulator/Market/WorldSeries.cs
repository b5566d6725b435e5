using Tidemark.Core.Calendars;

namespace Tidemark.Simulator.Market;

/// <summary>Prices of things that are no shares: they move like an index, without limits.</summary>
internal static class WorldSeries
{
    private static readonly DateOnly s_since = new(2000, 1, 3);

    /// <summary>
    /// Every weekday from a fixed one (or the calendar's first) to the calendar's end, for what is traded anywhere.
    /// </summary>
    public static MarketDays Weekdays(TradingCalendar calendar)
    {
        var first = calendar.First > s_since ? calendar.First : s_since;
        var days = new List<DateOnly>();
        for (var day = first; day <= calendar.Last; day = day.AddDays(1))
        {
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            {
                days.Add(day);
            }
        }

        return new MarketDays(TradingCalendar.OfDays("", TimeZoneInfo.Utc, first, calendar.Last, days));
    }

    /// <param name="scale">How much it moves relative to an ordinary stock.</param>
    /// <param name="volume">What is traded on an ordinary day.</param>
    /// <param name="listed">The first day; null for all.</param>
    public static Instrument Instrument(
        MarketDays days,
        string code,
        ulong key,
        double level,
        double scale,
        int decimals,
        long volume = 1_000_000,
        DateOnly? listed = null
    ) =>
        Traits.Complete(
            days,
            new Traits(
                code,
                key,
                Board.Index,
                listed ?? days.Calendar.First,
                Gone: null,
                decimals,
                LimitPercent: 0,
                scale,
                level,
                Yield: 0,
                Shares: volume * 50,
                Turnover: 0.02
            )
        );
}
