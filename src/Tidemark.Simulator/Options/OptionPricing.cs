namespace Tidemark.Simulator.Options;

/// <summary>What a quote needs from a contract, read once.</summary>
internal readonly record struct OptionTerms(
    Underlying Underlying,
    double Strike,
    bool IsCall,
    long ExpiresMs,
    ulong Key
);

/// <summary>Model and quoted sides of an option at one moment.</summary>
internal readonly record struct OptionSides(double Mid, double Volatility, double Bid, double Ask);

/// <summary>
/// The model behind all option quotes: one volatility by underlying and day, a term structure, and a smile over
/// standardized moneyness whose slope stays small enough that no price violates monotony in the strike; calls and puts
/// share it, so parity holds.
/// </summary>
internal static class OptionPricing
{
    public const double Rate = 0.041;

    private const double MsPerYear = 365.0 * 86_400_000;

    /// <summary>At least half a minute remains until expiration, so that nothing divides by zero.</summary>
    private const double LeastYears = 30_000 / MsPerYear;

    public static PricingInputs Inputs(in OptionTerms terms, double spot, long ms) =>
        new(
            spot,
            terms.Strike,
            Math.Max((terms.ExpiresMs - ms) / MsPerYear, LeastYears),
            Rate,
            terms.Underlying.Yield,
            terms.IsCall
        );

    /// <summary>The model's volatility; <paramref name="level"/> is that of short options at the money.</summary>
    public static double Volatility(in PricingInputs inputs, Underlying underlying, double level)
    {
        var term = underlying.Volatility + ((level - underlying.Volatility) * Math.Exp(-4 * inputs.Years));
        var x = -inputs.LogMoneyness / (term * inputs.Root);
        var square = 1 + (x * x);
        return term * (1 - (underlying.Skew * x / Math.Sqrt(square)) + (underlying.Bend * Math.Log(square)));
    }

    /// <summary>Bid and ask around the model's price, on ticks; a side without a quote is NaN.</summary>
    /// <param name="epoch">Spreads change with it.</param>
    public static OptionSides Sides(in OptionTerms terms, in PricingInputs inputs, double level, long epoch)
    {
        var underlying = terms.Underlying;
        var volatility = Volatility(inputs, underlying, level);
        var mid = Math.Max(0, BlackScholes.Price(inputs, volatility));
        var intrinsic = Math.Max(0, inputs.IsCall ? inputs.Spot - inputs.Strike : inputs.Strike - inputs.Spot);
        var jitter = 0.7 + (0.7 * SeededHash.Unit(SeededHash.Mix(terms.Key, 41, (ulong)epoch)));
        var spread =
            underlying.OptionTick
            + (
                underlying.Width
                * jitter
                * ((0.02 * Math.Max(0, mid - intrinsic)) + (0.006 * intrinsic) + (0.0003 * inputs.Spot))
            );
        var low = mid - (0.5 * spread);
        var bid = Down(low, low < 3 ? underlying.OptionTick : underlying.OptionTickAbove);
        var high = mid + (0.5 * spread);
        var ask = Up(high, high < 3 ? underlying.OptionTick : underlying.OptionTickAbove);
        return new OptionSides(mid, volatility, bid > 0 ? bid : double.NaN, ask);
    }

    /// <summary>Rounds to the nearest tick, at least one.</summary>
    public static double Round(double price, Underlying underlying)
    {
        var tick = price < 3 ? underlying.OptionTick : underlying.OptionTickAbove;
        return Math.Max(underlying.OptionTick, Clean(Math.Round(price / tick), tick));
    }

    private static double Down(double price, double tick) => Clean(Math.Floor((price / tick) + 1e-9), tick);

    private static double Up(double price, double tick) => Clean(Math.Ceiling((price / tick) - 1e-9), tick);

    /// <summary>The double that a decimal of two places reads as.</summary>
    private static double Clean(double ticks, double tick) => Math.Round(ticks * Math.Round(tick * 100)) / 100;
}
