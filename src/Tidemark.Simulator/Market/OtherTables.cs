using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>The APIs of exchanges, futures, gold and foreign exchange.</summary>
internal static class OtherTables
{
    public static IEnumerable<MarketTable> Of(
        MarketDays weekdays,
        FuturesMarket futures,
        ExchangeStatistics statistics,
        ulong seed
    )
    {
        var contracts = new FuturesDays(futures);
        var reports = new FuturesReports(futures);
        var gold = new GoldExchange(futures.Days, seed);
        var exchange = new ForeignExchange(weekdays, seed);
        yield return new CalendarTable("trade_cal", futures.Days);
        yield return new CalendarTable("fut_trade_cal", futures.Days);
        yield return new RowTable("daily_info", statistics.DailyInfo);
        yield return new RowTable("sz_daily_info", statistics.Shenzhen);
        yield return new RowTable("fut_basic", new FuturesLists(futures).Rows);
        yield return new RowTable("fut_daily", contracts.Daily);
        yield return new RowTable("fut_settle", contracts.Settlements);
        yield return new RowTable("fut_mapping", contracts.Mapping);
        yield return new RowTable("fut_weekly_detail", new FuturesWeeks(futures).Rows);
        yield return new RowTable("fut_holding", reports.Holdings);
        yield return new RowTable("fut_wsr", reports.Receipts);
        yield return new RowTable("sge_basic", GoldExchange.List);
        yield return new RowTable("sge_daily", gold.Daily);
        yield return new RowTable("fx_obasic", ForeignExchange.List);
        yield return new RowTable("fx_daily", exchange.Daily);
    }
}
