using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tidemark.Simulator.Options;

/// <summary>
/// Logarithms of prices as Brownian bridges: a hash decides how far the middle of a stretch is from the line between
/// its ends, and so on down to the requested moment. A moment costs one hash per level, and all moments agree. For
/// stretches beyond half a year the displacement does not grow, so that prices stay plausible.
/// </summary>
internal static class UnderlyingPath
{
    /// <summary>The path's length in weekdays since 1990: until 2052.</summary>
    private const int Weekdays = 1 << 14;

    private const int GrowsUntil = 128;

    /// <summary>How long a price lasts.</summary>
    public const int TickMs = 250;

    private static readonly double[] s_spread =
    [
        .. Enumerable.Range(0, 15).Select(k => 0.5 * Math.Sqrt(Math.Min(1 << k, GrowsUntil))),
    ];

    /// <summary>For short stretches, as nearly all are.</summary>
    private static readonly (double Share, double Spread)[] s_bridges = [.. Enumerable.Range(0, 512).Select(Bridge)];

    public static double LogClose(Underlying underlying, int weekday)
    {
        var (low, high) = (0, Weekdays);
        var (left, right) = (0.0, 0.0);
        var volatility = underlying.DailyVolatility;
        while (true)
        {
            var middle = (low + high) >> 1;
            var spread = s_spread[BitOperations.Log2((uint)(high - low))];
            var value =
                (0.5 * (left + right))
                + (volatility * spread * Normal(SeededHash.Mix(underlying.PathKey, (ulong)middle)));
            if (weekday == middle)
            {
                return underlying.LogBase + value;
            }

            if (weekday < middle)
            {
                (high, right) = (middle, value);
            }
            else
            {
                (low, left) = (middle, value);
            }
        }
    }

    /// <summary>The path at one tick of a session that has [0, ticks].</summary>
    public static double At(ulong key, double volatility, double open, double close, int ticks, int tick)
    {
        if (tick <= 0 || tick >= ticks)
        {
            return tick <= 0 ? open : close;
        }

        var scale = volatility / Math.Sqrt(ticks);
        var (low, high) = (0, ticks);
        var (left, right) = (open, close);
        while (true)
        {
            var middle = (low + high) >> 1;
            var value = Middle(key, scale, low, middle, high, left, right);
            if (tick == middle)
            {
                return value;
            }

            if (tick < middle)
            {
                (high, right) = (middle, value);
            }
            else
            {
                (low, left) = (middle, value);
            }
        }
    }

    /// <summary>
    /// The same for all ticks from <paramref name="first"/>, as many as <paramref name="values"/> has; one hash a tick.
    /// </summary>
    public static void Fill(
        ulong key,
        double volatility,
        double open,
        double close,
        int ticks,
        int first,
        Span<double> values
    )
    {
        var last = first + values.Length - 1;
        if (first == 0)
        {
            values[0] = open;
        }

        if (last == ticks)
        {
            values[^1] = close;
        }

        Fill(key, volatility / Math.Sqrt(ticks), 0, ticks, open, close, first, last, values);
    }

    /// <summary>
    /// Makes an almost normally distributed number of variance 1 from one hash: the sum of four uniform ones.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Normal(ulong hash)
    {
        var sum =
            (long)(hash & 0xFFFF) + (long)((hash >> 16) & 0xFFFF) + (long)((hash >> 32) & 0xFFFF) + (long)(hash >> 48);
        return (sum - 131_070) * (1.7320508075688772 / 65_536);
    }

    private static void Fill(
        ulong key,
        double scale,
        int low,
        int high,
        double left,
        double right,
        int first,
        int last,
        Span<double> values
    )
    {
        while (high - low >= 2 && high > first && low < last)
        {
            var middle = (low + high) >> 1;
            var value = Middle(key, scale, low, middle, high, left, right);
            if (middle >= first && middle <= last)
            {
                values[middle - first] = value;
            }

            if (middle - low >= 2)
            {
                Fill(key, scale, low, middle, left, value, first, last, values);
            }

            (low, left) = (middle, value);
        }
    }

    /// <summary>A bridge between two points: the line between them, and a displacement of the right variance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Middle(ulong key, double scale, int low, int middle, int high, double left, double right)
    {
        var whole = high - low;
        var (share, spread) = whole < s_bridges.Length ? s_bridges[whole] : Bridge(whole);
        return left + ((right - left) * share) + (scale * spread * Normal(SeededHash.Mix(key, (ulong)middle)));
    }

    /// <summary>The place of a stretch's middle, and how far the path strays there.</summary>
    private static (double Share, double Spread) Bridge(int whole)
    {
        double before = whole >> 1;
        return (before / whole, Math.Sqrt(before * (whole - before) / whole));
    }
}
