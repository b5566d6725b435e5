using System.Globalization;

namespace Tidemark.Vendors.Ibkr;

/// <summary>The right of an option; none where the contract is no option.</summary>
public enum OptionRight
{
    None,
    Call,
    Put,
}

/// <summary>
/// A contract as IBKR names it, whole or in part. What is not known is 0, none or empty. <see cref="ConId"/> with
/// <see cref="Exchange"/> alone names one contract exactly.
/// </summary>
public sealed record IbkrContract
{
    /// <summary>IBKR's number of the contract; 0 when unknown.</summary>
    public int ConId { get; init; }

    public string Symbol { get; init; } = "";

    /// <summary><c>STK</c>, <c>OPT</c>, <c>IND</c>, …</summary>
    public string SecurityType { get; init; } = "";

    /// <summary>
    /// The last day of trading, <c>yyyyMMdd</c>; or a month, <c>yyyyMM</c>, when asking for all contracts of it.
    /// </summary>
    public string LastTradeDate { get; init; } = "";

    /// <summary>In the contract's currency; 0 when there is none.</summary>
    public double Strike { get; init; }

    public OptionRight Right { get; init; }

    /// <summary>Units of the underlying, as text: <c>100</c>.</summary>
    public string Multiplier { get; init; } = "";

    /// <summary>Where to route to: mostly <c>SMART</c>.</summary>
    public string Exchange { get; init; } = "";

    public string PrimaryExchange { get; init; } = "";

    public string Currency { get; init; } = "";

    /// <summary>The symbol at the exchange; of a US option 21 characters: <c>AAPL  251219C00200000</c>.</summary>
    public string LocalSymbol { get; init; } = "";

    /// <summary>Tells classes with the same dates and strikes apart: <c>SPX</c> and <c>SPXW</c>.</summary>
    public string TradingClass { get; init; } = "";

    /// <summary>A US stock or fund, routed by IBKR.</summary>
    public static IbkrContract Stock(string symbol) =>
        new()
        {
            Symbol = symbol,
            SecurityType = "STK",
            Exchange = "SMART",
            Currency = "USD",
        };

    /// <summary>A US option with a multiplier of 100, routed by IBKR.</summary>
    /// <param name="tradingClass">Empty when the symbol has only one.</param>
    public static IbkrContract Option(
        string symbol,
        DateOnly lastTradeDate,
        double strike,
        OptionRight right,
        string tradingClass = ""
    ) =>
        new()
        {
            Symbol = symbol,
            SecurityType = "OPT",
            LastTradeDate = lastTradeDate.ToString("yyyyMMdd", CultureInfo.InvariantCulture),
            Strike = strike,
            Right = right,
            Multiplier = "100",
            Exchange = "SMART",
            Currency = "USD",
            TradingClass = tradingClass,
        };

    /// <summary>For messages: what tells this contract from others.</summary>
    public override string ToString()
    {
        var strike = Strike == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {Strike}");
        var right = Right switch
        {
            OptionRight.Call => " C",
            OptionRight.Put => " P",
            _ => "",
        };
        var day = LastTradeDate.Length == 0 ? "" : $" {LastTradeDate}";
        var name = Symbol.Length > 0 ? Symbol : LocalSymbol;
        return Symbol.Length + LocalSymbol.Length > 0
            ? $"{name} {SecurityType}{day}{strike}{right}".TrimEnd()
            : $"conId {ConId}";
    }
}
