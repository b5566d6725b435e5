using System.Runtime.CompilerServices;

namespace Tidemark.Simulator.Options;

/// <summary>The inputs of an option's price. Rates are continuously compounded; a year has 365 days.</summary>
internal readonly struct PricingInputs
{
    public PricingInputs(double spot, double strike, double years, double rate, double yield, bool isCall)
    {
        Spot = spot;
        Strike = strike;
        Years = years;
        Rate = rate;
        Yield = yield;
        IsCall = isCall;
        Root = Math.Sqrt(years);
        Discount = Math.Exp(-rate * years);
        YieldDiscount = Math.Exp(-yield * years);
        Forward = spot * YieldDiscount / Discount;
        LogMoneyness = Math.Log(Forward / strike);
    }

    public double Spot { get; }

    public double Strike { get; }

    public double Years { get; }

    public double Rate { get; }

    public double Yield { get; }

    public bool IsCall { get; }

    public double Root { get; }

    public double Discount { get; }

    public double YieldDiscount { get; }

    public double Forward { get; }

    public double LogMoneyness { get; }
}

/// <summary>
/// European options after Black, Scholes and Merton (1973), with a continuous dividend yield: the formulas as in Hull,
/// <em>Options, Futures, and Other Derivatives</em>, chapters on Greek letters and on indices. Theta is per calendar
/// day and vega per point of volatility (0.01), as Interactive Brokers reports them.
/// </summary>
internal static class BlackScholes
{
    private const double InverseRootTwoPi = 0.3989422804014327;

    public static double Price(in PricingInputs inputs, double volatility)
    {
        var deviation = volatility * inputs.Root;
        var d1 = (inputs.LogMoneyness / deviation) + (0.5 * deviation);
        var d2 = d1 - deviation;
        return inputs.Discount
            * (
                inputs.IsCall
                    ? (inputs.Forward * Normal(d1)) - (inputs.Strike * Normal(d2))
                    : (inputs.Strike * Normal(-d2)) - (inputs.Forward * Normal(-d1))
            );
    }

    /// <summary>
    /// Price and Greeks at a volatility; <paramref name="price"/>, when given, replaces the computed price.
    /// </summary>
    public static OptionComputation Compute(in PricingInputs inputs, double volatility, double price = double.NaN)
    {
        var deviation = volatility * inputs.Root;
        var d1 = (inputs.LogMoneyness / deviation) + (0.5 * deviation);
        var d2 = d1 - deviation;
        var density = InverseRootTwoPi * Math.Exp(-0.5 * d1 * d1);
        var n1 = Normal(d1);
        var n2 = Normal(d2);
        var spot = inputs.Spot * inputs.YieldDiscount;
        var strike = inputs.Strike * inputs.Discount;
        var call = (spot * n1) - (strike * n2);
        var decay = -spot * density * volatility / (2 * inputs.Root);
        var callTheta = decay - (inputs.Rate * strike * n2) + (inputs.Yield * spot * n1);
        double value,
            delta,
            theta;
        if (inputs.IsCall)
        {
            (value, delta, theta) = (call, inputs.YieldDiscount * n1, callTheta);
        }
        else
        {
            var (m1, m2) = (Normal(-d1), Normal(-d2));
            value = (strike * m2) - (spot * m1);
            delta = -inputs.YieldDiscount * m1;
            theta = decay + (inputs.Rate * strike * m2) - (inputs.Yield * spot * m1);
        }

        return new OptionComputation(
            volatility,
            delta,
            double.IsNaN(price) ? Math.Max(0, value) : price,
            inputs.Spot * (1 - inputs.YieldDiscount),
            inputs.YieldDiscount * density / (inputs.Spot * deviation),
            spot * density * inputs.Root / 100,
            theta / 365,
            inputs.Spot
        );
    }

    /// <summary>
    /// The volatility at which an option costs <paramref name="price"/>, from a guess near it; NaN when there is none.
    /// Newton on the logarithm of the out-of-the-money side, which is concave in volatility and does not lose digits
    /// deep in the money.
    /// </summary>
    public static double ImpliedVolatility(in PricingInputs inputs, double price, double guess)
    {
        var intrinsic = inputs.Discount * (inputs.Forward - inputs.Strike) * (inputs.IsCall ? 1 : -1);
        var target = price - Math.Max(0, intrinsic);
        var most = inputs.Discount * Math.Min(inputs.Forward, inputs.Strike);
        if (!(target > 1e-9 * inputs.Strike && target < most))
        {
            return double.NaN;
        }

        // The out-of-the-money side has the same time value.
        var call = inputs.Forward < inputs.Strike;
        var wanted = target / inputs.Discount;
        var logWanted = Math.Log(wanted);
        var volatility = guess;
        for (var i = 0; i < 40; i++)
        {
            var deviation = volatility * inputs.Root;
            var d1 = (inputs.LogMoneyness / deviation) + (0.5 * deviation);
            var d2 = d1 - deviation;
            var value = call
                ? (inputs.Forward * Normal(d1)) - (inputs.Strike * Normal(d2))
                : (inputs.Strike * Normal(-d2)) - (inputs.Forward * Normal(-d1));
            var vega = inputs.Forward * inputs.Root * InverseRootTwoPi * Math.Exp(-0.5 * d1 * d1);
            if (!(value > 0 && vega > 0))
            {
                volatility *= 2;
                continue;
            }

            var step = (Math.Log(value) - logWanted) * value / vega;
            var next = volatility - step;
            if (next <= 0)
            {
                next = volatility / 2;
            }

            if (Math.Abs(next - volatility) < 1e-8)
            {
                return next is > 0.001 and < 50 ? next : double.NaN;
            }

            volatility = Math.Min(next, 60);
        }

        return double.NaN;
    }

    /// <summary>
    /// The cumulative normal distribution to double precision (Hart's approximation as given by West, 2005).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Normal(double x)
    {
        var z = Math.Abs(x);
        if (z > 37)
        {
            return x > 0 ? 1 : 0;
        }

        var e = Math.Exp(-0.5 * z * z);
        double tail;
        if (z < 7.07106781186547)
        {
            var above = (0.0352624965998911 * z) + 0.700383064443688;
            above = (above * z) + 6.37396220353165;
            above = (above * z) + 33.912866078383;
            above = (above * z) + 112.079291497871;
            above = (above * z) + 221.213596169931;
            above = (above * z) + 220.206867912376;
            var below = (0.0883883476483184 * z) + 1.75566716318264;
            below = (below * z) + 16.064177579207;
            below = (below * z) + 86.7807322029461;
            below = (below * z) + 296.564248779674;
            below = (below * z) + 637.333633378831;
            below = (below * z) + 793.826512519948;
            below = (below * z) + 440.413735824752;
            tail = e * above / below;
        }
        else
        {
            tail = e / (z + (1 / (z + (2 / (z + (3 / (z + (4 / (z + 0.65))))))))) * InverseRootTwoPi;
        }

        return x > 0 ? 1 - tail : tail;
    }
}
