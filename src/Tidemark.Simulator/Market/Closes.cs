namespace Tidemark.Simulator.Market;

/// <summary>
/// Closing prices: the continuous path rounded to ticks, with exact limits and exact reference prices.
/// </summary>
internal static class Closes
{
    /// <summary>
    /// How far, in ticks, rounding can push a close from the path after some limit days in a row. A day whose move
    /// keeps this distance from the limits is an anchor: it closes at the rounded path whatever happened before.
    /// </summary>
    private const double AnchorTicks = 8;

    /// <summary>More limit days in a row than any path has.</summary>
    private const int LookBackMax = 40;

    private const double AtLimit = 1e-9;

    /// <summary>
    /// The close of a trading day and its reference price. <paramref name="path"/> receives the path of the last days,
    /// the day itself last (at least three entries).
    /// </summary>
    public static (long Close, long Reference) At(Instrument instrument, int position, Span<double> path)
    {
        var time = instrument.TimeAt(position);
        PricePath.Fill(instrument, time, path);
        var before = instrument.TradedBefore(position);
        if (!IsAnchor(instrument, before, path[^2], path[^3]))
        {
            return AfterLimitDays(instrument, position, time);
        }

        var reference = Reference(instrument, before, Rounded(instrument, before, path[^2]), position);
        return (Next(instrument, position, reference, path[^1], path[^2]), reference);
    }

    /// <summary>
    /// Goes back to the last quiet day and then forward, clipping each close at the limits that the previous one gives.
    /// </summary>
    private static (long Close, long Reference) AfterLimitDays(Instrument instrument, int position, int time)
    {
        Span<double> path = stackalloc double[LookBackMax + 2];
        Span<int> positions = stackalloc int[LookBackMax + 1];
        PricePath.Fill(instrument, time, path);
        positions[0] = position;
        positions[1] = instrument.TradedBefore(position);
        var back = 1;
        while (back < LookBackMax && !IsAnchor(instrument, positions[back], path[^(back + 1)], path[^(back + 2)]))
        {
            back++;
            positions[back] = instrument.TradedBefore(positions[back - 1]);
        }

        var close = Rounded(instrument, positions[back], path[^(back + 1)]);
        var reference = close;
        for (var i = back - 1; i >= 0; i--)
        {
            reference = Reference(instrument, positions[i + 1], close, positions[i]);
            close = Next(instrument, positions[i], reference, path[^(i + 1)], path[^(i + 2)]);
        }

        return (close, reference);
    }

    /// <summary>
    /// A close as a later day's reference price: without the rights that have left the price in between.
    /// </summary>
    public static long Reference(Instrument instrument, int closedAt, long close, int position)
    {
        var before = instrument.FactorAt(closedAt);
        var now = instrument.FactorAt(position);
        return before == now ? close : Math.Max(1, Rounding.Divide(close * before, now));
    }

    private static long Next(Instrument instrument, int position, long reference, double path, double pathBefore)
    {
        var limit = instrument.LimitAt(position);
        if (limit.Percent == 0)
        {
            return Rounded(instrument, position, path);
        }

        var limits = PriceLimits.For(instrument, position, reference);
        var move = path - pathBefore;
        if (move >= limit.Up - AtLimit)
        {
            return limits.Up;
        }

        return move <= -limit.Down + AtLimit
            ? limits.Down
            : Math.Clamp(Rounded(instrument, position, path), limits.Down, limits.Up);
    }

    private static long Rounded(Instrument instrument, int position, double path) =>
        Math.Max(1, (long)Math.Round(Math.Exp(path) * 10_000 / instrument.FactorAt(position)));

    private static bool IsAnchor(Instrument instrument, int position, double path, double pathBefore)
    {
        var limit = instrument.LimitAt(position);
        if (limit.Percent == 0)
        {
            return true;
        }

        var move = path - pathBefore;
        var margin = AnchorTicks * instrument.FactorAt(position) / 10_000 / Math.Exp(path);
        return move < limit.Up - margin && move > -limit.Down + margin;
    }
}
