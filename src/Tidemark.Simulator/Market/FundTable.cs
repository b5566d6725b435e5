using Tidemark.Simulator.Tables;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary><c>fund_basic</c>: the funds listed by today.</summary>
internal sealed class FundTable(FundListing[] funds) : ListTable<FundListing>("fund_basic")
{
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
                // In hundred millions of units, with four decimals.
                writer.Decimal(row.Instrument.Shares / 10_000, 4);
                break;
            case "m_fee":
                writer.Decimal(row.ManagementFee, 2);
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
                writer.Text(Text(row, column));
                break;
        }
    }

    private static string? Text(FundListing row, string column) =>
        column switch
        {
            "name" => row.Name,
            "management" => $"{row.Manager}基金",
            "custodian" => row.Custodian,
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
