using System.Globalization;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>The unit of a query's bars; weeks and months are made from days.</summary>
internal enum BarUnit
{
    Clock,
    Day,
    Week,
    Month,
}

/// <summary>A parsed request for bars.</summary>
/// <param name="Size">The length of a bar; a day for days, weeks and months.</param>
/// <param name="LacksZone">Whether the end was given without a time zone.</param>
internal sealed record HistoryQuery(
    BarUnit Unit,
    TimeSpan Size,
    BarPrice Price,
    bool IsSchedule,
    bool RegularHours,
    DateTimeOffset End,
    int Count,
    char DurationUnit,
    bool LacksZone
)
{
    private const int SmallSeconds = 30;

    private static readonly Dictionary<string, int> s_seconds = new()
    {
        ["1 secs"] = 1,
        ["5 secs"] = 5,
        ["10 secs"] = 10,
        ["15 secs"] = 15,
        ["30 secs"] = 30,
        ["1 min"] = 60,
        ["2 mins"] = 120,
        ["3 mins"] = 180,
        ["5 mins"] = 300,
        ["10 mins"] = 600,
        ["15 mins"] = 900,
        ["20 mins"] = 1200,
        ["30 mins"] = 1800,
        ["1 hour"] = 3600,
        ["2 hours"] = 7200,
        ["3 hours"] = 10800,
        ["4 hours"] = 14400,
        ["8 hours"] = 28800,
    };

    private static readonly Dictionary<string, BarUnit> s_units = new()
    {
        ["1 day"] = BarUnit.Day,
        ["1 week"] = BarUnit.Week,
        ["1W"] = BarUnit.Week,
        ["1 month"] = BarUnit.Month,
        ["1M"] = BarUnit.Month,
    };

    private static readonly Dictionary<string, BarPrice> s_prices = new()
    {
        ["TRADES"] = BarPrice.Trades,
        ["ADJUSTED_LAST"] = BarPrice.Trades,
        ["MIDPOINT"] = BarPrice.Midpoint,
        ["BID"] = BarPrice.Bid,
        ["ASK"] = BarPrice.Ask,
        ["BID_ASK"] = BarPrice.BidAsk,
        ["OPTION_IMPLIED_VOLATILITY"] = BarPrice.ImpliedVolatility,
        ["HISTORICAL_VOLATILITY"] = BarPrice.HistoricalVolatility,
        ["SCHEDULE"] = BarPrice.Trades,
    };

    /// <summary>Whether the pacing limits apply to it.</summary>
    public bool IsSmall => Unit == BarUnit.Clock && Size <= TimeSpan.FromSeconds(SmallSeconds);

    /// <summary>Reads a request; null with the refusal when it is not valid.</summary>
    public static HistoryQuery? TryRead(HistoricalRequest request, DateTimeOffset now, out TwsError error)
    {
        error = default;
        if (!TryPrice(request.WhatToShow, out var price))
        {
            error = TwsError.WrongWhatToShow(request.WhatToShow);
            return null;
        }

        var isClock = s_seconds.TryGetValue(request.BarSize, out var seconds);
        if (!s_units.TryGetValue(request.BarSize, out var unit) && !isClock)
        {
            error = TwsError.Invalid(
                $"Historical data bar size setting is invalid. Legal ones are: {string.Join(", ", s_seconds.Keys)}, "
                    + string.Join(", ", s_units.Keys)
            );
            return null;
        }

        if (!TryDuration(request.Duration, out var count, out var durationUnit))
        {
            error = TwsError.Invalid("Historical data query duration string parsing error or unrecognised unit.");
            return null;
        }

        if (request is { KeepsUpToDate: true, End.Length: > 0 })
        {
            error = TwsError.Invalid("The end of historical data that is kept up to date must be left empty");
            return null;
        }

        if (!TryEnd(request.End, now, out var end, out var lacksZone))
        {
            error = TwsError.BadEndTime;
            return null;
        }

        return new HistoryQuery(
            unit,
            isClock ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromDays(1),
            price,
            request.WhatToShow == "SCHEDULE",
            request.RegularHours,
            end,
            count,
            durationUnit,
            lacksZone
        );
    }

    public static bool TryPrice(string whatToShow, out BarPrice price) => s_prices.TryGetValue(whatToShow, out price);

    /// <summary>
    /// The moment at which the bars begin: seconds and days count sessions, whatever lies between them.
    /// </summary>
    public DateTimeOffset Begin(IOptionMarket market)
    {
        const int lookBack = 400;
        var day = NewYork.Day(End);
        switch (DurationUnit)
        {
            case 'W':
                return Midnight(day.AddDays(1 - Math.Min(Count * 7, lookBack * 100)));
            case 'M':
                return Midnight(day.AddMonths(-Math.Min(Count, lookBack)).AddDays(1));
            case 'Y':
                return Midnight(day.AddYears(-Math.Min(Count, 100)).AddDays(1));
        }

        var left = DurationUnit == 'S' ? TimeSpan.FromSeconds(Count) : TimeSpan.Zero;
        var days = DurationUnit == 'D' ? Count : int.MaxValue;
        for (var back = 0; back < lookBack; back++, day = day.AddDays(-1))
        {
            if (market.Session(day) is not { } session || session.Open >= End)
            {
                continue;
            }

            if (--days == 0)
            {
                return Midnight(day);
            }

            var close = session.Close < End ? session.Close : End;
            if (DurationUnit == 'S' && left <= close - session.Open)
            {
                return close - left;
            }

            left -= close - session.Open;
        }

        return Midnight(day);
    }

    private static DateTimeOffset Midnight(DateOnly day) =>
        NewYork.Moment(day.ToDateTime(TimeOnly.MinValue), NewYork.Zone);

    private static bool TryDuration(string text, out int count, out char unit)
    {
        var parts = text.Split(' ');
        unit = parts[^1].Length == 1 ? parts[^1][0] : ' ';
        return int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out count)
            && parts.Length == 2
            && count > 0
            && unit is 'S' or 'D' or 'W' or 'M' or 'Y';
    }

    /// <summary>
    /// Reads <c>yyyyMMdd HH:mm:ss</c> with or without a zone, <c>yyyyMMdd-HH:mm:ss</c> in UTC, a day alone, or nothing
    /// for now.
    /// </summary>
    private static bool TryEnd(string text, DateTimeOffset now, out DateTimeOffset end, out bool lacksZone)
    {
        end = now;
        lacksZone = false;
        if (text.Length == 0)
        {
            return true;
        }

        const DateTimeStyles style = DateTimeStyles.None;
        var culture = CultureInfo.InvariantCulture;
        if (DateTime.TryParseExact(text, "yyyyMMdd-HH:mm:ss", culture, style, out var utc))
        {
            end = new DateTimeOffset(utc, TimeSpan.Zero);
            return true;
        }

        var parts = text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        var local = string.Join(' ', parts.Take(2));
        if (
            !DateTime.TryParseExact(
                local,
                ["yyyyMMdd HH:mm:ss", "yyyyMMdd HH:mm", "yyyyMMdd"],
                culture,
                style,
                out var time
            )
        )
        {
            return false;
        }

        lacksZone = parts.Length < 3;
        var zone = NewYork.Zone;
        if (!lacksZone && !TimeZoneInfo.TryFindSystemTimeZoneById(parts[2], out zone))
        {
            return false;
        }

        end = NewYork.Moment(time, zone);
        return true;
    }
}
