namespace Tidemark.Vendors.Ibkr;

/// <summary>All that IBKR tells about one contract. Texts that contracts share are one string in memory.</summary>
/// <param name="Contract">All its twelve parts are filled in.</param>
/// <param name="LastTradeTime">Time of day (<c>14:30:00</c>) when trading ends on the last day; mostly empty.</param>
/// <param name="MinTick">The smallest step of its price.</param>
/// <param name="ValidExchanges">Comma list; <paramref name="MarketRuleIds"/> has one entry for each.</param>
/// <param name="UnderlyingConId">0 where the contract is no derivative.</param>
/// <param name="ContractMonth"><c>yyyyMM</c>.</param>
/// <param name="TimeZoneId">Of <paramref name="TradingHours"/>.</param>
/// <param name="TradingHours"><c>20251120:0930-20251120:1600;20251122:CLOSED</c>.</param>
/// <param name="SecurityIds">Tag and value pairs (<c>ISIN=…</c>).</param>
/// <param name="RealExpirationDate">
/// <c>yyyyMMdd</c>; later than the last day of trading where settlement is in the morning.
/// </param>
/// <param name="MinSize">NaN when unset, as are the other sizes.</param>
public sealed record ContractDetails(
    IbkrContract Contract,
    string LastTradeTime,
    string MarketName,
    double MinTick,
    string OrderTypes,
    string ValidExchanges,
    int PriceMagnifier,
    int UnderlyingConId,
    string LongName,
    string ContractMonth,
    string Industry,
    string Category,
    string Subcategory,
    string TimeZoneId,
    string TradingHours,
    string LiquidHours,
    IReadOnlyList<KeyValuePair<string, string>> SecurityIds,
    int AggregatedGroup,
    string UnderlyingSymbol,
    string UnderlyingSecurityType,
    string MarketRuleIds,
    string RealExpirationDate,
    string StockType,
    double MinSize,
    double SizeIncrement,
    double SuggestedSizeIncrement
);

/// <summary>
/// The options on an underlying that one exchange lists in one class. Dates × strikes is more than what is listed:
/// qualify before use.
/// </summary>
/// <param name="Expirations">Last days of trading, ascending.</param>
/// <param name="Strikes">Ascending.</param>
public sealed record OptionChain(
    string Exchange,
    int UnderlyingConId,
    string TradingClass,
    string Multiplier,
    IReadOnlyList<DateOnly> Expirations,
    IReadOnlyList<double> Strikes
);

/// <summary>One bar of history. Prices in the contract's currency.</summary>
/// <param name="Date">As sent: <c>yyyyMMdd</c> for days, else seconds since 1970.</param>
/// <param name="Volume">−1 for other bars than of trades, as are the two that follow.</param>
public readonly record struct HistoricalBar(
    string Date,
    double Open,
    double High,
    double Low,
    double Close,
    double Volume,
    double WeightedAverage,
    int Trades
);

/// <summary>One answer to a search for a symbol.</summary>
/// <param name="DerivativeTypes">What is derived from it: <c>OPT</c>, <c>FUT</c>, ….</param>
public sealed record SymbolMatch(IbkrContract Contract, string Description, IReadOnlyList<string> DerivativeTypes);
