using Tidemark.Core;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary>One calendar day of one exchange.</summary>
internal readonly record struct CalendarRow(string Exchange, DateOnly Day);

/// <summary>
/// <c>trade_cal</c>: every calendar day that the calendar knows, the days to come included, newest first. Every exchange asked for keeps the same days.
/// </summary>
internal sealed class CalendarTable(MarketDays days) : ListTable<CalendarRow>("trade_cal")
{
    protected override IEnumerable<CalendarRow> Rows(TushareRequest request, DateOnly today)
    {
        var calendar = days.Calendar;
        var exact = Day(request, "cal_date");
        var from = exact ?? Day(request, "start_date") ?? calendar.First;
        var until = exact ?? Day(request, "end_date") ?? calendar.Last;
        var exchange = request.Parameters["exchange"];
        var isOpen = request.Parameters.GetValueOrDefault("is_open");
        from = from < calendar.First ? calendar.First : from;
        until = until > calendar.Last ? calendar.Last : until;
        for (var day = until; day >= from; day = day.AddDays(-1))
        {
            if (isOpen is null || isOpen == (calendar.IsOpen(day) ? "1" : "0"))
            {
                yield return new CalendarRow(exchange, day);
            }
        }
    }

    protected override void Write(JsonRowWriter writer, CalendarRow row, string column, DateOnly today)
    {
        switch (column)
        {
            case "exchange":
                writer.Text(row.Exchange);
                break;
            case "cal_date":
                writer.Day(row.Day);
                break;
            case "is_open":
                writer.Integer(days.Calendar.IsOpen(row.Day) ? 1 : 0);
                break;
            default:
                var before = days.OnOrBefore(row.Day.AddDays(-1));
                writer.Day(before < 0 ? null : days[before]);
                break;
        }
    }

    private static DateOnly? Day(TushareRequest request, string parameter)
    {
        if (!request.Parameters.TryGetValue(parameter, out var text))
        {
            return null;
        }

        return TradeDate.TryParseCompact(text, out var day)
            ? day
            : throw TushareAnswer.Refusal(TushareError.OddParameters);
    }
}

/// <summary><c>stock_basic</c>: those listed by today; names and states are today's.</summary>
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
                stock.Instrument.ListDate <= today
                && (codes is null || codes.Contains(stock.Instrument.Code))
                && (markets is null || markets.Contains(stock.Market))
                && (exchanges is null || exchanges.Contains(stock.Exchange))
                && (connect is null || connect.Contains(Connect(stock)))
                && states.Contains(stock.Status(today, position))
                && (names is null || names.Contains(Name(stock, today)))
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
                writer.Day(row.Instrument.ListDate);
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
            "name" => Name(row, today),
            "area" => row.Area,
            "industry" => row.Industry,
            "fullname" => row.Name.Full,
            "enname" => row.Name.English,
            "cnspell" => (row.Instrument.IsSpecialTreatment ? "st" : "") + row.Name.Initials,
            "market" => row.Market,
            "exchange" => row.Exchange,
            "curr_type" => "CNY",
            "list_status" => row.Status(today, days.OnOrBefore(today)),
            "is_hs" => Connect(row),
            "act_name" => IsPrivate(row) ? "无实际控制人" : $"{row.Area}国有资产监督管理委员会",
            _ => IsPrivate(row) ? "无" : "地方国企",
        };

    private static string Name(StockListing row, DateOnly today)
    {
        var name = row.Instrument.IsSpecialTreatment ? $"ST{row.Name.Short}" : row.Name.Short;
        return row.Instrument.DelistDate is { } gone && gone <= today ? $"{name}(退)" : name;
    }

    private static string Connect(StockListing row) =>
        row.Exchange == "BSE" || (row.Instrument.Key & 1) == 0 ? "N"
        : row.Exchange == "SSE" ? "H"
        : "S";

    private static bool IsPrivate(StockListing row) => (row.Instrument.Key & 6) != 0;
}

/// <summary><c>fund_basic</c>: those listed by today.</summary>
internal sealed class FundTable(FundListing[] funds) : ListTable<FundListing>("fund_basic")
{
    private static readonly string[] s_custodians =
    [
        "中国工商银行",
        "中国银行",
        "招商银行",
        "中国建设银行",
        "交通银行",
    ];

    protected override IEnumerable<FundListing> Rows(TushareRequest request, DateOnly today)
    {
        var codes = List(request, "ts_code");
        var markets = List(request, "market")!;
        var states = List(request, "status");
        return funds.Where(fund =>
            fund.Instrument.ListDate <= today
            && markets.Contains(fund.Market)
            && (codes is null || codes.Contains(fund.Instrument.Code))
            && (states is null || states.Contains("L"))
        );
    }

    protected override void Write(JsonRowWriter writer, FundListing row, string column, DateOnly today)
    {
        var listed = row.Instrument.ListDate;
        var key = row.Instrument.Key;
        switch (column)
        {
            case "ts_code":
                writer.Plain(row.Instrument.CodeUtf8);
                break;
            case "list_date" when row.Market == "E":
                writer.Day(listed);
                break;
            case "found_date":
                writer.Day(listed.AddDays(-12));
                break;
            case "issue_date":
                writer.Day(listed.AddDays(-40));
                break;
            case "purc_startdate" or "redm_startdate":
                writer.Day(listed);
                break;
            case "issue_amount":
                // Hundred millions of units with four decimals.
                writer.Decimal(row.Instrument.Shares / 10_000, 4);
                break;
            case "m_fee":
                writer.Decimal(key % 3 == 0 ? 15 : 50, 2);
                break;
            case "c_fee":
                writer.Decimal(key % 3 == 0 ? 5 : 10, 2);
                break;
            case "p_value":
                writer.Decimal(1, 0);
                break;
            case "min_amount":
                writer.Decimal(1, 1);
                break;
            default:
                writer.Text(Text(row, column, key));
                break;
        }
    }

    private static string? Text(FundListing row, string column, ulong key) =>
        column switch
        {
            "name" => row.Name,
            "management" => $"{row.Manager}基金",
            "custodian" => s_custodians[(int)(key % (ulong)s_custodians.Length)],
            "fund_type" => row.Theme switch
            {
                "黄金" => "商品型",
                "国债" => "债券型",
                _ => row.Market == "O" ? "混合型" : "股票型",
            },
            "benchmark" => $"{row.Theme}指数收益率",
            "status" => "L",
            "invest_type" => row.Market == "O" ? "灵活配置型" : "被动指数型",
            "type" => "契约型开放式",
            "market" => row.Market,
            _ => null,
        };
}

/// <summary><c>index_basic</c>: those published by today.</summary>
internal sealed class IndexTable(IndexListing[] indices) : ListTable<IndexListing>("index_basic")
{
    protected override IEnumerable<IndexListing> Rows(TushareRequest request, DateOnly today)
    {
        var codes = List(request, "ts_code");
        var names = List(request, "name");
        var markets = List(request, "market");
        var publishers = List(request, "publisher");
        var categories = List(request, "category");
        return indices.Where(index =>
            index.Instrument.ListDate <= today
            && (codes is null || codes.Contains(index.Instrument.Code))
            && (names is null || names.Contains(index.Name))
            && (markets is null || markets.Contains(index.Market))
            && (publishers is null || publishers.Contains(index.Publisher))
            && (categories is null || categories.Contains(index.Category))
        );
    }

    protected override void Write(JsonRowWriter writer, IndexListing row, string column, DateOnly today)
    {
        switch (column)
        {
            case "ts_code":
                writer.Plain(row.Instrument.CodeUtf8);
                break;
            case "base_date":
                writer.Day(row.Instrument.ListDate.AddDays(-365));
                break;
            case "list_date":
                writer.Day(row.Instrument.ListDate);
                break;
            case "base_point":
                writer.Decimal(1000, 0);
                break;
            default:
                writer.Text(
                    column switch
                    {
                        "name" => row.Name,
                        "fullname" => $"{row.Name}指数",
                        "market" => row.Market,
                        "publisher" => row.Publisher,
                        "category" => row.Category,
                        "index_type" => "规模指数",
                        "weight_rule" => "自由流通市值加权",
                        "desc" => $"{row.Name}反映相关证券的整体表现。",
                        _ => null,
                    }
                );
                break;
        }
    }
}
