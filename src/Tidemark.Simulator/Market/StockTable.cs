using Tidemark.Simulator.Tables;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary><c>stock_basic</c>: the stocks listed by today; names and states are today's.</summary>
internal sealed class StockTable(MarketDays days, StockListing[] stocks) : ListTable<StockListing>("stock_basic")
{
    protected override IEnumerable<StockListing> Rows(TushareRequest request, DateOnly today)
    {
        var codes = List(request, "ts_code");
        var names = List(request, "name");
        var markets = List(request, "market");
        var states = List(request, "list_status")!;
        var exchanges = List(request, "exchange");
        var connect = List(request, "is_hs");
        var position = days.OnOrBefore(today);
        foreach (var stock in stocks)
        {
            if (
                stock.Status(today, position) is { } status
                && states.Contains(status)
                && (codes is null || codes.Contains(stock.Instrument.Code))
                && (markets is null || markets.Contains(stock.Market))
                && (exchanges is null || exchanges.Contains(stock.Exchange))
                && (connect is null || connect.Contains(Connect(stock)))
                && (names is null || names.Contains(StockNames.At(stock, days, today)))
            )
            {
                yield return stock;
            }
        }
    }

    protected override void Write(JsonRowWriter writer, StockListing row, string column, DateOnly today)
    {
        switch (column)
        {
            case "ts_code":
                writer.Plain(row.Instrument.CodeUtf8);
                break;
            case "list_date":
                writer.Day(row.Instrument.ListDate <= today ? row.Instrument.ListDate : null);
                break;
            case "delist_date":
                writer.Day(row.Instrument.DelistDate is { } gone && gone <= today ? gone : null);
                break;
            default:
                writer.Text(Text(row, column, today));
                break;
        }
    }

    private string? Text(StockListing row, string column, DateOnly today) =>
        column switch
        {
            "symbol" => row.Instrument.Symbol,
            "name" => StockNames.At(row, days, today),
            "area" => row.Area,
            "industry" => row.Industry,
            "fullname" => row.Name.Full,
            "enname" => row.Name.English,
            "cnspell" => (row.Instrument.SpellAt(days.OnOrBefore(today)) is null ? "" : "st") + row.Name.Initials,
            "market" => row.Market,
            "exchange" => row.Exchange,
            "curr_type" => "CNY",
            "list_status" => row.Status(today, days.OnOrBefore(today)),
            "is_hs" => Connect(row),
            "act_name" => IsPrivate(row) ? "无实际控制人" : $"{row.Area}国有资产监督管理委员会",
            _ => IsPrivate(row) ? "无" : "地方国企",
        };

    private static string Connect(StockListing row) =>
        row.Exchange == "BSE" || (row.Instrument.Key & 1) == 0 ? "N"
        : row.Exchange == "SSE" ? "H"
        : "S";

    private static bool IsPrivate(StockListing row) => (row.Instrument.Key & 6) != 0;
}
