namespace Tidemark.Simulator.Options;

/// <summary>When a class of options expires.</summary>
internal enum ExpiryStyle
{
    /// <summary>Third Fridays.</summary>
    Monthly,

    /// <summary>Third Fridays and the Fridays of the next eight weeks.</summary>
    Weekly,

    /// <summary>Every day of the next two weeks, Fridays, month and quarter ends.</summary>
    Daily,

    /// <summary>Third Fridays, settled in the morning.</summary>
    IndexMonthly,

    /// <summary>The Wednesday thirty days before a third Friday, settled in the morning.</summary>
    VolatilityMonthly,

    /// <summary>The other Wednesdays.</summary>
    VolatilityWeekly,

    /// <summary>Options that were listed as monthly when a corporate action came.</summary>
    Adjusted,
}

/// <summary>Expirations of listed options: mostly Fridays; the session before when the exchange is closed.</summary>
internal sealed class ExpiryRules(TradingDays days)
{
    /// <summary>No option is listed for longer.</summary>
    public const int LongestDays = 1_130;

    /// <summary>The cycle of the most traded options: every month, and LEAPS in June and December, too.</summary>
    public const int AllMonths = 3;

    /// <summary>The third Friday of a month, or the session before it.</summary>
    public DateOnly Monthly(int year, int month) => days.OpenOnOrBefore(ThirdFriday(year, month));

    /// <summary>The Friday of a day's week, or the session before it.</summary>
    public DateOnly Weekly(DateOnly day) => days.OpenOnOrBefore(Friday(day));

    /// <summary>Thirty days before the next month's monthly expiration.</summary>
    public DateOnly VolatilityMonthly(int year, int month)
    {
        var next = new DateOnly(year, month, 1).AddMonths(1);
        return days.OpenOnOrBefore(Monthly(next.Year, next.Month).AddDays(-30));
    }

    /// <summary>The last session of a quarter.</summary>
    public DateOnly Quarterly(int year, int month) =>
        days.OpenOnOrBefore(new DateOnly(year, month, DateTime.DaysInMonth(year, month)));

    /// <summary>The last day on which an option of a class trades.</summary>
    public DateOnly LastTradeDate(ExpiryStyle style, DateOnly expiration) =>
        IsMorning(style) ? days.OpenBefore(expiration) : expiration;

    public static bool IsMorning(ExpiryStyle style) =>
        style is ExpiryStyle.IndexMonthly or ExpiryStyle.VolatilityMonthly or ExpiryStyle.VolatilityWeekly;

    /// <summary>
    /// The first day on which options with this expiration are listed; null when a class has no such expiration.
    /// </summary>
    /// <param name="cycle">
    /// 0 to 2: which quarterly months are listed nearly a year ahead; or <see cref="AllMonths"/>.
    /// </param>
    public DateOnly? ListedSince(ExpiryStyle style, int cycle, DateOnly expiration)
    {
        if (!days.IsOpen(expiration))
        {
            return null;
        }

        switch (style)
        {
            case ExpiryStyle.Monthly or ExpiryStyle.Adjusted:
                return IsMonthly(expiration) ? expiration.AddDays(-MonthlyLife(expiration, cycle)) : null;
            case ExpiryStyle.Weekly:
                return IsMonthly(expiration) ? expiration.AddDays(-MonthlyLife(expiration, cycle))
                    : expiration == Weekly(expiration) ? expiration.AddDays(-56)
                    : null;
            case ExpiryStyle.Daily:
                return expiration.AddDays(-DailyLife(expiration));
            case ExpiryStyle.IndexMonthly:
                return IsMonthly(expiration)
                    ? expiration.AddDays(expiration.Month is 6 or 12 ? -LongestDays + 30 : -365)
                    : null;
            case ExpiryStyle.VolatilityMonthly:
                return expiration == VolatilityMonthly(expiration.Year, expiration.Month)
                    ? expiration.AddDays(-270)
                    : null;
            default:
                return
                    expiration == days.OpenOnOrBefore(Friday(expiration).AddDays(-2))
                    && !HasVolatilityMonthly(expiration)
                    ? expiration.AddDays(-42)
                    : null;
        }
    }

    /// <summary>
    /// The expiration of a style in the week that begins with a Monday; a weekly cell holds one per week.
    /// </summary>
    public DateOnly InWeek(ExpiryStyle style, DateOnly monday)
    {
        if (style is not (ExpiryStyle.VolatilityMonthly or ExpiryStyle.VolatilityWeekly))
        {
            return Weekly(monday);
        }

        foreach (var day in (ReadOnlySpan<DateOnly>)[monday, monday.AddDays(4)])
        {
            var monthly = VolatilityMonthly(day.Year, day.Month);
            if (Friday(monthly) == Friday(monday))
            {
                return monthly;
            }
        }

        return days.OpenOnOrBefore(monday.AddDays(2));
    }

    public bool IsMonthly(DateOnly day) => day == Monthly(day.Year, day.Month);

    private static DateOnly ThirdFriday(int year, int month)
    {
        var fifteenth = new DateOnly(year, month, 15);
        return fifteenth.AddDays(((int)DayOfWeek.Friday - (int)fifteenth.DayOfWeek + 7) % 7);
    }

    private static DateOnly Friday(DateOnly day) => day.AddDays((int)DayOfWeek.Friday - (int)day.DayOfWeek);

    private bool HasVolatilityMonthly(DateOnly day) => Friday(VolatilityMonthly(day.Year, day.Month)) == Friday(day);

    /// <summary>
    /// The life of monthly options: a quarter for near months, nearly a year for those of the cycle, two and a half
    /// years for January.
    /// </summary>
    private static int MonthlyLife(DateOnly expiration, int cycle) =>
        (expiration.Month, cycle) switch
        {
            (1, _) => 950 - (cycle * 28),
            (6 or 12, AllMonths) => 760,
            (3 or 9, AllMonths) => 350,
            (_, AllMonths) => 200,
            _ when expiration.Month % 3 == (cycle + 1) % 3 => 350,
            _ => 105,
        };

    private int DailyLife(DateOnly expiration) =>
        IsMonthly(expiration)
            ? expiration.Month switch
            {
                1 or 12 => LongestDays - 40,
                6 => 760,
                _ => 365,
            }
        : expiration.Month % 3 == 0 && expiration == Quarterly(expiration.Year, expiration.Month) ? 400
        : expiration == Weekly(expiration) ? 56
        : 14;
}
