using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>Messages about contracts.</summary>
internal static class ContractMessages
{
    private const string OrderTypes = "ACTIVETIM,AD,ADJUST,ALERT,DAY,GTC,LMT,MKT";
    public const int StockRule = 26;
    public const int OptionRule = 109;
    private const int OptionGroup = 2;

    /// <summary>Writes one match; it is repeated for each exchange in the request.</summary>
    /// <param name="exchange">The exchange that this row is about.</param>
    /// <param name="underlying">The underlying of an option; null for other contracts.</param>
    /// <param name="hours">
    /// The sessions of the coming days, <c>yyyyMMdd:HHmm-yyyyMMdd:HHmm</c> or <c>yyyyMMdd:CLOSED</c>.
    /// </param>
    public static void ContractData(
        FrameBuffer to,
        int id,
        ListedContract contract,
        string exchange,
        ListedContract? underlying,
        string hours
    )
    {
        var isOption = contract.Kind == ContractKind.Option;
        to.Begin(10)
            .Int(id)
            .Text(contract.Symbol)
            .Text(SecurityType(contract.Kind))
            .Day(contract.LastTradeDate)
            .Short(contract.Strike)
            .Text(RightLetter(contract.Right))
            .Text(exchange)
            .Text(contract.Currency)
            .Text(contract.LocalSymbol)
            .Text(contract.TradingClass)
            .Text(contract.TradingClass)
            .Int(contract.ConId)
            .Double(contract.MinTick);
        Multiplier(to, contract.Multiplier).Text(OrderTypes);
        List(to, contract.Exchanges).Int(1).Int(contract.UnderlyingConId);
        to.Text(contract.LongName).Text(contract.PrimaryExchange);
        Month(to, contract).Text(contract.Industry).Text(contract.Category).Text("");
        to.Text("US/Eastern").Text(hours).Text(hours).Text("").Int(0).Int(0).Int(isOption ? OptionGroup : 1);
        to.Text(underlying?.Symbol).Text(underlying is null ? "" : SecurityType(underlying.Kind));
        Repeated(to, isOption ? OptionRule : StockRule, contract.Exchanges.Count).Day(contract.Expiration);
        to.Text(contract.Kind == ContractKind.Stock ? "COMMON" : "").Int(1).Int(1).Int(1).End();
    }

    public static void ContractDataEnd(FrameBuffer to, int id) => to.Begin(52).Int(1).Int(id).End();

    /// <summary>Writes one class of options at one exchange.</summary>
    public static void OptionParameter(FrameBuffer to, int id, string exchange, int underlying, OptionClass row)
    {
        to.Begin(75).Int(id).Text(exchange).Int(underlying).Text(row.TradingClass).Int(row.Multiplier);
        to.Int(row.LastTradeDates.Count);
        foreach (var day in row.LastTradeDates)
        {
            to.Day(day);
        }

        to.Int(row.Strikes.Count);
        foreach (var strike in row.Strikes)
        {
            to.Double(strike);
        }

        to.End();
    }

    public static void OptionParameterEnd(FrameBuffer to, int id) => to.Begin(76).Int(id).End();

    /// <summary>Writes the matches of a search by text, and says which of them have options.</summary>
    public static void SymbolSamples(
        FrameBuffer to,
        int id,
        IReadOnlyList<(ListedContract Contract, bool HasOptions)> found
    )
    {
        to.Begin(79).Int(id).Int(found.Count);
        foreach (var (contract, hasOptions) in found)
        {
            to.Int(contract.ConId)
                .Text(contract.Symbol)
                .Text(SecurityType(contract.Kind))
                .Text(contract.PrimaryExchange)
                .Text(contract.Currency)
                .Bool(hasOptions);
            if (hasOptions)
            {
                to.Text("OPT");
            }

            to.Text(contract.LongName).Text("");
        }

        to.End();
    }

    public static void MarketRule(FrameBuffer to, int rule, ReadOnlySpan<(double Edge, double Increment)> steps)
    {
        to.Begin(93).Int(rule).Int(steps.Length);
        foreach (var (edge, increment) in steps)
        {
            to.Double(edge).Double(increment);
        }

        to.End();
    }

    public static string SecurityType(ContractKind kind) =>
        kind switch
        {
            ContractKind.Stock => "STK",
            ContractKind.Index => "IND",
            _ => "OPT",
        };

    private static string RightLetter(OptionRight right) =>
        right switch
        {
            OptionRight.Call => "C",
            OptionRight.Put => "P",
            _ => "",
        };

    private static FrameBuffer Multiplier(FrameBuffer to, int multiplier) =>
        multiplier == 0 ? to.Text("") : to.Int(multiplier);

    private static FrameBuffer Month(FrameBuffer to, ListedContract contract)
    {
        if ((contract.Expiration ?? contract.LastTradeDate) is not { } day)
        {
            return to.Text("");
        }

        return to.Int((day.Year * 100) + day.Month);
    }

    private static FrameBuffer List(FrameBuffer to, IReadOnlyList<string> texts) => to.Text(string.Join(',', texts));

    private static FrameBuffer Repeated(FrameBuffer to, int rule, int count) =>
        to.Text(string.Join(',', Enumerable.Repeat(rule, count)));
}
