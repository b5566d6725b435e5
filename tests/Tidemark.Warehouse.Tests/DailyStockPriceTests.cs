using Tidemark.DuckDb;

namespace Tidemark.Warehouse.Tests;

/// <summary><c>dwd_daily_stock_price</c>: two vendors of one bar, made-up and recorded.</summary>
public sealed class DailyStockPriceTests : IDisposable
{
    private const string Prices = "dwd.dwd_daily_stock_price";
    private const string EastMoney = "ods_akshare_stock_zh_a_hist";
    private const string Sina = "ods_akshare_stock_zh_a_daily";
    private const string Tencent = "ods_akshare_stock_zh_a_hist_tx";
    private readonly Workshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Build_WithoutAkShare_HasTushareAlone()
    {
        await FillAsync("ods_daily", 1, Bar("a.SH", 10.0, volume: 12.34, amount: 12.345));

        await BuildAsync();

        (
            await _shop.RowsAsync(
                $"SELECT symbol, trade_date, open_avg, close_avg, close_akshare, volume_shares_tushare, amount_cny_tushare, akshare_source, source_count, single_source, price_difference, is_disagreement FROM {Prices}"
            )
        ).ShouldBe(["a.SH|2022-06-01|10|10|null|1234|12345|null|1|tushare|null|null"]);
    }

    [Fact]
    public async Task Build_BothVendors_MeansDifferencesAndWhoIsAlone()
    {
        await FillAsync(
            "ods_daily",
            1,
            $"""
            {Bar("same.SH", 10.0, volume: 100.4, amount: 100.0)}
            UNION ALL {Bar("tick.SH", 10.0, volume: 100.0, amount: 100.0)}
            UNION ALL {Bar("hands.SH", 10.0, volume: 100.0, amount: 100.0)}
            UNION ALL {Bar("amount.SH", 10.0, volume: 100.0, amount: 100.0)}
            UNION ALL {Bar("mine.SH", 10.0, volume: 100.0, amount: 100.0)}
            """
        );
        await FillAsync(
            EastMoney,
            1,
            $"""
            {Bar("same.SH", 10.0, volume: 100, amount: 100000.0)}
            UNION ALL {Bar("tick.SH", 10.01, volume: 100, amount: 100000.0)}
            UNION ALL {Bar("hands.SH", 10.0, volume: 10000, amount: 100000.0)}
            UNION ALL {Bar("amount.SH", 10.0, volume: 100, amount: 100200.0)}
            UNION ALL {Bar("theirs.SH", 10.0, volume: 100, amount: 100000.0)}
            UNION ALL {Bar("halted.SH", 0.0, volume: 0, amount: 0.0)}
            """
        );

        await BuildAsync();

        (
            await _shop.RowsAsync(
                $"SELECT symbol, round(close_avg, 4), volume_shares_tushare, volume_shares_akshare, single_source, round(price_difference, 6), round(volume_difference, 4), round(amount_difference, 6), is_disagreement FROM {Prices} ORDER BY symbol"
            )
        ).ShouldBe([
            "amount.SH|10|10000|10000|null|0|0|0.001998|true",
            "hands.SH|10|10000|1000000|null|0|1.9604|0|true",
            "mine.SH|10|10000|null|tushare|null|null|null|null",
            "same.SH|10|10040|10000|null|0|0.004|0|false",
            "theirs.SH|10|null|10000|akshare|null|null|null|null",
            "tick.SH|10.005|10000|10000|null|0.001|0|0|true",
        ]);
    }

    /// <summary>Each source of AkShare in its own unit; the next one where the one before has no bar.</summary>
    [Fact]
    public async Task Build_ABarThatEastMoneyLacks_IsSinasThenTencents()
    {
        var all = new[] { "000001.SZ", "300001.SZ", "600001.SH" };
        await FillAsync("ods_daily", 1, string.Join(" UNION ALL ", all.Select(c => Bar(c, 10.0, 100.0, 100.0))));
        await FillAsync(EastMoney, 1, Bar(all[2], 10.0, 100, 100000.0));
        await FillAsync(Sina, 1, $"{Bar(all[1], 10.0, 10000.0, 100000.0)} UNION ALL {Bar(all[2], 99.0, 1.0, 1.0)}");
        await FillAsync(Tencent, 1, $"{Bar(all[0], 10.0, 100.0, 100000.0)} UNION ALL {Bar(all[1], 99.0, 1.0, 1.0)}");

        await BuildAsync();
        (await SourcesAsync()).ShouldBe([
            "000001.SZ|stock_zh_a_hist_tx|10000|false",
            "300001.SZ|stock_zh_a_daily|10000|false",
            "600001.SH|stock_zh_a_hist|10000|false",
        ]);

        // Tencent's shares of other codes are shares.
        await FillAsync(Sina, 1, Bar(all[2], 10.0, 10000.0, 100000.0));
        await FillAsync(Tencent, 1, Bar(all[1], 10.0, 10000.0, 100000.0));
        await BuildAsync();
        (await SourcesAsync()).ShouldBe([
            "000001.SZ|null|null|null",
            "300001.SZ|stock_zh_a_hist_tx|10000|false",
            "600001.SH|stock_zh_a_hist|10000|false",
        ]);
    }

    /// <summary>AkShare has an instrument's whole history under its present code.</summary>
    [Fact]
    public async Task Build_AnInstrumentWhoseCodeChanged_IsOneRowUnderTheCodeOfTheDay()
    {
        await ListAsync(1, "('830017.BJ', '凯德')");
        await ListAsync(2, "('920017.BJ', '凯德')");
        await FillAsync("ods_daily", 1, Bar("830017.BJ", 10.0, 100.0, 100.0));
        await FillAsync("ods_daily", 2, Bar("920017.BJ", 11.0, 100.0, 100.0));
        await FillAsync(EastMoney, 1, Bar("920017.BJ", 10.0, 100, 100000.0));
        await FillAsync(EastMoney, 2, Bar("920017.BJ", 11.0, 100, 100000.0));

        await BuildAsync();

        (
            await _shop.RowsAsync(
                $"SELECT day(dt), symbol, close_avg, single_source, is_disagreement FROM {Prices} ORDER BY dt"
            )
        ).ShouldBe(["1|830017.BJ|10|null|false", "2|920017.BJ|11|null|false"]);
    }

    /// <summary>
    /// 600519.SH, 489 days that both vendors recorded unadjusted: not a price and not a share is different.
    /// AkShare's recording is of the shape of Sina's (shares), and has no amounts.
    /// </summary>
    [Fact]
    public async Task Build_AStockThatBothVendorsRecorded_AgreesOnEveryDay()
    {
        var tushare = Workshop.Recorded("cn_tushare_multiseries", "stock", "600519.SH_indiv_techin.csv.gz");
        var akshare = Workshop.Recorded("cn_akshare_hist", "raw_unadjusted_3stocks", "600519.SH.csv.gz");
        await _shop.LoadRecordedAsync(
            "ods_daily",
            $"SELECT strptime(indiv_techin_trade_date::VARCHAR, '%Y%m%d')::DATE AS trade_date, indiv_techin_ts_code AS ts_code, indiv_techin_open AS open, indiv_techin_high AS high, indiv_techin_low AS low, indiv_techin_close AS close, indiv_techin_vol AS vol, indiv_techin_amount AS amount FROM read_csv({DuckDbSql.Literal(tushare)})"
        );
        await _shop.LoadRecordedAsync(
            Sina,
            $"SELECT \"Date\"::DATE AS trade_date, '600519.SH' AS ts_code, \"Open\" AS open, \"High\" AS high, \"Low\" AS low, \"Close\" AS close, \"Volume\" AS vol FROM read_csv({DuckDbSql.Literal(akshare)}) WHERE \"Date\" >= '2023-09-25'"
        );

        await BuildAsync();

        (
            await _shop.RowsAsync(
                $"SELECT count(*) FILTER (source_count = 2), count(*) FILTER (is_disagreement), max(price_difference), max(abs(volume_shares_tushare - volume_shares_akshare)), count(*) FILTER (single_source = 'akshare') FROM {Prices}"
            )
        ).ShouldBe(["489|0|0|0|0"]);
    }

    /// <summary>
    /// 420 stocks of the recorded market that AkShare recorded, too. Both are adjusted forward, from different days, so prices
    /// differ where there was a distribution; volumes and amounts show that hands, shares and CNY are what they are said to be. The
    /// rows that AkShare alone has are those of 2022-09-15, and of Shenzhen on 2022-11-10, which Tushare's recording lacks.
    /// </summary>
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Build_StocksThatBothVendorsRecorded_AgreeInVolumesAndAmounts()
    {
        var replay = Workshop.Recorded("replay-cn");
        var akshare = $"read_parquet({DuckDbSql.Literal(Path.Combine(replay, "aktools", "stock_zh_a_hist.parquet"))})";
        const string Code =
            "lpad(symbol, 6, '0') || CASE WHEN lpad(symbol, 6, '0') >= '600000' THEN '.SH' ELSE '.SZ' END";
        await _shop.LoadRecordedAsync(
            "ods_daily",
            $"SELECT * REPLACE (strptime(trade_date, '%Y%m%d')::DATE AS trade_date) FROM read_parquet({DuckDbSql.Literal(Path.Combine(replay, "tushare", "daily.parquet"))}) WHERE ts_code IN (SELECT {Code} FROM {akshare})"
        );
        await _shop.LoadRecordedAsync(
            EastMoney,
            $"SELECT {Code} AS ts_code, \"日期\"::DATE AS trade_date, \"开盘\"::DOUBLE AS open, \"最高\"::DOUBLE AS high, \"最低\"::DOUBLE AS low, \"收盘\"::DOUBLE AS \"close\", \"成交量\"::BIGINT AS vol, \"成交额\"::DOUBLE AS amount FROM {akshare}"
        );

        await BuildAsync();

        (
            await _shop.RowsAsync(
                $"SELECT count(*), count(*) FILTER (source_count = 2), count(*) FILTER (single_source = 'tushare'), count(*) FILTER (single_source = 'akshare'), count(*) FILTER (abs(volume_shares_tushare - volume_shares_akshare) > 100), count(*) FILTER (amount_difference > 0.001), count(*) FILTER (price_difference = 0) FROM {Prices}"
            )
        ).ShouldBe(["60700|59870|0|830|0|0|14682"]);
    }

    private static string Bar(string code, double price, double volume, double amount) =>
        FormattableString.Invariant(
            $"SELECT '{code}' AS ts_code, {price}::DOUBLE AS open, {price}::DOUBLE AS high, {price}::DOUBLE AS low, {price}::DOUBLE AS \"close\", {volume} AS vol, {amount}::DOUBLE AS amount"
        );

    private Task<List<string>> SourcesAsync() =>
        _shop.RowsAsync(
            $"SELECT symbol, akshare_source, volume_shares_akshare, is_disagreement FROM {Prices} ORDER BY 1"
        );

    private async Task BuildAsync() =>
        (await _shop.BuildAsync(Workshop.ShippedProject(), "dim", "dwd_daily_stock_price")).Failed.ShouldBeEmpty();

    private Task ListAsync(int day, string rows) =>
        FillAsync(
            "ods_stock_basic",
            day,
            $"SELECT *, 'L' AS list_status, DATE '2020-07-27' AS list_date FROM (VALUES {rows}) AS v(ts_code, name)"
        );

    private Task FillAsync(string table, int day, string select) =>
        _shop.FillAsync(Workshop.Shipped(table), new DateOnly(2022, 6, day), select);
}
