using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.AkTools;

/// <summary>Bars of exchange-traded funds from East Money and Sina.</summary>
internal sealed class FundFunctions(SyntheticMarket market, AkInstruments instruments)
{
    private readonly AkBars _bars = new(market);

    public IEnumerable<AkFunction> All =>
        [
            AkFunction.Of(
                "fund_etf_hist_em",
                "eastmoney",
                "symbol=159707 period=daily|weekly|monthly start_date=19700101 end_date=20500101 adjust=|qfq|hfq",
                "日期~ 开盘# 收盘# 最高# 最低# 成交量! 成交额# 振幅# 涨跌幅# 涨跌额# 换手率#",
                EastMoney
            ),
            AkFunction.Of(
                "fund_etf_hist_sina",
                "sina",
                "symbol=sh510050",
                "date@ open# high# low# close# volume!",
                Sina
            ),
        ];

    private IEnumerable<Cell[]> EastMoney(AkCall call) =>
        instruments.FundOfEastMoney(call["symbol"]) is { } fund
            ? from bar in _bars.Of(fund, call.Day("start_date"), call.Day("end_date"), call["adjust"], call["period"])
            select (Cell[])
                [
                    market.Days[bar.Position],
                    Cell.Num(bar.Open, 3),
                    Cell.Num(bar.Close, 3),
                    Cell.Num(bar.High, 3),
                    Cell.Num(bar.Low, 3),
                    bar.Hands,
                    Cell.Num(bar.Amount, 2),
                    Cell.Num(bar.Swing, 2),
                    Cell.Num(bar.ChangePercent, 2),
                    Cell.Num(bar.Change, 3),
                    Cell.Num(100 * bar.Turnover, 2),
                ]
            : [];

    private IEnumerable<Cell[]> Sina(AkCall call)
    {
        var fund =
            instruments.PrefixedFund(call["symbol"]) ?? throw new AkFailureException($"No fund is '{call["symbol"]}'");
        return from bar in _bars.Of(fund, DateOnly.MinValue, DateOnly.MaxValue)
            select (Cell[])
                [
                    market.Days[bar.Position],
                    Cell.Num(bar.Open, 3),
                    Cell.Num(bar.High, 3),
                    Cell.Num(bar.Low, 3),
                    Cell.Num(bar.Close, 3),
                    bar.Shares,
                ];
    }
}
