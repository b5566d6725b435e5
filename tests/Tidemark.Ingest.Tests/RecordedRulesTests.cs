using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// The shipped rules beside what vendors have really sent (skipped on a machine without the recordings): what sound
/// data breaks is no rule.
/// </summary>
public sealed class RecordedRulesTests
{
    private const string Sections = "cn_tushare_cross_sections";

    /// <summary>Datasets with rules of which an answer was recorded.</summary>
    public static TheoryData<string> Answered =>
        ["weekly", "monthly", "block_trade", "adj_factor", "daily_basic", "stk_limit", "index_daily", "index_weight"];

    [Theory]
    [MemberData(nameof(Answered))]
    public void RecordedAnswer_BreaksNoRule(string api)
    {
        var rows = RecordedRows.Answer(api);

        rows.RowCount.ShouldBePositive();
        RecordedRows.Shipped.Get($"tushare.{api}").Rules.ShouldNotBeEmpty();
        RecordedRows.Remarks($"tushare.{api}", rows).Broken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("tushare.daily", $"{Sections}/2025-04-03/daily.csv.gz", "", "*")]
    [InlineData("tushare.daily", "replay-cn/tushare/daily.parquet", "", "*")]
    [InlineData("tushare.daily_basic", $"{Sections}/2025-04-03/daily_basic.csv.gz", "", "*")]
    [InlineData("tushare.daily_basic", $"{Sections}/2019-10", "/daily_basic_*.csv.gz", "*")]
    [InlineData("tushare.stk_limit", $"{Sections}/2025-04-03/stk_limit.csv.gz", "", "*")]
    [InlineData("tushare.fut_daily", $"{Sections}/2025-04-03/fut_daily.csv", "", "*")]
    [InlineData("tushare.fx_daily", $"{Sections}/2025-04-03/fx_daily.csv", "", "*")]
    [InlineData("tushare.adj_factor", $"{Sections}/2020", "/adj_factor_*.csv.gz", "adj_factor_x AS adj_factor")]
    [InlineData("tushare.index_daily", "cn_tushare_multiseries/benchmark", "/*.csv", "*")]
    [InlineData("tushare.fund_daily", "cn_tushare_multiseries/etf", "/*_indiv_d.csv", Fund)]
    [InlineData(
        "tushare.fund_adj",
        "cn_tushare_multiseries/etf",
        "/*_adj_d.csv",
        "COLUMNS('.*adj_factor') AS adj_factor"
    )]
    [InlineData("akshare.stock_zh_a_hist", "cn_akshare_hist/stock_zh_a_hist_2026-01_2026-03.parquet", "", Bars)]
    [InlineData("akshare.stock_zh_a_hist", "replay-cn/aktools/stock_zh_a_hist.parquet", "", Bars)]
    public void RecordedRows_BreakNoRule(string dataset, string path, string files, string columns)
    {
        var rows = RecordedRows.Query(dataset, $"SELECT {columns} FROM '{RecordedRows.File(path)}{files}'");

        rows.RowCount.ShouldBePositive();
        foreach (var rule in RecordedRows.Shipped.Get(dataset).Rules)
        {
            rows[rule.Column].NullCount.ShouldBeLessThan(rows.RowCount, rule.Column);
        }

        RecordedRows.Remarks(dataset, rows).Broken.ShouldBeEmpty();
    }

    private const string Bars =
        "开盘::DOUBLE AS open, 收盘::DOUBLE AS close, 最低::DOUBLE AS low, 最高::DOUBLE AS high, 成交量::DOUBLE::BIGINT AS vol, 成交额::DOUBLE AS amount";

    private const string Fund =
        "indiv_d_open AS open, indiv_d_close AS close, indiv_d_low AS low, indiv_d_high AS high, indiv_d_vol AS vol, indiv_d_amount AS amount";
}
