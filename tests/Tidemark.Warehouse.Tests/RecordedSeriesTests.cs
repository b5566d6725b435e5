using Tidemark.DuckDb;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// Recorded series and days of the vendor: its own adjusted prices are the answers for ours, its continuous futures
/// those for the dominant contracts.
/// </summary>
public sealed class RecordedSeriesTests : IDisposable
{
    private readonly Workshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task StockDaily_AdjustedBothWays_IsWhatTheVendorAdjusted()
    {
        var series =
            $"read_csv({DuckDbSql.Literal(Workshop.Recorded("cn_tushare_multiseries", "stock", "*_techin.csv.gz"))})";
        const string Day =
            "strptime(indiv_techin_trade_date::VARCHAR, '%Y%m%d')::DATE AS trade_date, indiv_techin_ts_code AS ts_code";
        await _shop.LoadRecordedAsync(
            "ods_daily",
            $"SELECT {Day}, indiv_techin_open AS open, indiv_techin_high AS high, indiv_techin_low AS low, indiv_techin_close AS close, indiv_techin_pre_close AS pre_close, indiv_techin_vol AS vol, indiv_techin_amount AS amount, indiv_techin_pct_change AS pct_chg FROM {series}"
        );
        await _shop.LoadRecordedAsync(
            "ods_adj_factor",
            $"SELECT {Day}, indiv_techin_adj_factor AS adj_factor FROM {series}"
        );

        (await _shop.BuildAsync(Workshop.ShippedProject())).Failed.ShouldBeEmpty();

        // The recording rounds adjusted prices to four decimals, those adjusted forward to two.
        (
            await _shop.CatalogRowsAsync(
                $"""
                WITH answers AS (SELECT {Day}, * FROM {series})
                SELECT
                    count(*) > 900,
                    max(abs(bars.open_hfq - indiv_techin_open_hfq)) < 0.0001 AND max(abs(bars.high_hfq - indiv_techin_high_hfq)) < 0.0001
                        AND max(abs(bars.low_hfq - indiv_techin_low_hfq)) < 0.0001 AND max(abs(bars.close_hfq - indiv_techin_close_hfq)) < 0.0001,
                    max(abs(open_qfq - indiv_techin_open_qfq)) < 0.00501 AND max(abs(close_qfq - indiv_techin_close_qfq)) < 0.00501
                FROM dwd.dwd_stock_daily AS bars
                JOIN dwd.dwd_stock_daily_qfq('2025-10-23') AS forward ON forward.symbol = bars.symbol AND forward.dt = bars.dt
                JOIN answers ON answers.ts_code = bars.symbol AND answers.trade_date = bars.dt
                """
            )
        ).ShouldBe(["true|true|true"]);

        // The vendor's factor slipped for a day. It is kept as it was sent: the day's adjusted return shows it.
        (
            await _shop.RowsAsync(
                """
                SELECT symbol, dt FROM (
                    SELECT *, close_hfq / lag(close_hfq) OVER (PARTITION BY symbol ORDER BY dt) - 1 - daily_return AS gap FROM dwd.dwd_stock_daily
                ) WHERE abs(gap) > 0.00002 AND dt BETWEEN '2024-06-21' AND '2024-06-28' ORDER BY ALL
                """
            )
        ).ShouldBe(["600036.SH|2024-06-25", "600036.SH|2024-06-26", "600519.SH|2024-06-26"]);
    }

    /// <summary>The factors of funds have three decimals, at times of a number below 1.</summary>
    [Fact]
    public async Task EtfDaily_RecordedFactors_MakeTheReturnAgainstTheReferencePrice()
    {
        var folder = Workshop.Recorded("cn_tushare_multiseries", "etf");
        await _shop.LoadRecordedAsync(
            "ods_fund_daily",
            $"SELECT strptime(indiv_d_trade_date::VARCHAR, '%Y%m%d')::DATE AS trade_date, indiv_d_ts_code AS ts_code, indiv_d_open AS open, indiv_d_high AS high, indiv_d_low AS low, indiv_d_close AS close, indiv_d_pre_close AS pre_close, indiv_d_pct_chg AS pct_chg, indiv_d_vol AS vol, indiv_d_amount AS amount FROM read_csv({DuckDbSql.Literal(Path.Combine(folder, "*.SH_indiv_d.csv"))})"
        );
        await _shop.LoadRecordedAsync(
            "ods_fund_adj",
            $"SELECT strptime(indiv_adj_d_trade_date::VARCHAR, '%Y%m%d')::DATE AS trade_date, indiv_adj_d_ts_code AS ts_code, indiv_adj_d_adj_factor AS adj_factor FROM read_csv({DuckDbSql.Literal(Path.Combine(folder, "*_adj_d.csv"))})"
        );

        (await _shop.BuildAsync(Workshop.ShippedProject())).Failed.ShouldBeEmpty();

        (
            await _shop.RowsAsync(
                """
                SELECT count(*), count(*) FILTER (abs(close_hfq / before - 1 - daily_return) > 0.0005 / adj_factor + 0.0005 / factor + 0.0002), count(*) FILTER (factor <> adj_factor) > 0,
                    count(*) FILTER (NOT vwap BETWEEN low - 0.001 AND high + 0.001)
                FROM (SELECT *, lag(close_hfq) OVER w AS before, lag(adj_factor) OVER w AS factor FROM dwd.dwd_etf_daily WINDOW w AS (PARTITION BY symbol ORDER BY dt))
                """
            )
        ).ShouldBe(["1000|0|true|0"]);
    }

    /// <summary>
    /// 2025-04-03, the whole market. The vendor's continuous series (A.DCE) has the bar of a contract, which it chooses by
    /// volume: 80 of 82. Ours goes by open interest: it is the same one for 66, and where it is not, it has more (but
    /// for TL.CFX, whose series has a bar of no contract).
    /// </summary>
    [Fact]
    public async Task FuturesDaily_OfARecordedDay_HasTheDominantContractsOfTheVendor()
    {
        var futures =
            $"read_csv({DuckDbSql.Literal(Workshop.Recorded("cn_tushare_cross_sections", "2025-04-03", "fut_daily.csv"))})";
        await _shop.LoadRecordedAsync(
            "ods_fut_daily",
            $"SELECT * REPLACE (strptime(trade_date::VARCHAR, '%Y%m%d')::DATE AS trade_date) FROM {futures}"
        );

        (await _shop.BuildAsync(Workshop.ShippedProject())).Failed.ShouldBeEmpty();

        (
            await _shop.CatalogRowsAsync(
                $"""
                SELECT count(*), count(*) FILTER (series.settle = ours.settle AND series.oi = ours.open_interest_lots), count(*) FILTER (series.oi > ours.open_interest_lots)
                FROM {futures} AS series
                JOIN dwd.dwd_futures_daily AS ours ON ours.product = series.ts_code AND ours.is_dominant
                """
            )
        ).ShouldBe(["82|66|1"]);
        (
            await _shop.RowsAsync(
                "SELECT count(*) FILTER (symbol NOT SIMILAR TO '[A-Z]+[0-9]{3,4}[.][A-Z]+'), count(*) FILTER (exchange IS NULL) FROM dwd.dwd_futures_daily"
            )
        ).ShouldBe(["0|0"]);
    }

    [Fact]
    public async Task StockDaily_OfARecordedDay_ClosesWithinItsLimits()
    {
        foreach (var name in new[] { "daily", "daily_basic", "stk_limit" })
        {
            var file = Workshop.Recorded("cn_tushare_cross_sections", "2025-04-03", $"{name}.csv.gz");
            await _shop.LoadRecordedAsync(
                $"ods_{name}",
                $"SELECT * REPLACE (strptime(trade_date::VARCHAR, '%Y%m%d')::DATE AS trade_date) FROM read_csv({DuckDbSql.Literal(file)})"
            );
        }

        (await _shop.BuildAsync(Workshop.ShippedProject())).Failed.ShouldBeEmpty();

        (
            await _shop.RowsAsync(
                """
                SELECT count(*) > 5000, count(up_limit) > 5000, count(*) FILTER (close > up_limit OR close < down_limit),
                    count(*) FILTER (is_at_limit_up) > 10, count(*) FILTER (is_at_limit_down) > 10, count(*) FILTER (is_locked_at_limit AND high > low),
                    count(*) FILTER (is_at_limit_up AND change_ratio < 0.045), count(dividend_yield) > 3000
                FROM dwd.dwd_stock_daily
                """
            )
        ).ShouldBe(["true|true|0|true|true|0|0|true"]);
    }
}
