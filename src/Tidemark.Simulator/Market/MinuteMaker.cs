namespace Tidemark.Simulator.Market;

/// <summary>
/// Splits a day's bar into minutes: the first opens where the day opens, the last closes where it closes, the extremes
/// are those of the day and the volumes sum to the day's. Amounts are those of the minutes' own prices, so their sum is
/// near the day's, not equal. Longer bars are made of the minutes.
/// </summary>
internal static class MinuteMaker
{
    /// <summary>Bars before the last one that trade nothing, because the closing auction collects orders.</summary>
    private const int AuctionMinutes = 2;

    /// <param name="day">The whole day.</param>
    /// <param name="cny">CNY for a unit of volume at a price of one unit of the last decimal.</param>
    /// <param name="hasClosingAuction">Whether the last minutes before the close trade nothing.</param>
    public static MinuteBar[] Minutes(Session session, Bar day, ulong key, double cny, bool hasClosingAuction)
    {
        var count = session.Minutes.Length;
        var bars = new MinuteBar[count];
        var (highAt, lowAt) = (
            1 + SeededHash.Index(key, count - 5),
            1 + SeededHash.Index(SeededHash.Mix(key, 1), count - 5)
        );
        var volumes = Volumes(count, day.Shares, SeededHash.Mix(key, 2), hasClosingAuction);
        var before = day.Open;
        for (var i = 0; i < count; i++)
        {
            var isQuiet = hasClosingAuction && IsQuiet(i, count);
            var close =
                i == count - 1 ? day.Close
                : i == 0 && session.HasAuctionBar ? day.Open
                : isQuiet ? before
                : Between(day, i / (count - 1.0), SeededHash.Mix(key, 3, (ulong)i));
            var high = i == highAt ? day.High : Math.Max(before, close);
            var low = i == lowAt ? day.Low : Math.Min(before, close);
            var amount = Math.Round(volumes[i] * ((high + low) / 2.0) * cny);
            bars[i] = new MinuteBar(session.Minutes[i], before, high, low, close, volumes[i], amount);
            before = close;
        }

        return bars;
    }

    /// <summary>Bars of so many minutes each; the opening auction stays alone.</summary>
    public static MinuteBar[] Longer(Session session, MinuteBar[] minutes, int length)
    {
        if (length == 1)
        {
            return minutes;
        }

        var bars = new List<MinuteBar>();
        var first = session.HasAuctionBar ? 1 : 0;
        if (first == 1)
        {
            bars.Add(minutes[0]);
        }

        for (var i = first; i < minutes.Length; i += length)
        {
            var bar = minutes[i];
            for (var j = i + 1; j < Math.Min(i + length, minutes.Length); j++)
            {
                bar = new MinuteBar(
                    minutes[j].Minute,
                    bar.Open,
                    Math.Max(bar.High, minutes[j].High),
                    Math.Min(bar.Low, minutes[j].Low),
                    minutes[j].Close,
                    bar.Volume + minutes[j].Volume,
                    bar.Amount + minutes[j].Amount
                );
            }

            bars.Add(bar);
        }

        return [.. bars];
    }

    private static bool IsQuiet(int minute, int count) => minute < count - 1 && minute >= count - 1 - AuctionMinutes;

    private static long[] Volumes(int count, long shares, ulong key, bool hasClosingAuction)
    {
        var weights = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            weights[i] =
                hasClosingAuction && IsQuiet(i, count) ? 0 : 0.2 + SeededHash.Unit(SeededHash.Mix(key, (ulong)i));
            sum += weights[i];
        }

        var volumes = new long[count];
        var left = shares;
        for (var i = 0; i < count - 1; i++)
        {
            volumes[i] = (long)(shares * weights[i] / sum);
            left -= volumes[i];
        }

        volumes[^1] = left;
        return volumes;
    }

    /// <summary>On the way from open to close, with some noise, within the day's range.</summary>
    private static long Between(Bar day, double along, ulong key)
    {
        var way = day.Open + ((day.Close - day.Open) * along);
        var noise = (day.High - day.Low) * 0.3 * SeededHash.Signed(key);
        return Math.Clamp((long)(way + noise), day.Low, day.High);
    }
}
