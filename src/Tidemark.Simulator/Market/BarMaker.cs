namespace Tidemark.Simulator.Market;

/// <summary>Makes whole bars around the closes: opens, ranges, volumes and amounts that fit each other.</summary>
internal static class BarMaker
{
    /// <summary>
    /// Entries of the path that the volume ratio needs: the day, five before it, and one before those.
    /// </summary>
    private const int RatioDays = 5;

    private const double LockedAtLimitShare = 0.3;

    /// <summary>The lowest place of the average price in the day's range.</summary>
    private const double AverageFrom = 0.3;

    private const double AverageRange = 0.4;

    /// <summary>The bar of a day on which the instrument trades.</summary>
    public static Bar At(Instrument instrument, int position)
    {
        Span<double> path = stackalloc double[3];
        return At(instrument, position, path);
    }

    /// <summary>The close of a day on which the instrument trades, at less cost than the bar.</summary>
    public static long CloseAt(Instrument instrument, int position)
    {
        Span<double> path = stackalloc double[3];
        return Closes.At(instrument, position, path).Close;
    }

    /// <summary>The bar and the volume relative to the five trading days before it.</summary>
    public static (Bar Bar, double VolumeRatio) WithVolumeRatio(Instrument instrument, int position)
    {
        Span<double> path = stackalloc double[RatioDays + 2];
        var bar = At(instrument, position, path);
        var sum = 0.0;
        var day = position;
        for (var back = 1; back <= RatioDays; back++)
        {
            day = instrument.TradedBefore(day);
            sum += Volume(instrument, day, path[^(back + 1)] - path[^(back + 2)], out _);
        }

        return (bar, bar.Shares / (sum / RatioDays));
    }

    /// <summary>The limits and the reference price of a day, even of a suspended one.</summary>
    public static (PriceLimits Limits, long Reference) LimitsAt(Instrument instrument, int position)
    {
        Span<double> path = stackalloc double[3];
        long reference;
        if (instrument.IsSuspended(position))
        {
            var before = instrument.TradedBefore(position);
            var (close, _) = Closes.At(instrument, before, path);
            reference = Closes.Reference(instrument, before, close, position);
        }
        else
        {
            (_, reference) = Closes.At(instrument, position, path);
        }

        return (PriceLimits.For(instrument, position, reference), reference);
    }

    private static Bar At(Instrument instrument, int position, Span<double> path)
    {
        var (close, reference) = Closes.At(instrument, position, path);
        var shares = Volume(instrument, position, path[^1] - path[^2], out var isLockedAtLimit);
        var limits = PriceLimits.For(instrument, position, reference);
        if (isLockedAtLimit && (close == limits.Up || close == limits.Down))
        {
            return new Bar(close, close, close, close, reference, shares, shares * close / instrument.Scale);
        }

        var key = SeededHash.Mix(instrument.Key, 202, unchecked((ulong)instrument.TimeAt(position)));
        var spread = reference * instrument.Volatility;
        var open = reference + (long)((close - reference) * 0.5 * SeededHash.Unit(key));
        open += (long)(spread * 0.5 * SeededHash.Signed(SeededHash.Mix(key, 1)));
        open = Math.Clamp(open, limits.Down, limits.Up);
        var high = Math.Max(open, close) + (long)(spread * SeededHash.Unit(SeededHash.Mix(key, 2)));
        var low = Math.Min(open, close) - (long)(spread * SeededHash.Unit(SeededHash.Mix(key, 3)));
        high = Math.Min(high, limits.Up);
        low = Math.Max(low, limits.Down);
        if (high == low)
        {
            // Different prices leave room for an amount in whole CNY.
            low = low > limits.Down ? low - 1 : low;
            high = high == low ? high + 1 : high;
        }

        var weight = AverageFrom + (AverageRange * SeededHash.Unit(SeededHash.Mix(key, 4)));
        if (instrument.Board == Board.Index)
        {
            // An index's points are no price to multiply with: its members cost some 8 to 16 CNY.
            return new Bar(open, high, low, close, reference, shares, (long)(shares * (5 + (20 * weight))));
        }

        var amount = (long)Math.Round(shares * (low + ((high - low) * weight)) / instrument.Scale);
        amount = Math.Clamp(
            amount,
            Rounding.DivideUp(shares * low, instrument.Scale),
            shares * high / instrument.Scale
        );
        return new Bar(open, high, low, close, reference, shares, amount);
    }

    /// <summary>Shares traded: a pure function of the path, so that any day can be computed alone.</summary>
    /// <param name="isLockedAtLimit">Whether the price stayed at the limit all day.</param>
    private static long Volume(Instrument instrument, int position, double move, out bool isLockedAtLimit)
    {
        var time = instrument.TimeAt(position);
        var key = SeededHash.Mix(instrument.Key, 303, unchecked((ulong)time));
        var limit = instrument.LimitAt(position);
        var isLimitMove =
            instrument.Board != Board.Fund
            && limit.Percent > 0
            && (move >= limit.Up - 1e-9 || move <= -limit.Down + 1e-9);
        isLockedAtLimit = isLimitMove && SeededHash.Unit(SeededHash.Mix(key, 1)) < LockedAtLimitShare;
        var mood = (0.9 * PricePath.SlowWave(instrument.Key + 1, time)) + (0.5 * SeededHash.Signed(key));
        var share = instrument.Turnover * Math.Exp(mood) * (0.6 + (12 * Math.Abs(move))) * (isLockedAtLimit ? 0.1 : 1);
        var lots = (long)(instrument.SharesAt(position) * instrument.FloatRatio * Math.Min(share, 0.5) / 100);

        // A hundred lots at least, and sometimes an odd lot, which a seller may have left.
        var odd = SeededHash.Unit(SeededHash.Mix(key, 2)) < 0.35 && !isLockedAtLimit ? SeededHash.Index(key, 100) : 0;
        return (Math.Max(lots, 100) * 100) + odd;
    }
}
