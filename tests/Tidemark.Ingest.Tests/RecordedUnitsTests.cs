using System.Globalization;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.DuckDb;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Testing;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// What recorded rows prove of the units that are declared (skipped on a machine without the recordings): the raw ones
/// prove them to the last row, the adjusted ones prove nothing else, and the day on which a vendor mixed two units up
/// is seen.
/// </summary>
public sealed class RecordedUnitsTests
{
    private const string Chinese =
        "成交量::DOUBLE::BIGINT AS vol, 成交额::DOUBLE AS amount, 最低::DOUBLE AS low, 最高::DOUBLE AS high, 日期::DATE AS trade_date";

    private static readonly DateOnly s_epoch = new(1970, 1, 1);

    private static readonly DatasetRegistry s_shipped = new DefinitionBundle(
        new DefinitionFolders(IngestRig.Definitions, Own: null),
        Switches.None
    ).Datasets;

    [Theory]
    [InlineData("weekly")]
    [InlineData("monthly")]
    [InlineData("block_trade")]
    public void EveryRow_OfARecordedAnswer_ProvesTheDeclaredUnits(string api)
    {
        var file = SourceTree.Shared("tushare_raw_responses", "responses", $"{api}.json");
        Assert.SkipWhen(file is null, $"no recorded answer of {api} on this machine");
        var dataset = s_shipped.Get($"tushare.{api}");
        var rows = new ColumnBatch([
            .. dataset.Columns.Select(c => c with { Optional = c.Optional || c.Since is not null }),
        ]);
        new TushareVendor().Decode(api, File.ReadAllBytes(file!), rows);

        var scale = Proved(dataset, rows);

        scale.Traded.ShouldBe(rows.RowCount);
        scale.Declared.ShouldBe(rows.RowCount);
        scale.IsOther.ShouldBeFalse();
    }

    [Fact]
    public void EveryTradedStockOfADay_ProvesHandsAndThousands()
    {
        var file = Recorded("cn_tushare_cross_sections", "2025-04-03", "daily.csv.gz");

        var scale = Proved(
            s_shipped.Get("tushare.daily"),
            Read("tushare.daily", $"SELECT vol, amount, low, high, NULL::DATE AS trade_date FROM '{file}'")
        );

        (scale.Traded, scale.Declared, scale.OtherRows).ShouldBe((5393, 5393, 0));
    }

    [Fact]
    public void EveryDayOfTwoFunds_ProvesHandsAndThousands()
    {
        var folder = Recorded("cn_tushare_multiseries", "etf");

        var scale = Proved(
            s_shipped.Get("tushare.fund_daily"),
            Read(
                "tushare.fund_daily",
                $"SELECT indiv_d_vol AS vol, indiv_d_amount AS amount, indiv_d_low AS low, indiv_d_high AS high, NULL::DATE AS trade_date FROM '{folder}/*_indiv_d.csv'"
            )
        );

        (scale.Traded, scale.Declared, scale.OtherRows).ShouldBe((1000, 1000, 0));
    }

    [Fact]
    public void MonthInWhichShanghaiCameInSharesForTwoDays_ProvesBoth()
    {
        var file = Recorded("cn_akshare_hist", "stock_zh_a_hist_2026-01_2026-03.parquet");
        var dataset = s_shipped.Get("akshare.stock_zh_a_hist");

        // As one batch, and as the units are: a year of each symbol.
        var all = Proved(dataset, Read(dataset.Id, $"SELECT {Chinese} FROM '{file}' ORDER BY 日期"));
        var one = Proved(dataset, Read(dataset.Id, Of("600151")));
        var other = Proved(dataset, Read(dataset.Id, Of("000001")));

        (all.Other, all.OtherRows, all.FirstOther).ShouldBe((1, 845 + 844, new DateOnly(2026, 1, 27)));
        all.Declared.ShouldBe(all.Traded - all.OtherRows);
        (one.OtherRows, one.FirstOther, one.IsOther).ShouldBe((2, new DateOnly(2026, 1, 27), true));
        (other.OtherRows, other.IsOther).ShouldBe((0, false));
        ScaleText.Of(dataset, one).ShouldBe("that vol counts share, not hand as declared");

        string Of(string code) => $"SELECT {Chinese} FROM '{file}' WHERE file_code = '{code}' ORDER BY 日期";
    }

    [Theory]
    [InlineData(
        "replay-cn/tushare/daily.parquet",
        "tushare.daily",
        "vol, amount, low, high, NULL::DATE AS trade_date",
        18_307,
        true
    )]
    [InlineData("cn_akshare_hist/verbatim_em/600601.csv.gz", "akshare.stock_zh_a_hist", Chinese, 7_500, false)]
    public void AdjustedPrices_ProveNoOtherUnit(string path, string id, string columns, int unproved, bool proves)
    {
        var file = Recorded(path.Split('/'));

        var scale = Proved(s_shipped.Get(id), Read(id, $"SELECT {columns} FROM '{file}'"));

        (scale.Traded - scale.Declared - scale.OtherRows).ShouldBeGreaterThanOrEqualTo(unproved);
        scale.Proves.ShouldBe(proves);
        scale.IsOther.ShouldBeFalse();
    }

    private static string Recorded(params string[] path)
    {
        var file = SourceTree.Shared(path);
        Assert.SkipWhen(file is null, $"no recording {string.Join('/', path)} on this machine");
        return file!;
    }

    private static ScaleCount Proved(DatasetDefinition dataset, ColumnBatch rows) =>
        UnitRemarks.Of(dataset, new UnitId(dataset.Id, new DateOnly(2026, 1, 5)), rows).Scale.ShouldNotBeNull();

    /// <summary>The rows of a query with the five columns that prove units, as an answer would have brought them.</summary>
    private static ColumnBatch Read(string id, string sql)
    {
        var rows = new ColumnBatch(s_shipped.Get(id).Columns);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var result = connection.Query($"SELECT vol, amount, low, high, trade_date FROM ({sql})");
        string[] names = ["vol", "amount", "low", "high", "trade_date"];
        foreach (var row in result.Rows())
        {
            foreach (var (definition, column) in rows.Definitions.Zip(rows.Columns))
            {
                Append(column, Array.IndexOf(names, definition.Name) is var at and >= 0 ? row[at] : null);
            }
        }

        return rows;
    }

    private static void Append(Column column, object? value)
    {
        switch (column)
        {
            case ValueColumn<double> doubles when value is not null:
                doubles.Append(Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case ValueColumn<long> longs when value is not null:
                longs.Append(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ValueColumn<int> days when value is DateOnly day:
                days.Append(day.DayNumber - s_epoch.DayNumber);
                break;
            default:
                column.AppendNull();
                break;
        }
    }
}
