using Tidemark.Core.Columns;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// What recorded rows prove of the units that are declared (skipped on a machine without the recordings): the raw ones
/// prove them to the last row, the adjusted ones prove nothing else, and the days on which a vendor mixed two units up
/// are seen.
/// </summary>
public sealed class RecordedUnitsTests
{
    private const string Hist = "akshare.stock_zh_a_hist";

    private const string Chinese =
        "成交量::DOUBLE::BIGINT AS vol, 成交额::DOUBLE AS amount, 最低::DOUBLE AS low, 最高::DOUBLE AS high, 日期::DATE AS trade_date";

    [Theory]
    [InlineData("weekly")]
    [InlineData("monthly")]
    [InlineData("block_trade")]
    public void EveryRow_OfARecordedAnswer_ProvesTheDeclaredUnits(string api)
    {
        var rows = RecordedRows.Answer(api);

        var scale = Proved($"tushare.{api}", rows);

        scale.Traded.ShouldBe(rows.RowCount);
        scale.Declared.ShouldBe(rows.RowCount);
        scale.IsOther.ShouldBeFalse();
    }

    [Theory]
    [InlineData("tushare.daily", "cn_tushare_cross_sections/2025-04-03/daily.csv.gz", "", "", 5393)]
    [InlineData("tushare.fund_daily", "cn_tushare_multiseries/etf", "/*_indiv_d.csv", "indiv_d_", 1000)]
    public void EveryRow_OfADayOfStocksAndOfTwoYearsOfFunds_ProvesHandsAndThousands(
        string dataset,
        string path,
        string files,
        string prefix,
        int rows
    )
    {
        var file = RecordedRows.File(path) + files;

        var scale = Proved(
            dataset,
            RecordedRows.Query(
                dataset,
                $"SELECT {prefix}vol AS vol, {prefix}amount AS amount, {prefix}low AS low, {prefix}high AS high FROM '{file}'"
            )
        );

        (scale.Traded, scale.Declared, scale.OtherRows).ShouldBe((rows, rows, 0));
    }

    [Fact]
    public void QuarterInWhichShanghaiCameInSharesForTwoDays_ProvesBoth()
    {
        var file = RecordedRows.File("cn_akshare_hist/stock_zh_a_hist_2026-01_2026-03.parquet");
        ScaleCount Of(string where) =>
            Proved(Hist, RecordedRows.Query(Hist, $"SELECT {Chinese} FROM '{file}' {where} ORDER BY 日期"));

        // As one batch, and as the units are: a year of each symbol.
        var all = Of("");
        var shanghai = Of("WHERE file_code = '600151'");
        var shenzhen = Of("WHERE file_code = '000001'");

        (all.Other, all.OtherRows, all.FirstOther).ShouldBe((1, 845 + 844, new DateOnly(2026, 1, 27)));
        all.Declared.ShouldBe(all.Traded - all.OtherRows);
        (shanghai.OtherRows, shanghai.FirstOther, shanghai.IsOther).ShouldBe((2, new DateOnly(2026, 1, 27), true));
        (shenzhen.OtherRows, shenzhen.IsOther).ShouldBe((0, false));
        ScaleText.Of(RecordedRows.Shipped.Get(Hist), shanghai).ShouldBe("that vol counts share, not hand as declared");
    }

    [Theory]
    [InlineData("replay-cn/tushare/daily.parquet", "tushare.daily", "vol, amount, low, high", 18_307, true)]
    [InlineData("cn_akshare_hist/verbatim_em/600601.csv.gz", Hist, Chinese, 7_500, false)]
    public void AdjustedPrices_ProveNoOtherUnit(string path, string id, string columns, int unproved, bool proves)
    {
        var scale = Proved(id, RecordedRows.Query(id, $"SELECT {columns} FROM '{RecordedRows.File(path)}'"));

        (scale.Traded - scale.Declared - scale.OtherRows).ShouldBeGreaterThanOrEqualTo(unproved);
        scale.Proves.ShouldBe(proves);
        scale.IsOther.ShouldBeFalse();
    }

    private static ScaleCount Proved(string dataset, ColumnBatch rows) =>
        RecordedRows.Remarks(dataset, rows).Scale.ShouldNotBeNull();
}
