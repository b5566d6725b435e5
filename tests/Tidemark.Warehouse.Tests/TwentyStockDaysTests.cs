using Tidemark.DuckDb;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// Twenty stock-days against figures that came from elsewhere: distributions as issuers announced them, issue prices,
/// the exchanges' rules of limits, and the vendor's own answers. Bars, factors, limits and lists are recorded ones.
/// </summary>
/// <remarks>
/// What the recordings lack, and is therefore weaker evidence: no recorded factor stands beside recorded raw bars of
/// the day before and after a bonus or rights issue, so there the factor is made as the vendor makes it, which
/// <see cref="ExDays"/> shows of the recorded ones (previous close over reference price), and
/// <see cref="TwentyYears_WithEightBonusIssues_ReturnWhatTheRecordedFactorSays"/> of all of one stock. The rights terms
/// are held by nothing else. No list of names with days is recorded, so that the change
/// to special treatment is seen between two lists. AkShare's own adjusted prices are compared nowhere: no recording has
/// them beside raw bars and factors of the same days.
/// </remarks>
public sealed class TwentyStockDaysTests : IDisposable
{
    /// <summary>Columns of the raw series of AkShare: shares and no reference price.</summary>
    private const string RawBar =
        "\"Date\"::DATE AS trade_date, \"Open\" AS open, \"High\" AS high, \"Low\" AS low, \"Close\" AS close, \"Volume\" / 100 AS vol";

    private readonly Workshop _shop = new();

    /// <summary>
    /// Ex-days: what a share brought by the announcement of the issuer, and whether the vendor's factors are recorded.
    /// </summary>
    public static TheoryData<ExDay> ExDays =>
        [
            // Kweichow Moutai: special distribution of 2023, https://gubaf10.eastmoney.com/news,600519,1371955942.html;
            // of the year 2023, https://aijingu.com/notices/600519/AN202406111635974646.html; special one of 2024.
            new ExDay("600519.SH", "2023-12-20", Cash: 19.106),
            new ExDay("600519.SH", "2024-06-19", Cash: 30.876),
            new ExDay("600519.SH", "2024-12-20", Cash: 23.882),
            // China Merchants Bank: 10 派 19.72 元 of 2023, 10 派 20.00 元 of 2024.
            new ExDay("600036.SH", "2024-07-11", Cash: 1.972),
            new ExDay("600036.SH", "2025-07-11", Cash: 2.000),
            // Ping An Bank: 10 派 1.36 元 of 2017, 10 派 2.18 元 of 2019.
            new ExDay("000001.SZ", "2018-07-12", Cash: 0.136),
            new ExDay("000001.SZ", "2020-05-28", Cash: 0.218),
            // Ping An Bank: 10 派 3.62 元 of 2024, http://stock.stockstar.com/notice/SN2025060400028250.shtml.
            new ExDay("000001.SZ", "2025-06-12", Cash: 0.362, HasFactors: false),
            // Ping An Bank: bonus 10 送 6 派 1.70 元 of 2012, transfers of 2013 (10 转 2 派 1.60) and 2015 (10 转 2 派 1.53).
            new ExDay("000001.SZ", "2013-06-20", Cash: 0.170, Bonus: 0.6, HasFactors: false),
            new ExDay("000001.SZ", "2014-06-12", Cash: 0.160, Bonus: 0.2, HasFactors: false),
            new ExDay("000001.SZ", "2016-06-16", Cash: 0.153, Bonus: 0.2, HasFactors: false),
            // Pudong Development Bank: transfer 10 转 3 派 2.00 元 of 2016. It closed at the limit of that reference
            // price.
            new ExDay("600000.SH", "2017-05-25", Cash: 0.200, Bonus: 0.3, HasFactors: false),
            // Kweichow Moutai: bonus 10 送 1 派 43.74 元 of 2014.
            new ExDay("600519.SH", "2015-07-17", Cash: 4.374, Bonus: 0.1, HasFactors: false),
            // Shenzhen Development Bank (now Ping An Bank): rights, 3 for 10 at 8.00 CNY.
            new ExDay("000001.SZ", "2000-11-06", Rights: 0.3, RightsPrice: 8.00, HasFactors: false),
        ];

    public void Dispose() => _shop.Dispose();

    /// <summary>
    /// The close before, adjusted forward to the ex-day, is the reference price; and the return of prices adjusted
    /// backward is the one against it. The tolerance is that of what the vendor rounds: reference prices to 0.01 CNY,
    /// and factors to four decimals, of numbers above 5 here (three decimals above 100).
    /// </summary>
    [Theory]
    [MemberData(nameof(ExDays))]
    public async Task ExDay_AsTheIssuerAnnouncedIt_IsInReferenceReturnAndBothAdjustments(ExDay day)
    {
        await LoadExDayAsync(day);

        (await _shop.BuildAsync(Workshop.ShippedProject())).Failed.ShouldBeEmpty();

        var on = $"DATE '{day.Day}'";
        (
            await _shop.CatalogRowsAsync(
                $"""
                SELECT
                    abs(today.pre_close - ({Announced(day, "before.close")})) < 0.00501,
                    abs(today.daily_return - (today.close / today.pre_close - 1)) < 1e-12,
                    abs(today.close_hfq / before.close_hfq - 1 - today.daily_return) < 0.00002,
                    abs(forward.close_qfq / today.pre_close - 1) < 0.00002,
                    abs(at_anchor.close_qfq - today.close) < 1e-9,
                    today.high <= round(today.pre_close * 1.1 + 1e-9, 2) AND today.low >= round(today.pre_close * 0.9 + 1e-9, 2),
                    before.close > today.pre_close
                FROM dwd.dwd_stock_daily AS today
                JOIN dwd.dwd_stock_daily AS before
                    ON before.symbol = today.symbol AND before.dt = (SELECT max(dt) FROM dwd.dwd_stock_daily WHERE symbol = '{day.Symbol}' AND dt < {on})
                JOIN dwd.dwd_stock_daily_qfq('{day.Day}') AS forward ON forward.symbol = before.symbol AND forward.dt = before.dt
                JOIN dwd.dwd_stock_daily_qfq('{day.Day}') AS at_anchor ON at_anchor.symbol = today.symbol AND at_anchor.dt = today.dt
                WHERE today.symbol = '{day.Symbol}' AND today.dt = {on}
                """
            )
        ).ShouldBe(["true|true|true|true|true|true|true"]);
    }

    /// <summary>
    /// Pudong Development Bank from its first day to 2020-01-06, on which the vendor's factor is recorded: what the
    /// table says a holder gained is what the twenty distributions in between brought, eight of them with new shares.
    /// One share in ten more or less would be far beyond the tolerance, which is for the cents of reference prices and
    /// for the cash of the first years, whose days and terms nothing confirms one by one.
    /// </summary>
    [Fact]
    public async Task TwentyYears_WithEightBonusIssues_ReturnWhatTheRecordedFactorSays()
    {
        ExDay[] distributions =
        [
            Shanghai("2000-07-06", cash: 0.150),
            Shanghai("2002-08-22", cash: 0.200, bonus: 0.5),
            Shanghai("2003-07-04", cash: 0.110),
            Shanghai("2004-05-20", cash: 0.110),
            Shanghai("2005-05-12", cash: 0.120),
            Shanghai("2006-05-12", cash: 0, bonus: 0.3), // from holders of shares that could not be traded (10 送 3)
            Shanghai("2006-05-25", cash: 0.130),
            Shanghai("2007-07-18", cash: 0.150),
            Shanghai("2008-04-24", cash: 0.160, bonus: 0.3),
            Shanghai("2009-06-09", cash: 0.230, bonus: 0.4),
            Shanghai("2010-06-10", cash: 0.150, bonus: 0.3),
            Shanghai("2011-06-03", cash: 0.160, bonus: 0.3),
            Shanghai("2012-06-26", cash: 0.300),
            Shanghai("2013-06-03", cash: 0.550),
            Shanghai("2014-06-24", cash: 0.660),
            Shanghai("2015-06-23", cash: 0.757),
            Shanghai("2016-06-23", cash: 0.515, bonus: 0.1),
            Shanghai("2017-05-25", cash: 0.200, bonus: 0.3),
            Shanghai("2018-07-13", cash: 0.100),
            Shanghai("2019-06-11", cash: 0.350),
        ];
        var bars = $"""
            SELECT {RawBar}, lag("Close") OVER (ORDER BY "Date") AS last_close, '600000.SH' AS ts_code
            FROM read_csv({Sql(Workshop.Recorded("cn_akshare_hist", "raw_unadjusted_3stocks", "600000.SH.csv.gz"))})
            """;
        await _shop.LoadRecordedAsync(
            "ods_daily",
            $"SELECT * EXCLUDE (last_close), last_close AS pre_close FROM ({bars}) WHERE trade_date IN ('1999-11-10', '2020-01-06')"
        );
        // The vendor's factors are 1 on a first day.
        await _shop.LoadRecordedAsync(
            "ods_adj_factor",
            $"""
            SELECT DATE '1999-11-10' AS trade_date, '600000.SH' AS ts_code, 1.0 AS adj_factor
            UNION ALL
            SELECT DATE '2020-01-06', ts_code, adj_factor_y
            FROM read_csv({Sql(
                Workshop.Recorded("cn_tushare_cross_sections", "2020", "adj_factor_20200106_20200529.csv.gz")
            )})
            WHERE ts_code = '600000.SH'
            """
        );

        (await _shop.BuildAsync(Workshop.ShippedProject())).Failed.ShouldBeEmpty();

        var gains = string.Join(
            " UNION ALL ",
            distributions.Select(day =>
                $"SELECT last_close / ({Announced(day, "last_close")}) AS gain FROM bars WHERE trade_date = '{day.Day}'"
            )
        );
        (
            await _shop.RowsAsync(
                $"""
                WITH bars AS ({bars}), gains AS ({gains}),
                ends AS (SELECT max(close_hfq) FILTER (dt = '2020-01-06') / max(close_hfq) FILTER (dt = '1999-11-10') AS gain, max(close) FILTER (dt = '2020-01-06') / max(close) FILTER (dt = '1999-11-10') AS raw FROM dwd.dwd_stock_daily)
                SELECT count(*), abs(product(gains.gain) * any_value(ends.raw) / any_value(ends.gain) - 1) < 0.002 FROM gains CROSS JOIN ends
                """
            )
        ).ShouldBe([$"{distributions.Length}|true"]);

        static ExDay Shanghai(string day, double cash, double bonus = 0) => new("600000.SH", day, cash, bonus);
    }

    /// <summary>
    /// The reference price of a first day is the issue price, and nothing is at a limit: STAR has none for five days.
    /// </summary>
    [Theory]
    [InlineData("688271.SH", "2022-08-22", 109.88)] // United Imaging
    [InlineData("688275.SH", "2022-09-29", 299.88)] // Wanrun New Energy, which fell by more than a limit
    [InlineData("688041.SH", "2022-08-12", 36.00)] // Hygon
    public async Task FirstDay_OfARecordedListing_IsAgainstTheIssuePrice(string symbol, string day, double issuePrice)
    {
        var replay = Workshop.Recorded("replay-cn");
        await _shop.LoadRecordedAsync(
            "ods_daily",
            $"SELECT * REPLACE (strptime(trade_date, '%Y%m%d')::DATE AS trade_date) FROM read_parquet({Sql(replay, "tushare", "daily.parquet")}) WHERE ts_code = '{symbol}'"
        );
        await ListAsync("2023-03-17", Path.Combine(replay, "tushare", "stock_basic.csv"));

        (await _shop.BuildAsync(Workshop.ShippedProject())).Failed.ShouldBeEmpty();

        (
            await _shop.RowsAsync(
                $"""
                SELECT dt, pre_close = {issuePrice:F2}, abs(daily_return - (close / {issuePrice:F2} - 1)) < 1e-12, abs(daily_return) > 0.2, days_since_listing, up_limit, is_at_limit_up, board
                FROM dwd.dwd_stock_daily ORDER BY dt LIMIT 1
                """
            )
        ).ShouldBe([$"{day}|true|true|true|0|null|null|科创板"]);
    }

    /// <summary>
    /// 2025-04-03, the whole market: limits follow from the reference price by the exchanges' rules of that year, with
    /// the board and treatment that the tables say. Shanghai and Shenzhen round to the cent, Beijing to the inside.
    /// </summary>
    [Fact]
    public async Task RecordedDay_LimitsTreatmentNamesAndCodes_AreThoseOfTheExchanges()
    {
        await LoadMarketAsync();

        (await _shop.BuildAsync(Workshop.ShippedProject())).Failed.ShouldBeEmpty();

        const string Rule = """
            WITH days AS (
                SELECT *, CASE WHEN board = '北交所' THEN 30 WHEN board IN ('创业板', '科创板') THEN 20 WHEN is_st THEN 5 ELSE 10 END AS percent
                FROM dwd.dwd_stock_daily WHERE dt = '2025-04-03'
            ),
            cents AS (
                SELECT *, round(pre_close * 100)::BIGINT * (100 + percent) AS up, round(pre_close * 100)::BIGINT * (100 - percent) AS down FROM days
            ),
            ruled AS (
                SELECT *,
                    (CASE WHEN board = '北交所' THEN up // 100 ELSE (up + 50) // 100 END) / 100 AS up_rule,
                    (CASE WHEN board = '北交所' THEN (down + 99) // 100 ELSE (down + 50) // 100 END) / 100 AS down_rule
                FROM cents
            )
            """;
        (
            await _shop.RowsAsync(
                $"{Rule} SELECT percent, is_st FROM ruled WHERE abs(up_limit - up_rule) < 0.001 AND abs(down_limit - down_rule) < 0.001 GROUP BY ALL HAVING count(*) > 20 ORDER BY ALL"
            )
        ).ShouldBe(["5|true", "10|false", "20|false", "20|true", "30|false"]);
        // Listed the day before, without limits; and not reformed (S), which had 5 % without special treatment.
        (
            await _shop.RowsAsync(
                $"{Rule} SELECT symbol, name, is_st, is_at_limit_up OR is_at_limit_down OR is_locked_at_limit FROM ruled WHERE NOT (abs(up_limit - up_rule) < 0.001 AND abs(down_limit - down_rule) < 0.001) ORDER BY 1"
            )
        ).ShouldBe(["301658.SZ|C首航|false|false", "600182.SH|S佳通|false|false"]);
        // One of each board; special treatment that came and that went between two lists; on ChiNext it changes no
        // limit; a code of Beijing that is 920047.BJ since 2025-10-09.
        (
            await _shop.RowsAsync(
                $"""
                {Rule}
                SELECT ruled.symbol, codes.symbol AS today, name, is_st, percent FROM ruled JOIN dim.dim_instrument_code AS codes ON codes.code = ruled.symbol
                WHERE code IN ('000001.SZ', '300750.SZ', '688981.SH', '000070.SZ', '600518.SH', '300506.SZ', '430047.BJ') ORDER BY 1
                """
            )
        ).ShouldBe([
            "000001.SZ|000001.SZ|平安银行|false|10",
            "000070.SZ|000070.SZ|ST特信|true|5",
            "300506.SZ|300506.SZ|*ST名家|true|20",
            "300750.SZ|300750.SZ|宁德时代|false|20",
            "430047.BJ|920047.BJ|诺思兰德|false|30",
            "600518.SH|600518.SH|康美药业|false|10",
            "688981.SH|688981.SH|中芯国际|false|20",
        ]);
        (
            await _shop.CatalogRowsAsync(
                """
                SELECT symbol, name, treatment IS NOT NULL FROM dim.dim_instrument_name_at('2019-11-01') WHERE symbol IN ('000070.SZ', '600518.SH')
                UNION ALL SELECT symbol, name, treatment IS NOT NULL FROM dim.dim_instrument_name_at('2025-04-03') WHERE symbol IN ('000070.SZ', '600518.SH')
                ORDER BY ALL
                """
            )
        ).ShouldBe(
            ["000070.SZ|ST特信|true", "000070.SZ|特发信息|false", "600518.SH|ST康美|true", "600518.SH|康美药业|false"],
            ignoreOrder: true
        );
    }

    /// <summary>What a share that closed at a price is worth without what the announcement brings.</summary>
    private static string Announced(ExDay day, string close) =>
        FormattableString.Invariant(
            $"({close} - {day.Cash} + {day.Rights} * {day.RightsPrice}) / (1 + {day.Bonus} + {day.Rights})"
        );

    private static string Sql(params string[] path) => DuckDbSql.Literal(Path.Combine(path));

    /// <summary>The bars of the ex-day and of the days before it, with factors.</summary>
    private async Task LoadExDayAsync(ExDay day)
    {
        if (day.HasVendorBars)
        {
            const string Day = "strptime(indiv_techin_trade_date::VARCHAR, '%Y%m%d')::DATE AS trade_date";
            var series =
                $"read_csv({Sql(Workshop.Recorded("cn_tushare_multiseries", "stock", $"{day.Symbol}_indiv_techin.csv.gz"))})";
            var window = $"trade_date BETWEEN DATE '{day.Day}' - 14 AND DATE '{day.Day}'";
            await _shop.LoadRecordedAsync(
                "ods_daily",
                $"SELECT {Day}, indiv_techin_ts_code AS ts_code, indiv_techin_high AS high, indiv_techin_low AS low, indiv_techin_close AS close, indiv_techin_pre_close AS pre_close FROM {series} WHERE {window}"
            );
            await _shop.LoadRecordedAsync(
                "ods_adj_factor",
                $"SELECT {Day}, indiv_techin_ts_code AS ts_code, indiv_techin_adj_factor AS adj_factor FROM {series} WHERE {window}"
            );
            return;
        }

        // The exchange's rule makes the reference price of the recorded close and the announced terms, in cents.
        var raw = Sql(Workshop.Recorded("cn_akshare_hist", "raw_unadjusted_3stocks", $"{day.Symbol}.csv.gz"));
        var bars = $"""
            SELECT *, '{day.Symbol}' AS ts_code,
                CASE WHEN trade_date = '{day.Day}' THEN round({Announced(
                day,
                "last_close"
            )} + 1e-9, 2) ELSE last_close END AS pre_close
            FROM (SELECT {RawBar}, lag("Close") OVER (ORDER BY "Date") AS last_close FROM read_csv({raw}))
            WHERE trade_date BETWEEN DATE '{day.Day}' - 14 AND DATE '{day.Day}'
            """;
        await _shop.LoadRecordedAsync("ods_daily", $"SELECT * EXCLUDE (last_close) FROM ({bars})");
        await _shop.LoadRecordedAsync(
            "ods_adj_factor",
            $"SELECT trade_date, ts_code, CASE WHEN trade_date < '{day.Day}' THEN earlier ELSE later END AS adj_factor FROM ({bars}) CROSS JOIN ({Factors(day, bars)})"
        );
    }

    /// <summary>The factors before the ex-day and on it: recorded, or made as the vendor makes them.</summary>
    private static string Factors(ExDay day, string bars) =>
        day switch
        {
            { HasFactors: false } =>
                $"SELECT 10.0 AS earlier, 10 * last_close / pre_close AS later FROM ({bars}) WHERE trade_date = '{day.Day}'",
            { Day: "2020-05-28" } =>
                $"SELECT adj_factor_y AS earlier, adj_factor_x AS later FROM read_csv({Sql(Workshop.Recorded("cn_tushare_cross_sections", "2020", "adj_factor_20200106_20200529.csv.gz"))}) WHERE ts_code = '{day.Symbol}'",
            _ =>
                $"""
                SELECT max(row[3]::DOUBLE) FILTER (row[2] < '{day.Day.Replace(
                    "-",
                    "",
                    StringComparison.Ordinal
                )}') AS earlier,
                    max(row[3]::DOUBLE) AS later
                FROM (SELECT unnest(data.items) AS row FROM read_json({Sql(
                    Workshop.Recorded("tushare_raw_responses", "responses", "adj_factor.json")
                )}, columns = {"{data: 'STRUCT(items VARCHAR[][])'}"}))
                """,
        };

    private async Task LoadMarketAsync()
    {
        var folder = Workshop.Recorded("cn_tushare_cross_sections");
        foreach (var name in new[] { "daily", "stk_limit" })
        {
            await _shop.LoadRecordedAsync(
                $"ods_{name}",
                $"SELECT * REPLACE (strptime(trade_date::VARCHAR, '%Y%m%d')::DATE AS trade_date) FROM read_csv({Sql(folder, "2025-04-03", $"{name}.csv.gz")})"
            );
        }

        await ListAsync("2019-10-30", Path.Combine(folder, "2019-10", "stock_basic.csv.gz"));
        await ListAsync("2025-04-03", Path.Combine(folder, "2025-04-03", "stock_basic.csv.gz"));
        // The exchange's table of new codes.
        await FillAsync(
            "ods_bse_mapping",
            "2025-10-09",
            "SELECT '诺思兰德' AS name, '430047.BJ' AS o_code, '920047.BJ' AS n_code, DATE '2020-11-24' AS list_date"
        );
    }

    private Task ListAsync(string day, string file) =>
        FillAsync(
            "ods_stock_basic",
            day,
            $"SELECT ts_code, name, market, strptime(list_date, '%Y%m%d')::DATE AS list_date, 'L' AS list_status FROM read_csv({DuckDbSql.Literal(file)}, all_varchar = true)"
        );

    private Task FillAsync(string table, string day, string select) =>
        _shop.FillAsync(Workshop.Shipped(table), DateOnly.ParseExact(day, "yyyy-MM-dd"), select);

    /// <summary>A day on which a share brought something, by the announcement of its issuer, a share.</summary>
    /// <param name="Symbol">The stock.</param>
    /// <param name="Day">The ex-day.</param>
    /// <param name="Cash">CNY before tax.</param>
    /// <param name="Bonus">New shares, of profit or reserves.</param>
    /// <param name="Rights">Shares that could be bought.</param>
    /// <param name="RightsPrice">At this price, CNY.</param>
    /// <param name="HasFactors">The vendor's factors are recorded.</param>
    public sealed record ExDay(
        string Symbol,
        string Day,
        double Cash = 0,
        double Bonus = 0,
        double Rights = 0,
        double RightsPrice = 0,
        bool HasFactors = true
    )
    {
        /// <summary>The vendor's own bars are recorded, reference price and all.</summary>
        public bool HasVendorBars => HasFactors && string.CompareOrdinal(Day, "2023-09-25") >= 0;
    }
}
