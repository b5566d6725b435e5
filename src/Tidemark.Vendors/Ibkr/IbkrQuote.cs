namespace Tidemark.Vendors.Ibkr;

/// <summary>Parts of a quote that can be there or not.</summary>
[Flags]
public enum QuoteFields
{
    None = 0,
    Bid = 1,
    Ask = 2,
    Last = 4,
    Close = 8,
    Volume = 16,

    /// <summary>Implied volatility of the model.</summary>
    ImpliedVolatility = 32,

    /// <summary>Delta, gamma, vega and theta of the model.</summary>
    Greeks = 64,

    OpenInterest = 128,
}

/// <summary>
/// What came of one contract since it was asked for. NaN = did not come, or the gateway said that there is none. Prices
/// in the contract's currency; sizes and volume in shares or contracts.
/// </summary>
public struct IbkrQuote
{
    public IbkrQuote() { }

    /// <summary>Which kind these quotes are.</summary>
    public MarketDataType DataType { get; internal set; }

    public double Bid { get; internal set; } = double.NaN;

    public double BidSize { get; internal set; } = double.NaN;

    public double Ask { get; internal set; } = double.NaN;

    public double AskSize { get; internal set; } = double.NaN;

    public double Last { get; internal set; } = double.NaN;

    public double LastSize { get; internal set; } = double.NaN;

    public double Open { get; internal set; } = double.NaN;

    public double High { get; internal set; } = double.NaN;

    public double Low { get; internal set; } = double.NaN;

    /// <summary>Of the day before.</summary>
    public double Close { get; internal set; } = double.NaN;

    /// <summary>Of the day.</summary>
    public double Volume { get; internal set; } = double.NaN;

    /// <summary>Contracts open at the start of the day. Only streams and samples get it.</summary>
    public double OpenInterest { get; internal set; } = double.NaN;

    public double Mark { get; internal set; } = double.NaN;

    /// <summary>Seconds since 1970; NaN when unknown.</summary>
    public double LastTradeTime { get; internal set; } = double.NaN;

    /// <summary>0 = traded, 1 = halted by a regulator, 2 = halted for volatility; NaN when unknown.</summary>
    public double Halted { get; internal set; } = double.NaN;

    public OptionComputation OfBid { get; internal set; } = OptionComputation.None;

    public OptionComputation OfAsk { get; internal set; } = OptionComputation.None;

    public OptionComputation OfLast { get; internal set; } = OptionComputation.None;

    /// <summary>The model's: the implied volatility and the Greeks that people mean.</summary>
    public OptionComputation Model { get; internal set; } = OptionComputation.None;

    /// <summary>The values that have come.</summary>
    public readonly QuoteFields Fields =>
        Flag(Bid, QuoteFields.Bid)
        | Flag(Ask, QuoteFields.Ask)
        | Flag(Last, QuoteFields.Last)
        | Flag(Close, QuoteFields.Close)
        | Flag(Volume, QuoteFields.Volume)
        | Flag(Model.ImpliedVolatility, QuoteFields.ImpliedVolatility)
        | (Model.HasGreeks ? QuoteFields.Greeks : QuoteFields.None)
        | Flag(OpenInterest, QuoteFields.OpenInterest);

    private static QuoteFields Flag(double value, QuoteFields flag) => double.IsNaN(value) ? QuoteFields.None : flag;
}

/// <summary>
/// What became of one contract of a request: always one a contract. There may be a quote and an error: what had come
/// before it.
/// </summary>
/// <param name="Index">Of the contract in the request.</param>
/// <param name="Notice">
/// The gateway's number of a remark on it (10090: part of it is not subscribed; 10167: delayed); 0 = none.
/// </param>
/// <param name="Error">Why there is no whole quote; null when there is.</param>
public readonly record struct QuoteAnswer(
    int Index,
    IbkrContract Contract,
    IbkrQuote Quote,
    int Notice,
    IbkrException? Error
);
