namespace Tidemark.Simulator.Options;

/// <summary>
/// Underlyings and their listed options with quotes for any moment: synthetic, or recorded. Every answer is a function
/// of the contract and the moment alone, so that many clients see one market and a day can be played in any order.
/// Thread-safe.
/// </summary>
public interface IOptionMarket
{
    /// <summary>
    /// The contract with a number; null when there is none, or when it had expired before <paramref name="day"/>.
    /// </summary>
    ListedContract? Find(int conId, DateOnly day);

    /// <summary>
    /// All contracts listed on a day that fit a pattern, in the order of date, strike and right. Lazy, because a whole
    /// chain may be large.
    /// </summary>
    IEnumerable<ListedContract> Find(ContractPattern pattern, DateOnly day);

    /// <summary>Stocks and indices whose symbol or name begins with, or contains, a text; the best first.</summary>
    IReadOnlyList<ListedContract> Search(string text, int most);

    /// <summary>
    /// The classes of options on an underlying on a day; empty when there are none. Not every combination of their days
    /// and strikes is listed.
    /// </summary>
    IReadOnlyList<OptionClass> Classes(int underlyingConId, DateOnly day);

    /// <summary>The quote of a contract at a moment; the last one before it when the market is closed.</summary>
    ContractQuote Quote(ListedContract contract, DateTimeOffset at);

    /// <summary>Open contracts of an option at the start of a day; null when unknown.</summary>
    long? OpenInterest(ListedContract option, DateOnly day);

    /// <summary>
    /// The session of a day in the exchange's time zone, 09:30 to 16:00 or earlier; null when it is closed.
    /// </summary>
    MarketSession? Session(DateOnly day);

    /// <summary>The bars that begin in [from, to), ascending; only bars of trades have a volume.</summary>
    IEnumerable<HistoryBar> Bars(ListedContract contract, DateTimeOffset from, DateTimeOffset to, BarRequest request);

    /// <summary>The moment of the first bar; null when there are no bars.</summary>
    DateTimeOffset? FirstBar(ListedContract contract);
}

/// <summary>The kind of a contract.</summary>
public enum ContractKind
{
    Stock,
    Index,
    Option,
}

/// <summary>The right of an option; none for other contracts.</summary>
public enum OptionRight
{
    None,
    Call,
    Put,
}

/// <summary>One contract of the universe. Money in <paramref name="Currency"/> per share.</summary>
/// <param name="ConId">Its number: the same in every session of the same seed.</param>
/// <param name="LastTradeDate">Options: the last day on which it trades.</param>
/// <param name="Expiration">Options: the day of settlement; later than <paramref name="LastTradeDate"/> where
/// settlement is in the morning.</param>
/// <param name="Strike">0 for other contracts than options.</param>
/// <param name="Multiplier">Shares of an option; 0 for other contracts.</param>
/// <param name="LocalSymbol">The symbol of a stock; 21 characters for an option (<c>AAPL  251219C00200000</c>).</param>
/// <param name="PrimaryExchange">Where a stock is listed; empty for options.</param>
/// <param name="Exchanges">Where it is traded, SMART first where it is routed.</param>
/// <param name="UnderlyingConId">Options: number of the underlying; else 0.</param>
public sealed record ListedContract(
    int ConId,
    ContractKind Kind,
    string Symbol,
    DateOnly? LastTradeDate,
    DateOnly? Expiration,
    double Strike,
    OptionRight Right,
    int Multiplier,
    string LocalSymbol,
    string TradingClass,
    string PrimaryExchange,
    IReadOnlyList<string> Exchanges,
    string Currency,
    int UnderlyingConId,
    string LongName,
    string Industry,
    string Category,
    double MinTick
);

/// <summary>The conditions for a contract; null matches every value.</summary>
/// <param name="LastTrade">A whole month (<c>yyyyMM</c>) or a day (<c>yyyyMMdd</c>).</param>
public sealed record ContractPattern(
    ContractKind Kind,
    string? Symbol = null,
    string? LastTrade = null,
    double? Strike = null,
    OptionRight Right = OptionRight.None,
    int? Multiplier = null,
    string? LocalSymbol = null,
    string? TradingClass = null
);

/// <summary>One class of options (AAPL; SPX and SPXW), with its days and strikes, ascending.</summary>
public sealed record OptionClass(
    string TradingClass,
    int Multiplier,
    IReadOnlyList<string> Exchanges,
    IReadOnlyList<DateOnly> LastTradeDates,
    IReadOnlyList<double> Strikes
);

/// <summary>One trading day.</summary>
public sealed record MarketSession(DateOnly Day, DateTimeOffset Open, DateTimeOffset Close);

/// <summary>Why a contract is, or is not, traded at a moment.</summary>
public enum TradingState
{
    /// <summary>The market is closed, or has not opened yet.</summary>
    Closed,
    Open,
    Halted,
}

/// <summary>What an option's price on one side, or the model, implies. NaN means not computed.</summary>
public readonly record struct OptionComputation(
    double ImpliedVolatility,
    double Delta,
    double Price,
    double DividendValue,
    double Gamma,
    double Vega,
    double Theta,
    double UnderlyingPrice
);

/// <summary>
/// Everything that a ticker can tell at a moment. NaN and −1 sizes mean unknown; a side without a quote has size 0.
/// </summary>
/// <param name="LastTime">The time of the last trade; null when this session had none.</param>
/// <param name="Close">
/// The close of the session before. After a session's date is over, that session's own close, until the next one opens.
/// </param>
/// <param name="Step">
/// Changes whenever a price or size of this contract does, so that a stream can tell that nothing is new.
/// </param>
public readonly record struct ContractQuote(
    TradingState State,
    double Bid,
    long BidSize,
    double Ask,
    long AskSize,
    double Last,
    long LastSize,
    DateTimeOffset? LastTime,
    double Open,
    double High,
    double Low,
    double Close,
    long Volume,
    OptionComputation BidComputation,
    OptionComputation AskComputation,
    OptionComputation LastComputation,
    OptionComputation Model,
    long Step
);

/// <summary>Which price bars are made of.</summary>
public enum BarPrice
{
    Trades,
    Midpoint,
    Bid,
    Ask,
    BidAsk,
    ImpliedVolatility,
    HistoricalVolatility,
}

/// <summary>The length of bars, whether only regular hours count, and the price.</summary>
/// <param name="Size">One day for daily bars.</param>
public sealed record BarRequest(TimeSpan Size, bool RegularHours, BarPrice Price);

/// <summary>
/// One bar. <paramref name="Volume"/>, <paramref name="Average"/> and <paramref name="Count"/> are −1 for bars of other
/// prices than trades.
/// </summary>
public readonly record struct HistoryBar(
    DateTimeOffset Begin,
    double Open,
    double High,
    double Low,
    double Close,
    long Volume,
    double Average,
    int Count
);
