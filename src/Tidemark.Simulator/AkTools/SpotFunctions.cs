using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.AkTools;

/// <summary>The running day of the whole market from East Money, here always the whole of the market's today.</summary>
internal sealed class SpotFunctions(SyntheticMarket market)
{
    private const string Flows = "主力 超大单 大单 中单 小单";

    /// <summary>When East Money's delayed feed has the last trade of a day, counted from midnight in China.</summary>
    private static readonly TimeSpan s_lastUpdate = new(16, 11, 57);

    private static readonly TimeSpan s_china = TimeSpan.FromHours(8);

    private readonly AkBars _bars = new(market);

    public IEnumerable<AkFunction> All =>
        [
            AkFunction.Of(
                "stock_zh_a_spot_em",
                "eastmoney",
                "",
                "序号! 代码 名称 最新价# 涨跌幅# 涨跌额# 成交量# 成交额# 振幅# 最高# 最低# 今开# 昨收# 量比# 换手率# 市盈率-动态# 市净率# "
                    + "总市值# 流通市值# 涨速# 5分钟涨跌# 60日涨跌幅# 年初至今涨跌幅#",
                Stocks
            ),
            AkFunction.Of(
                "fund_etf_spot_em",
                "eastmoney",
                "",
                "代码 名称 最新价# IOPV实时估值# 基金折价率# 涨跌额# 涨跌幅# 成交量# 成交额# 开盘价# 最高价# 最低价# 昨收# 振幅# 换手率# 量比# 委比# "
                    + "外盘# 内盘# "
                    + string.Join(' ', Flows.Split(' ').Select(f => $"{f}净流入-净额# {f}净流入-净占比#"))
                    + " 现手# 买一# 卖一# 最新份额# 流通市值# 总市值# 数据日期@ 更新时间^",
                Funds
            ),
        ];

    /// <summary>By change, the greatest first, those that don't trade last; the rank is that of this call alone.</summary>
    private IEnumerable<Cell[]> Stocks(AkCall call)
    {
        var position = market.Days.OnOrBefore(call.Today);
        return market
            .Stocks.Where(s => s.Instrument.IsAlive(position))
            .Select(s => (Stock: s, Bar: BarOf(s.Instrument, position)))
            .OrderByDescending(s => s.Bar?.ChangePercent ?? double.MinValue)
            .ThenBy(s => s.Stock.Instrument.Code, StringComparer.Ordinal)
            .Select((s, rank) => StockRow(rank + 1, s.Stock, s.Bar, position));
    }

    private Cell[] StockRow(int rank, StockListing stock, AkBar? traded, int position)
    {
        var instrument = stock.Instrument;
        Cell[] head = [rank, instrument.Symbol, StockNames.At(stock, market.Days, position)];
        if (traded is not { } bar)
        {
            return [.. head, .. Enumerable.Repeat(Cell.Null, 20)];
        }

        var day = market.Days[position];
        return
        [
            .. head,
            Cell.Num(bar.Close, 2),
            Cell.Num(bar.ChangePercent, 2),
            Cell.Num(bar.Change, 2),
            Cell.Num(bar.Hands, 1),
            Cell.Num(bar.Amount, 2),
            Cell.Num(bar.Swing, 2),
            Cell.Num(bar.High, 2),
            Cell.Num(bar.Low, 2),
            Cell.Num(bar.Open, 2),
            Cell.Num(bar.Before, 2),
            Cell.Num(BarMaker.WithVolumeRatio(instrument, position).VolumeRatio, 2),
            Cell.Num(100 * bar.Turnover, 2),
            Cell.Num(bar.Close / ValuationTable.TrailingEarnings(instrument, day), 2),
            Cell.Num(bar.Close / ValuationTable.BookValue(instrument), 2),
            Cell.Num(bar.Close * instrument.SharesAt(position), 1),
            Cell.Num(bar.Close * bar.Floating, 1),
            Cell.Num(0, 2),
            Cell.Num(0, 2),
            Since(instrument, position, Math.Max(instrument.First, position - 60)),
            Since(instrument, position, market.Days.OnOrBefore(new DateOnly(day.Year - 1, 12, 31))),
        ];
    }

    /// <summary>The change of the adjusted close since a position in percent; none where it was not listed yet.</summary>
    private static Cell Since(Instrument instrument, int position, int since)
    {
        var before = instrument.IsTraded(since) ? since : instrument.TradedBefore(since);
        if (before < instrument.First)
        {
            return Cell.Null;
        }

        double Adjusted(int at) => BarMaker.CloseAt(instrument, at) * (double)instrument.FactorAt(at);
        return Cell.Num(100 * ((Adjusted(position) / Adjusted(before)) - 1), 2);
    }

    private IEnumerable<Cell[]> Funds(AkCall call)
    {
        var position = market.Days.OnOrBefore(call.Today);
        return from fund in market.Funds
            where fund.Index is not null && fund.Market == "E" && fund.Instrument.IsAlive(position)
            select FundRow(fund, BarOf(fund.Instrument, position), position);
    }

    private Cell[] FundRow(FundListing fund, AkBar? traded, int position)
    {
        var instrument = fund.Instrument;
        var day = market.Days[position];
        var updated = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue) + s_lastUpdate, s_china);
        var units = instrument.SharesAt(position);
        Cell[] tail = [day, updated.ToUnixTimeMilliseconds()];
        if (traded is not { } bar)
        {
            Cell[] head = [instrument.Symbol, fund.Name];
            return [.. head, .. Enumerable.Repeat(Cell.Null, 33), .. tail];
        }

        var outer = bar.Hands / 2;
        return
        [
            instrument.Symbol,
            fund.Name,
            Cell.Num(bar.Close, 3),
            Cell.Num(bar.Close, 4),
            Cell.Num(0, 2),
            Cell.Num(bar.Change, 3),
            Cell.Num(bar.ChangePercent, 2),
            Cell.Num(bar.Hands, 1),
            Cell.Num(bar.Amount, 1),
            Cell.Num(bar.Open, 3),
            Cell.Num(bar.High, 3),
            Cell.Num(bar.Low, 3),
            Cell.Num(bar.Before, 3),
            Cell.Num(bar.Swing, 2),
            Cell.Num(100 * bar.Turnover, 2),
            Cell.Num(BarMaker.WithVolumeRatio(instrument, position).VolumeRatio, 2),
            Cell.Num(0, 2),
            Cell.Num(outer, 1),
            Cell.Num(bar.Hands - outer, 1),
            .. Enumerable.Repeat(Cell.Num(0, 2), 10),
            Cell.Num(1, 1),
            Cell.Num(bar.Close, 3),
            Cell.Num(bar.Close, 3),
            Cell.Num(units, 1),
            Cell.Num(bar.Close * units, 1),
            Cell.Num(bar.Close * units, 1),
            .. tail,
        ];
    }

    private AkBar? BarOf(Instrument instrument, int position)
    {
        if (!instrument.IsTraded(position))
        {
            return null;
        }

        var day = market.Days[position];
        return _bars.Of(instrument, day, day).First();
    }
}
