using System.Globalization;
using Spectre.Console;
using Tidemark.Operations.Ibkr;
using Tidemark.Vendors.Ibkr;

namespace Tidemark.Cli.Output;

/// <summary>Writes an option chain for people and for scripts.</summary>
internal static class ChainTable
{
    private static readonly string[] s_numbers =
    [
        "bid",
        "size",
        "ask",
        "size",
        "last",
        "volume",
        "IV",
        "delta",
        "gamma",
        "vega",
        "theta",
    ];

    public static void Write(CommandContext context, QuotedChain chain)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("expiration", "strike", "right");
        foreach (var number in s_numbers)
        {
            table.AddColumn(new TableColumn(number).RightAligned());
        }

        table.AddColumn("data");
        foreach (var answer in chain.Quotes)
        {
            var (contract, quote) = (answer.Contract, answer.Quote);
            string[] cells =
            [
                contract.LastTradeDate,
                Text(contract.Strike, "0.###"),
                RightOf(contract),
                Text(quote.Bid, "0.00"),
                Text(quote.BidSize, "0"),
                Text(quote.Ask, "0.00"),
                Text(quote.AskSize, "0"),
                Text(quote.Last, "0.00"),
                Text(quote.Volume, "0"),
                Text(quote.Model.ImpliedVolatility, "0.000"),
                Text(quote.Model.Delta, "0.000"),
                Text(quote.Model.Gamma, "0.0000"),
                Text(quote.Model.Vega, "0.000"),
                Text(quote.Model.Theta, "0.000"),
                answer.Error is { } error ? error.Code : Kind(quote),
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        context.Terminal.Write(table);
        var price = double.IsNaN(chain.Price) ? "no price" : Text(chain.Price, "0.00");
        var failed = chain.Quotes.Count(q => q.Error is not null);
        context.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{chain.Underlying.Symbol} {price}, class {chain.TradingClass}: {chain.Quotes.Count} contracts, {failed} without an answer"
            )
        );
        if (chain.Quotes.Select(q => q.Error).FirstOrDefault(e => e is not null) is { } first)
        {
            context.Progress.WriteLine($"  {first.Code}: {first.Message}");
        }
    }

    /// <summary>The chain in JSON; numbers that did not come are null.</summary>
    public static object Json(QuotedChain chain) =>
        new
        {
            symbol = chain.Underlying.Symbol,
            con_id = chain.Underlying.ConId,
            price = Number(chain.Price),
            trading_class = chain.TradingClass,
            contracts = chain.Quotes.Select(answer => new
            {
                con_id = answer.Contract.ConId,
                local_symbol = answer.Contract.LocalSymbol,
                last_trade_date = answer.Contract.LastTradeDate,
                strike = answer.Contract.Strike,
                right = RightOf(answer.Contract),
                bid = Number(answer.Quote.Bid),
                bid_size = Number(answer.Quote.BidSize),
                ask = Number(answer.Quote.Ask),
                ask_size = Number(answer.Quote.AskSize),
                last = Number(answer.Quote.Last),
                close = Number(answer.Quote.Close),
                volume = Number(answer.Quote.Volume),
                implied_volatility = Number(answer.Quote.Model.ImpliedVolatility),
                delta = Number(answer.Quote.Model.Delta),
                gamma = Number(answer.Quote.Model.Gamma),
                vega = Number(answer.Quote.Model.Vega),
                theta = Number(answer.Quote.Model.Theta),
                underlying_price = Number(answer.Quote.Model.UnderlyingPrice),
                market_data_type = Kind(answer.Quote),
                error = answer.Error?.Code,
                message = answer.Error?.Message,
            }),
        };

    private static string RightOf(IbkrContract contract) => contract.Right == OptionRight.Put ? "P" : "C";

    private static string Kind(IbkrQuote quote) =>
        quote.DataType == MarketDataType.DelayedFrozen
            ? "delayed_frozen"
            : quote.DataType.ToString().ToLowerInvariant();

    private static double? Number(double value) => double.IsNaN(value) ? null : value;

    private static string Text(double value, string format) =>
        double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);
}
