namespace Tidemark.Simulator.Options;

internal enum UnderlyingKind
{
    Stock,
    Fund,
    Index,
}

/// <summary>A stock, ETF or index, and how its prices behave. Volatilities are annual.</summary>
internal sealed class Underlying
{
    public required int Ordinal { get; init; }

    public required UnderlyingKind Kind { get; init; }

    public required string Symbol { get; init; }

    /// <summary>The name of its main class of options: the symbol without a space.</summary>
    public string OptionRoot => Symbol.Replace(" ", "", StringComparison.Ordinal);

    public required ListedContract Contract { get; init; }

    public required ulong Key { get; init; }

    /// <summary>The key of its path: an ETF shares its index's.</summary>
    public required ulong PathKey { get; init; }

    public required double LogBase { get; init; }

    public required double Volatility { get; init; }

    public double DailyVolatility => Volatility / 15.8745;

    public required double Yield { get; init; }

    /// <summary>How much the smile leans to low strikes, and how much it bends.</summary>
    public required double Skew { get; init; }

    public required double Bend { get; init; }

    /// <summary>Trades a day of its busiest option.</summary>
    public required double Activity { get; init; }

    /// <summary>1 for wide option markets, near 0 for the tightest.</summary>
    public required double Width { get; init; }

    /// <summary>Shares a day; 0 for an index.</summary>
    public required double DailyVolume { get; init; }

    /// <summary>Ticks of its options below and from a price of 3.</summary>
    public required double OptionTick { get; init; }

    public required double OptionTickAbove { get; init; }

    public bool HasWeeklies { get; init; }

    /// <summary>
    /// Which of the three quarterly cycles its far months follow; <see cref="ExpiryRules.AllMonths"/> for the busiest.
    /// </summary>
    public required int Cycle { get; init; }

    /// <summary>The area of its daily expirations in contract numbers; −1 when it has none.</summary>
    public int DailyArea { get; init; } = -1;
}
