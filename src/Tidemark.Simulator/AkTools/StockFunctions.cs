using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.AkTools;

/// <summary>Bars of stocks from East Money, Tencent and Sina: other orders, units and days of one series.</summary>
internal sealed class StockFunctions(SyntheticMarket market, AkInstruments instruments)
{
    /// <summary>Codes whose volume AkShare takes as Tencent sends it; that of all others it multiplies by a hundred.</summary>
    private static readonly string[] s_asTencentSends = ["sh688", "sz399", "sh000", "sz000"];

    private static readonly IReadOnlyList<AkColumn> s_sina = AkFunction.ReadColumns(
        "date@ open# high# low# close# volume# amount# outstanding_share# turnover#"
    );

    private readonly AkBars _bars = new(market);

    public IEnumerable<AkFunction> All =>
        [
            AkFunction.Of(
                "stock_zh_a_hist",
                "eastmoney",
                "symbol=000001 period=daily|weekly|monthly start_date=19700101 end_date=20500101 adjust=|qfq|hfq timeout#",
                "日期@ 股票代码 开盘# 收盘# 最高# 最低# 成交量! 成交额# 振幅# 涨跌幅# 涨跌额# 换手率#",
                EastMoney
            ),
            AkFunction.Of(
                "stock_zh_a_hist_tx",
                "tencent",
                "symbol=sz000001 start_date=19000101 end_date=20500101 adjust=|qfq|hfq timeout#",
                "date@ open# close# high# low# volume# turnover# amount#",
                Tencent
            ),
            new AkFunction(
                "stock_zh_a_daily",
                "sina",
                AkFunction.ReadParameters(
                    "symbol=sh603843 start_date=19900101 end_date=21000118 adjust=|qfq|hfq|hfq-factor|qfq-factor"
                ),
                Sina
            ),
        ];

    private IEnumerable<Cell[]> EastMoney(AkCall call) =>
        instruments.StockOfEastMoney(call["symbol"]) is { } stock
            ? from bar in _bars.Of(stock, call.Day("start_date"), call.Day("end_date"), call["adjust"], call["period"])
            select (Cell[])
                [
                    market.Days[bar.Position],
                    call["symbol"],
                    Cell.Num(bar.Open, 2),
                    Cell.Num(bar.Close, 2),
                    Cell.Num(bar.High, 2),
                    Cell.Num(bar.Low, 2),
                    bar.Hands,
                    Cell.Num(bar.Amount, 2),
                    Cell.Num(bar.Swing, 2),
                    Cell.Num(bar.ChangePercent, 2),
                    Cell.Num(bar.Change, 2),
                    Cell.Num(100 * bar.Turnover, 2),
                ]
            : [];

    /// <summary>Tencent knows nothing of Beijing.</summary>
    private IEnumerable<Cell[]> Tencent(AkCall call)
    {
        var symbol = call["symbol"];
        if (!symbol.StartsWith("sh", StringComparison.Ordinal) && !symbol.StartsWith("sz", StringComparison.Ordinal))
        {
            throw new AkFailureException($"Tencent has nothing under '{symbol}'");
        }

        var stock = instruments.PrefixedStock(symbol) ?? throw new AkFailureException($"No stock is '{symbol}'");
        var times = Array.Exists(s_asTencentSends, p => symbol.StartsWith(p, StringComparison.Ordinal)) ? 1 : 100;
        return from bar in _bars.Of(stock, call.Day("start_date"), call.Day("end_date"), call["adjust"])
            select (Cell[])
                [
                    market.Days[bar.Position],
                    Cell.Num(bar.Open, 2),
                    Cell.Num(bar.Close, 2),
                    Cell.Num(bar.High, 2),
                    Cell.Num(bar.Low, 2),
                    // Tencent counts the shares of STAR, and hands of all others.
                    Cell.Num(times * (stock.Board == Board.Star ? bar.Shares : bar.Hands), 1),
                    Cell.Num(bar.Turnover, 6),
                    Cell.Num(bar.Amount, 2),
                ];
    }

    private AkAnswer Sina(AkCall call)
    {
        var stock =
            instruments.PrefixedStock(call["symbol"])
            ?? throw new AkFailureException($"No stock is '{call["symbol"]}'");
        return call["adjust"] switch
        {
            "hfq-factor" => new AkAnswer(AkFunction.ReadColumns("date@ hfq_factor"), Factors(stock, isForward: false)),
            "qfq-factor" => new AkAnswer(AkFunction.ReadColumns("date@ qfq_factor"), Factors(stock, isForward: true)),
            var adjust => new AkAnswer(
                s_sina,
                from bar in _bars.Of(stock, call.Day("start_date"), call.Day("end_date"), adjust)
                select (Cell[])
                    [
                        market.Days[bar.Position],
                        Cell.Num(bar.Open, 2),
                        Cell.Num(bar.High, 2),
                        Cell.Num(bar.Low, 2),
                        Cell.Num(bar.Close, 2),
                        Cell.Num(bar.Shares, 1),
                        Cell.Num(bar.Amount, 1),
                        Cell.Num(bar.Floating, 1),
                        Cell.Num(bar.Turnover, 10),
                    ]
            ),
        };
    }

    /// <summary>
    /// A row for each change, newest first, as texts. A price × <c>hfq_factor</c> is the adjusted one, as is a price ÷
    /// <c>qfq_factor</c>.
    /// </summary>
    private IEnumerable<Cell[]> Factors(Instrument stock, bool isForward)
    {
        var rights = stock.ExRights.Where(r => r.Day <= market.LastDay).Reverse().ToArray();
        var latest = rights is [var newest, ..] ? newest.Factor : 10_000;
        Cell Factor(long factor) =>
            FormattableString.Invariant($"{(isForward ? latest / (double)factor : factor / 10_000.0):F16}");
        return [.. rights.Select(r => (Cell[])[r.Day, Factor(r.Factor)]), [new DateOnly(1900, 1, 1), Factor(10_000)]];
    }
}
