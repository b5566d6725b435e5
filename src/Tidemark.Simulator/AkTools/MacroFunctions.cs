using System.Globalization;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.AkTools;

/// <summary>
/// China's economy from East Money and the ministry of commerce: the figures of a simulated Tushare under other names.
/// East Money's come newest first, and say months as <c>2022年10月份</c>.
/// </summary>
internal sealed class MacroFunctions(SyntheticMarket market)
{
    private const string Host = "eastmoney";

    /// <summary>The ministry's table begins here.</summary>
    private const string FinancingFrom = "201501";

    private static readonly (string Name, double Share)[] s_financing =
    [
        ("其中-人民币贷款", 0.68),
        ("其中-委托贷款外币贷款", 0.01),
        ("其中-委托贷款", 0.02),
        ("其中-信托贷款", 0.03),
        ("其中-未贴现银行承兑汇票", 0.06),
        ("其中-企业债券", 0.15),
        ("其中-非金融企业境内股票融资", 0.05),
    ];

    /// <summary>Prices of all, of towns, of the country: four figures each.</summary>
    private static readonly string[] s_prices =
    [
        .. from place in new[] { "全国", "城市", "农村" }
        from what in new[] { "当月", "同比增长", "环比增长", "累计" }
        select $"{place}-{what}#",
    ];

    public IEnumerable<AkFunction> All =>
        [
            AkFunction.Of(
                "macro_china_gdp",
                Host,
                "",
                "季度 国内生产总值-绝对值# 国内生产总值-同比增长# 第一产业-绝对值# 第一产业-同比增长# 第二产业-绝对值# 第二产业-同比增长# "
                    + "第三产业-绝对值# 第三产业-同比增长#",
                _ => market.RowsOf("cn_gdp").Select(row => (Cell[])[Quarter(row[0]), .. row[1..]])
            ),
            AkFunction.Of(
                "macro_china_cpi",
                Host,
                "",
                $"月份 {string.Join(' ', s_prices)}",
                _ => market.RowsOf("cn_cpi").Select(row => (Cell[])[Month(row[0]), .. row[1..]])
            ),
            AkFunction.Of("macro_china_ppi", Host, "", "月份 当月# 当月同比增长# 累计#", _ => ProducerPrices()),
            AkFunction.Of(
                "macro_china_pmi",
                Host,
                "",
                "月份 制造业-指数# 制造业-同比增长# 非制造业-指数# 非制造业-同比增长#",
                _ => Managers()
            ),
            AkFunction.Of(
                "macro_china_money_supply",
                Host,
                "",
                "月份 货币和准货币(M2)-数量(亿元)# 货币和准货币(M2)-同比增长# 货币和准货币(M2)-环比增长# 货币(M1)-数量(亿元)# 货币(M1)-同比增长# "
                    + "货币(M1)-环比增长# 流通中的现金(M0)-数量(亿元)# 流通中的现金(M0)-同比增长# 流通中的现金(M0)-环比增长#",
                // Tushare's order is M0, M1, M2.
                _ =>
                    market
                        .RowsOf("cn_m")
                        .Select(row => (Cell[])[Month(row[0]), .. row[7..], .. row[4..7], .. row[1..4]])
            ),
            AkFunction.Of(
                "macro_china_shrzgm",
                "mofcom",
                "",
                $"月份 社会融资规模增量# {string.Join(' ', s_financing.Select(f => f.Name + "#"))}",
                _ => Financing()
            ),
        ];

    private IEnumerable<Cell[]> ProducerPrices()
    {
        var accumulated = ColumnOf("cn_ppi", "ppi_accu");
        return from row in market.RowsOf("cn_ppi")
            let yearly = row[ColumnOf("cn_ppi", "ppi_yoy")]
            select (Cell[])
                [
                    Month(row[0]),
                    Cell.Num(100 + yearly.AsNumber(), 2),
                    yearly,
                    Cell.Num(100 + row[accumulated].AsNumber(), 2),
                ];
    }

    private IEnumerable<Cell[]> Managers()
    {
        var (industry, services) = (ColumnOf("cn_pmi", "pmi010000"), ColumnOf("cn_pmi", "pmi020100"));
        var rows = market.RowsOf("cn_pmi").ToArray();
        Cell Yearly(int row, int column) =>
            row + 12 >= rows.Length
                ? Cell.Null
                : Cell.Num(
                    100 * ((rows[row][column].AsNumber()!.Value / rows[row + 12][column].AsNumber()!.Value) - 1),
                    8
                );
        return rows.Select(
            (row, i) => (Cell[])[Month(row[0]), row[industry], Yearly(i, industry), row[services], Yearly(i, services)]
        );
    }

    private IEnumerable<Cell[]> Financing() =>
        from row in market.RowsOf("sf_month").Reverse()
        where string.CompareOrdinal(row[0].AsParameter(), FinancingFrom) >= 0
        let flow = row[1].AsNumber()!.Value
        select (Cell[])[row[0], row[1], .. s_financing.Select(f => Cell.Num(flow * f.Share, 0))];

    private int ColumnOf(string api, string column) =>
        market.Find(api)!.Columns.Select(c => c.Name).ToList().IndexOf(column);

    /// <summary>202210 as 2022年10月份.</summary>
    private static Cell Month(Cell month) =>
        month.AsParameter() is { } text ? $"{text[..4]}年{text[4..]}月份" : Cell.Null;

    /// <summary>2024Q3 as 2024年第1-3季度: figures are of the year so far. The first quarter is its own.</summary>
    private static Cell Quarter(Cell quarter)
    {
        if (quarter.AsParameter() is not { } text)
        {
            return Cell.Null;
        }

        var number = int.Parse(text[5..], CultureInfo.InvariantCulture);
        return number == 1 ? $"{text[..4]}年第1季度" : $"{text[..4]}年第1-{number}季度";
    }
}
