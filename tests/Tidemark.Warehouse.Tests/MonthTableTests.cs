using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Builds;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Tests;

/// <summary>Days are built by themselves, wherever several of them share a file.</summary>
public sealed class MonthTableTests : IDisposable
{
    private const string Copy =
        "-- partition: month\n-- key: code\nSELECT code, price, dt FROM ods.ods_price_dt('${PARTITION_DATE}')";

    private const string Sum =
        "-- partition: dt\n-- key: n\nSELECT count(*) AS n, sum(price) AS total FROM dwd.dwd_copy_dt('${PARTITION_DATE}')";

    private static readonly TableDefinition s_prices = Workshop.Sources[0] with
    {
        Partitioning = TablePartitioning.Month,
    };

    private readonly Workshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Build_FromAndToMonths_BuildsDays()
    {
        await SampleAsync();

        var result = await BuildAsync();

        Days(result).ShouldBe(["dwd.dwd_copy|01|2", "dwd.dwd_copy|02|1", "dws.dws_sum|01|1", "dws.dws_sum|02|1"]);
        (await _shop.RowsAsync("SELECT code, price, dt, month FROM dwd.dwd_copy ORDER BY ALL")).ShouldBe([
            "a|1|2022-06-01|2022-06",
            "a|3|2022-06-02|2022-06",
            "b|2|2022-06-01|2022-06",
        ]);
        (await _shop.RowsAsync("SELECT total, dt FROM dws.dws_sum ORDER BY dt")).ShouldBe([
            "3|2022-06-01",
            "3|2022-06-02",
        ]);
        (await BuildAsync()).Built.ShouldBeEmpty();
    }

    [Fact]
    public async Task Build_AfterCompaction_IsUpToDate()
    {
        await SampleAsync();
        await BuildAsync();

        (await CompactAsync("ods.ods_price")).ShouldBe((2, 1));
        (await CompactAsync("dwd.dwd_copy")).ShouldBe((2, 1));

        (await BuildAsync()).Built.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Build_OneDayOfAMergedMonthRepaired_RebuildsThatDayAlone(bool compactBetween)
    {
        await SampleAsync();
        await BuildAsync();
        await CompactAsync("ods.ods_price");
        await CompactAsync("dwd.dwd_copy");
        await _shop.FillAsync(s_prices, Workshop.Day2, "code, price", "('a', 30), ('c', 5)");
        if (compactBetween)
        {
            await CompactAsync("ods.ods_price");
        }

        Days(await BuildAsync()).ShouldBe(["dwd.dwd_copy|02|2", "dws.dws_sum|02|1"]);

        (await _shop.RowsAsync("SELECT total, dt FROM dws.dws_sum ORDER BY dt")).ShouldBe([
            "3|2022-06-01",
            "35|2022-06-02",
        ]);
        (await _shop.RowsAsync("SELECT dt, count(*) FROM dwd.dwd_copy GROUP BY dt ORDER BY dt")).ShouldBe([
            "2022-06-01|2",
            "2022-06-02|2",
        ]);
    }

    [Fact]
    public async Task Build_FullFromAMergedMonth_MakesEachDayFromItsOwnRows()
    {
        await SampleAsync();
        await CompactAsync("ods.ods_price");

        // One batch of both days, which share a file.
        var result = await _shop.BuildAsync(Load(), new BuildRequest("run", [], Full: true));

        Days(result).ShouldBe(["dwd.dwd_copy|01|2", "dwd.dwd_copy|02|1", "dws.dws_sum|01|1", "dws.dws_sum|02|1"]);
    }

    [Fact]
    public async Task Build_ADayThatLeftItsInput_IsEmptiedAndOthersStay()
    {
        await SampleAsync();
        await BuildAsync();
        await CompactAsync("dwd.dwd_copy");
        await new TableRestore(_shop.Lake.Table(s_prices.Id)).RestoreAsync(0, default);

        Days(await BuildAsync()).ShouldBe(["dwd.dwd_copy|02|0", "dws.dws_sum|02|1"]);

        (await _shop.RowsAsync("SELECT DISTINCT dt FROM dwd.dwd_copy")).ShouldBe(["2022-06-01"]);
    }

    [Fact]
    public async Task Build_DeclaredInAnotherWayThanItStands_IsDividedAnew()
    {
        await SampleAsync();
        await BuildAsync();

        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("month", "dt", StringComparison.Ordinal));
        var result = await BuildAsync();

        Days(result).ShouldContain("dwd.dwd_copy|01|2");
        var table = await _shop.Lake.Table(new TableId("dwd", "dwd_copy")).SnapshotAsync(default);
        table.Partitioning.ShouldBe(TablePartitioning.Day);
        table.Files.Keys.ShouldAllBe(f => f.StartsWith("dt=", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_AQueryThatGivesTheMonth_SaysToLeaveItOut()
    {
        _shop.Write(
            "dwd/dwd_copy.sql",
            "-- partition: month\n-- key: code\nSELECT * FROM ods.ods_price_dt('${PARTITION_DATE}')"
        );
        Should.Throw<TidemarkException>(Load).Message.ShouldContain("EXCLUDE (month)");

        _shop.Write(
            "dwd/dwd_copy.sql",
            "-- partition: month\n-- key: code\nSELECT * EXCLUDE (month) FROM ods.ods_price_dt('${PARTITION_DATE}')"
        );
        Load().Tables.Single().Definition.AllColumns.Select(c => c.Name).ShouldBe(["code", "price", "dt", "month"]);
    }

    private static IEnumerable<string> Days(BuildResult result)
    {
        result.Failed.ShouldBeEmpty();
        return result.Built.Select(b => $"{b.Table}|{b.Dt:dd}|{b.Rows}");
    }

    private async Task SampleAsync()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        _shop.Write("dws/dws_sum.sql", Sum);
        await _shop.FillAsync(s_prices, Workshop.Day1, "code, price", "('a', 1), ('b', 2)");
        await _shop.FillAsync(s_prices, Workshop.Day2, "code, price", "('a', 3)");
    }

    private WarehouseProject Load() => WarehouseProject.Load(_shop.Sql, new Dictionary<string, string>(), [s_prices]);

    private Task<BuildResult> BuildAsync() => _shop.BuildAsync(Load());

    private async Task<(int Before, int After)> CompactAsync(string table)
    {
        var compactor = new TableCompactor(_shop.Lake, _shop.Engine, TimeProvider.System, new SystemIdSource());
        var done = await compactor.CompactAsync(TableId.Parse(table), new CompactOptions(), null, default);
        return (done.FilesBefore, done.FilesAfter);
    }
}
