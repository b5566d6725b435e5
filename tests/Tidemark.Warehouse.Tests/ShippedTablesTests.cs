using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Tests;

public sealed class ShippedTablesTests : IDisposable
{
    private readonly Workshop _shop = new();
    private readonly IReadOnlyList<TableDefinition> _sources = Workshop.ShippedSources();

    [Fact]
    public async Task StockDaily_BarsFactorsHalts_AreInBaseUnits()
    {
        await FillAsync(
            "ods_daily",
            Workshop.Day1,
            """
            SELECT 'a.SH' AS ts_code, 10.0 AS open, 11.0 AS high, 9.0 AS low, 10.5 AS close, 10.0 AS pre_close, 5.0 AS pct_chg, 525152.77 AS vol, 551410.4085 AS amount
            UNION ALL SELECT 'b.SZ', 1.0, 1.0, 1.0, 1.0, 2.0, -50.0, 10.0, 1.0
            UNION ALL SELECT 'd.SZ', 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0
            """
        );
        await FillAsync(
            "ods_adj_factor",
            Workshop.Day1,
            "SELECT 'a.SH' AS ts_code, 2.0 AS adj_factor UNION ALL SELECT 'c.SH', 3.0"
        );
        await FillAsync(
            "ods_suspend_d",
            Workshop.Day1,
            """
            SELECT 'b.SZ' AS ts_code, 'S' AS suspend_type, '09:30-10:00' AS suspend_timing
            UNION ALL SELECT 'c.SH', 'S', NULL
            UNION ALL SELECT 'a.SH', 'S', ''
            UNION ALL SELECT 'd.SZ', 'S', NULL
            UNION ALL SELECT 'e.SZ', 'R', NULL
            """
        );

        (await _shop.BuildAsync(Workshop.ShippedProject())).IsSuccess.ShouldBeTrue();

        var rows = await _shop.RowsAsync(
            "SELECT symbol, trade_date, close, adj_factor, close_hfq, round(daily_return, 6), volume_shares, amount_cny, round(vwap, 4), total_shares, is_suspended FROM dwd.dwd_stock_daily ORDER BY symbol"
        );
        rows.ShouldBe([
            "a.SH|2022-06-01|10.5|2|21|0.05|52515277|551410408.5|10.5|null|false",
            "b.SZ|2022-06-01|1|null|null|-0.5|1000|1000|1|null|false",
            "c.SH|2022-06-01|null|3|null|null|null|null|null|null|true",
            "d.SZ|2022-06-01|1|null|null|0|0|0|null|null|true",
        ]);
    }

    [Fact]
    public async Task StockDaily_Valuation_IsInCnyAndShares()
    {
        await FillAsync(
            "ods_daily",
            Workshop.Day1,
            "SELECT 'a.SH' AS ts_code, 10.0 AS close, 1.0 AS vol, 1.0 AS amount"
        );
        await FillAsync(
            "ods_daily_basic",
            Workshop.Day1,
            "SELECT 'a.SH' AS ts_code, 100.5 AS total_share, 50.0 AS float_share, 1005.0 AS total_mv, 500.0 AS circ_mv, 1.5 AS turnover_rate"
        );

        await _shop.BuildAsync(Workshop.ShippedProject(), "dwd");

        (
            await _shop.RowsAsync(
                "SELECT total_shares, float_shares, total_market_value, float_market_value, turnover_ratio FROM dwd.dwd_stock_daily"
            )
        ).ShouldBe(["1005000|500000|10050000|5000000|0.015"]);
    }

    /// <summary>A wrong factor of 100 or 1,000 anywhere is seen by the laws, row by row.</summary>
    [Theory]
    [InlineData(1.0, 1.0, 1.0, "0|0|0")]
    [InlineData(100.0, 1.0, 1.0, "1|1|0")]
    [InlineData(1.0, 1000.0, 1.0, "1|0|0")]
    [InlineData(1.0, 1.0, 100.0, "0|1|1")]
    public async Task StockDaily_Units_AreProvedRowByRow(double volume, double amount, double percent, string broken)
    {
        // 600519.SH on 2024-03-29 as the vendor has it: hands, thousand CNY, 10,000 shares, percent.
        await FillAsync(
            "ods_daily",
            Workshop.Day1,
            FormattableString.Invariant(
                $"SELECT 'a.SH' AS ts_code, 1702.9 AS close, 1709.0 AS high, 1678.0 AS low, 1684.0 AS pre_close, {percent} * 1.1223 AS pct_chg, {volume} * 27056.16 AS vol, {amount} * 4588410.119 AS amount"
            )
        );
        await FillAsync(
            "ods_daily_basic",
            Workshop.Day1,
            FormattableString.Invariant(
                $"SELECT 'a.SH' AS ts_code, 125619.78 AS float_share, {percent} * 0.2154 AS turnover_rate"
            )
        );

        await _shop.BuildAsync(Workshop.ShippedProject(), "dwd");

        (await _shop.RowsAsync(UnitChecks.OutOfBounds)).ShouldBe([broken]);
    }

    [Fact]
    public async Task StockDaily_HaltedStock_CarriesSharesAndValuesAndNeverPrices()
    {
        await ValueAsync(
            1,
            "SELECT 'h.SH' AS ts_code, 10.0 AS total_share, 5.0 AS float_share, 100.0 AS total_mv, 50.0 AS circ_mv, 1.0 AS turnover_rate, 8.0 AS pb"
        );
        await ValueAsync(
            2,
            "SELECT 'h.SH' AS ts_code, 11.0 AS total_share, 5.0 AS float_share, 110.0 AS total_mv, 50.0 AS circ_mv, 1.0 AS turnover_rate, 8.0 AS pb"
        );
        foreach (var day in new[] { 3, 6 })
        {
            await FillAsync(
                "ods_suspend_d",
                new DateOnly(2022, 6, day),
                "SELECT unnest(['h.SH', 'n.SH', 't.SH']) AS ts_code, 'S' AS suspend_type, NULL AS suspend_timing"
            );
        }

        await FillAsync("ods_daily", new DateOnly(2022, 6, 6), "SELECT 't.SH' AS ts_code, 1.0 AS close, 9.0 AS vol");
        await ValueAsync(3, "SELECT 't.SH' AS ts_code, 7.0 AS total_share");
        var project = Workshop.ShippedProject();
        await _shop.BuildAsync(project, "dwd");

        const string Rows =
            "SELECT symbol, dt, close, total_shares, float_shares, total_market_value, float_market_value, turnover_ratio, pb, is_suspended, is_carried FROM dwd.dwd_stock_daily WHERE dt >= '2022-06-03' ORDER BY dt, symbol";
        (await _shop.RowsAsync(Rows)).ShouldBe([
            "h.SH|2022-06-03|null|110000|50000|1100000|500000|null|null|true|true",
            "n.SH|2022-06-03|null|null|null|null|null|null|null|true|false",
            "t.SH|2022-06-03|null|70000|null|null|null|null|null|true|false",
            "h.SH|2022-06-06|null|110000|50000|1100000|500000|null|null|true|true",
            "n.SH|2022-06-06|null|null|null|null|null|null|null|true|false",
            "t.SH|2022-06-06|1|null|null|null|null|null|null|false|false",
        ]);

        // A valuation that is mended is carried anew, and only days that see it are built.
        await ValueAsync(2, "SELECT 'h.SH' AS ts_code, 12.0 AS total_share");
        var again = await _shop.BuildAsync(project, "dwd");
        again.Built.Where(b => b.Table == "dwd.dwd_stock_daily").Select(b => b.Dt!.Value.Day).ShouldBe([3, 6]);
        (await _shop.RowsAsync(Rows))[3].ShouldBe("h.SH|2022-06-06|null|120000|null|null|null|null|null|true|true");
        await ValueAsync(30, "SELECT 'h.SH' AS ts_code, 12.0 AS total_share");
        (await _shop.BuildAsync(project, "dwd_stock_daily")).Built.ShouldBeEmpty("a later day is in no earlier window");

        Task ValueAsync(int day, string select) => FillAsync("ods_daily_basic", new DateOnly(2022, 6, day), select);
    }

    [Fact]
    public async Task StockDailyQfq_FromAnAnchorDay_KnowsNoLaterDistribution()
    {
        foreach (var (day, close, factor) in new[] { (1, 20.0, 1.0), (2, 10.0, 2.0), (3, 5.0, 4.0) })
        {
            await FillAsync(
                "ods_daily",
                Workshop.Day1.AddDays(day - 1),
                FormattableString.Invariant($"SELECT 'a.SH' AS ts_code, {close} AS close, {close} AS open")
            );
            await FillAsync(
                "ods_adj_factor",
                Workshop.Day1.AddDays(day - 1),
                FormattableString.Invariant($"SELECT 'a.SH' AS ts_code, {factor} AS adj_factor")
            );
        }

        await _shop.BuildAsync(Workshop.ShippedProject(), "dwd");

        (
            await _shop.CatalogRowsAsync(
                "SELECT dt, close, close_qfq, anchor_date FROM dwd.dwd_stock_daily_qfq('2022-06-02') ORDER BY dt"
            )
        ).ShouldBe(["2022-06-01|20|10|2022-06-02", "2022-06-02|10|10|2022-06-02"]);
        (await _shop.CatalogRowsAsync("SELECT close_hfq FROM dwd.dwd_stock_daily ORDER BY dt")).ShouldBe([
            "20",
            "20",
            "20",
        ]);
    }

    [Fact]
    public async Task Instruments_NewestListWins_AndMissingListsAddNothing()
    {
        await FillAsync(
            "ods_stock_basic",
            Workshop.Day1,
            "SELECT '600519.SH' AS ts_code, '旧' AS name, 'L' AS list_status UNION ALL SELECT '430047.BJ', 'left', 'L'"
        );
        await FillAsync(
            "ods_stock_basic",
            Workshop.Day2,
            "SELECT '600519.SH' AS ts_code, '贵州茅台' AS name, 'L' AS list_status, DATE '2001-08-27' AS list_date, '主板' AS market"
        );
        var project = Workshop.ShippedProject();
        (await _shop.BuildAsync(project, "dim")).Built.Single(b => b.Table == "dim.dim_instrument").Rows.ShouldBe(2);
        await FillAsync(
            "ods_fund_basic",
            Workshop.Day2,
            "SELECT '510300.SH' AS ts_code, '沪深300ETF' AS name, 'L' AS status UNION ALL SELECT '160706.SZ', '嘉实300LOF', 'L'"
        );
        await FillAsync(
            "ods_index_basic",
            Workshop.Day2,
            "SELECT '000300.SH' AS ts_code, '沪深300' AS name, 'CSI' AS market UNION ALL SELECT '801005.SI', '申万创业', 'SW'"
        );

        await _shop.BuildAsync(project, "dim");

        (
            await _shop.RowsAsync(
                "SELECT symbol, name, kind, bucket, exchange, list_date, source FROM dim.dim_instrument ORDER BY symbol"
            )
        ).ShouldBe([
            "000300.SH|沪深300|index|index|XSHG|null|tushare.index_basic",
            "160706.SZ|嘉实300LOF|fund|etf|XSHE|null|tushare.fund_basic",
            "430047.BJ|left|stock|stock|BSE|null|tushare.stock_basic",
            "510300.SH|沪深300ETF|etf|etf|XSHG|null|tushare.fund_basic",
            "600519.SH|贵州茅台|stock|stock|XSHG|2001-08-27|tushare.stock_basic",
            "801005.SI|申万创业|index|index|null|null|tushare.index_basic",
        ]);
    }

    [Fact]
    public async Task TradeCalendar_WeekdaysAndLastTradingDays_AreRight()
    {
        // 2024-03-29 is the Friday before a weekend that ends the first quarter; the calendar is known until
        // 2024-04-15.
        await FillAsync(
            "ods_trade_cal",
            Workshop.Day1,
            "SELECT 'SSE' AS exchange, d::DATE AS cal_date, (isodow(d) <= 5)::BIGINT AS is_open, NULL::DATE AS pretrade_date FROM range(DATE '2024-01-01', DATE '2024-04-16', INTERVAL 1 DAY) AS r(d)"
        );

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim_trade_calendar");

        (
            await _shop.RowsAsync(
                "SELECT calendar_date, day_of_week, is_weekday, is_last_trading_day_of_month, is_last_trading_day_of_quarter, is_last_trading_day_of_year FROM dim.dim_trade_calendar WHERE calendar_date IN ('2024-03-29', '2024-03-31', '2024-04-01', '2024-04-15') ORDER BY 1"
            )
        ).ShouldBe([
            "2024-03-29|5|true|true|true|false",
            "2024-03-31|7|false|false|false|false",
            "2024-04-01|1|true|false|false|false",
            "2024-04-15|1|true|null|null|null",
        ]);
        (
            await _shop.RowsAsync("SELECT count(*) FROM dim.dim_trade_calendar WHERE is_weekday <> (day_of_week < 6)")
        ).ShouldBe(["0"]);
    }

    /// <summary>
    /// As the calendars that runs are planned by: a table that calls such days closed would be believed where the
    /// program does not.
    /// </summary>
    [Fact]
    public async Task TradeCalendar_DaysThatNoExchangeCanHave_AreNotInIt()
    {
        await FillAsync(
            "ods_trade_cal",
            Workshop.Day1,
            """
            SELECT exchange, d::DATE AS cal_date, CASE
                WHEN exchange = 'SSE' THEN (d < DATE '2024-02-01' OR d > DATE '2024-02-21')::BIGINT
                WHEN exchange = 'SZSE' THEN (d < DATE '2024-02-01' OR d > DATE '2024-02-20')::BIGINT
                WHEN exchange = 'CFFEX' THEN CASE WHEN d = DATE '2024-02-15' THEN 2 ELSE (d >= DATE '2024-02-01')::BIGINT END
                ELSE 0 END AS is_open, NULL::DATE AS pretrade_date
            FROM range(DATE '2024-01-01', DATE '2024-03-02', INTERVAL 1 DAY) AS r(d), (VALUES ('SSE'), ('SZSE'), ('CFFEX'), ('MARS')) AS v(exchange)
            """
        );

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim_trade_calendar");

        (
            await _shop.RowsAsync(
                "SELECT exchange, min(calendar_date), max(calendar_date) FROM dim.dim_trade_calendar GROUP BY ALL ORDER BY 1"
            )
        ).ShouldBe(["CFFEX|2024-01-01|2024-02-14", "XSHE|2024-01-01|2024-03-01", "XSHG|2024-01-01|2024-01-31"]);
    }

    [Fact]
    public async Task TradeCalendarAndInstruments_HaveOneVocabularyOfExchanges()
    {
        await FillAsync(
            "ods_trade_cal",
            Workshop.Day1,
            """
            SELECT exchange, DATE '2024-03-29' AS cal_date, 1 AS is_open, NULL::DATE AS pretrade_date
            FROM (VALUES ('SSE'), ('SZSE'), ('BSE'), ('CFFEX'), ('MARS')) AS v(exchange)
            """
        );
        await FillAsync(
            "ods_stock_basic",
            Workshop.Day1,
            "SELECT unnest(['600519.SH', '000001.SZ', '920017.BJ']) AS ts_code, 'name' AS name, 'L' AS list_status"
        );

        (await _shop.BuildAsync(Workshop.ShippedProject(), "dim")).IsSuccess.ShouldBeTrue();

        (
            await _shop.RowsAsync(
                "SELECT symbol, exchange, is_open FROM dim.dim_instrument JOIN dim.dim_trade_calendar USING (exchange) ORDER BY symbol"
            )
        ).ShouldBe(["000001.SZ|XSHE|true", "600519.SH|XSHG|true", "920017.BJ|BSE|true"]);
        (await _shop.RowsAsync("SELECT exchange FROM dim.dim_trade_calendar ORDER BY 1")).ShouldBe([
            "BSE",
            "CFFEX",
            "MARS",
            "XSHE",
            "XSHG",
        ]);
    }

    public void Dispose() => _shop.Dispose();

    private Task FillAsync(string table, DateOnly day, string select)
    {
        var source = _sources.Single(s => s.Id.Name == table);
        var hasDate = source.Columns.Any(c => c.Name == "trade_date");
        return _shop.FillAsync(
            source,
            day,
            hasDate ? $"SELECT *, DATE '{day:yyyy-MM-dd}' AS trade_date FROM ({select})" : $"SELECT * FROM ({select})"
        );
    }
}
