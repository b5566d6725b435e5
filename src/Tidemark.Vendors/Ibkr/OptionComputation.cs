namespace Tidemark.Vendors.Ibkr;

/// <summary>What IBKR works out from one price of an option. NaN = not computed.</summary>
/// <param name="ImpliedVolatility">A year's, as a fraction: 0.25.</param>
/// <param name="Delta">−1 to 1.</param>
/// <param name="OptionPrice">The price that it was computed from; for the model, its result.</param>
/// <param name="PvDividend">Present value of the dividends until the option ends.</param>
/// <param name="Vega">For one point of volatility.</param>
/// <param name="Theta">For one day.</param>
/// <param name="UnderlyingPrice">Of the same moment.</param>
public readonly record struct OptionComputation(
    double ImpliedVolatility,
    double Delta,
    double OptionPrice,
    double PvDividend,
    double Gamma,
    double Vega,
    double Theta,
    double UnderlyingPrice
)
{
    /// <summary>Nothing computed.</summary>
    public static OptionComputation None { get; } =
        new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>Whether delta, gamma, vega and theta are all there.</summary>
    public bool HasGreeks => !(double.IsNaN(Delta) || double.IsNaN(Gamma) || double.IsNaN(Vega) || double.IsNaN(Theta));

    /// <summary>
    /// Reads the marks of "not computed" out of what came: −1 for prices, −2 for Greeks, and what cannot be.
    /// </summary>
    internal static OptionComputation Of(
        double impliedVolatility,
        double delta,
        double optionPrice,
        double pvDividend,
        double gamma,
        double vega,
        double theta,
        double underlyingPrice
    ) =>
        new(
            impliedVolatility < 0 ? double.NaN : impliedVolatility,
            delta is < -1 or > 1 ? double.NaN : delta,
            Price(optionPrice),
            Price(pvDividend),
            Greek(gamma),
            Greek(vega),
            Greek(theta),
            Price(underlyingPrice)
        );

    private static double Price(double value) => value == -1 ? double.NaN : value;

    private static double Greek(double value) => value == -2 ? double.NaN : value;
}
