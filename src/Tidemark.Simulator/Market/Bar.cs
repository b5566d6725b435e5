namespace Tidemark.Simulator.Market;

/// <summary>One trading day of one instrument. Prices in units of the last decimal.</summary>
/// <param name="PreClose">
/// The reference price: the previous close, adjusted for rights that leave the price today.
/// </param>
/// <param name="Shares">Volume in shares (units).</param>
/// <param name="Amount">Turnover in whole CNY.</param>
internal readonly record struct Bar(long Open, long High, long Low, long Close, long PreClose, long Shares, long Amount)
{
    public long Change => Close - PreClose;

    /// <summary>Percent in ten-thousandths, rounded half away from zero.</summary>
    public long PercentChange => Rounding.Divide(Change * 1_000_000, PreClose);
}

/// <summary>The highest and lowest price of a day.</summary>
internal readonly record struct PriceLimits(long Up, long Down)
{
    public static PriceLimits For(Instrument instrument, int position, long reference)
    {
        var percent = instrument.LimitAt(position).Percent;
        if (percent == 0)
        {
            return new PriceLimits(long.MaxValue, 1);
        }

        // Beijing rounds inwards, so that a price never exceeds the limit in percent; Shanghai and Shenzhen round to
        // the nearest.
        return instrument.Board == Board.Beijing
            ? new PriceLimits(reference * (100 + percent) / 100, Rounding.DivideUp(reference * (100 - percent), 100))
            : new PriceLimits(
                Rounding.Divide(reference * (100 + percent), 100),
                Rounding.Divide(reference * (100 - percent), 100)
            );
    }
}

internal static class Rounding
{
    /// <summary>The nearest integer, halves away from zero; the divisor is positive.</summary>
    public static long Divide(long value, long divisor) =>
        value >= 0 ? (value + (divisor / 2)) / divisor : -((-value + (divisor / 2)) / divisor);

    /// <summary>The quotient rounded up; both are positive.</summary>
    public static long DivideUp(long value, long divisor) => (value + divisor - 1) / divisor;
}
