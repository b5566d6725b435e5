using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Builds;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// What was made from days that are not there any more stays: whether retention dropped them, their table is gone, or
/// it was begun anew. Days that were taken back (<c>restore</c>) are another matter.
/// </summary>
public sealed class LostInputTests : IDisposable
{
    private const string Copy =
        "-- partition: dt\n-- key: code\nSELECT code, price, '${PARTITION_DATE}' AS dt FROM ods.ods_price_dt('${PARTITION_DATE}')";

    private const string Named =
        "-- partition: dt\n-- key: code\nSELECT p.code, p.price, l.name, '${PARTITION_DATE}' AS dt FROM ods.ods_price_dt('${PARTITION_DATE}') AS p "
        + "LEFT JOIN ods.ods_list_dt('${PARTITION_DATE}') AS l USING (code)";

    private const string Windowed =
        "-- partition: dt\n-- key: code\n-- window ods.ods_price: 2\n"
        + "SELECT code, sum(price) AS price, '${PARTITION_DATE}' AS dt FROM ods.ods_price GROUP BY 1";

    private static readonly DateOnly s_day3 = Workshop.Day2.AddDays(1);
    private static readonly TableId s_prices = Workshop.Sources[0].Id;
    private static readonly TableId s_copy = new("dwd", "dwd_copy");
    private readonly Workshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Build_RetentionDroppedDaysOfAnInput_KeepsWhatWasMadeFromThem(bool full)
    {
        var project = await BuiltAsync(Copy);
        await DropAsync(s_prices, Workshop.Day2);

        var result = await _shop.BuildAsync(project, new BuildRequest("run", [], Full: full));

        result.IsSuccess.ShouldBeTrue();
        result.Built.Select(b => b.Dt!.Value).ShouldBe(full ? [Workshop.Day2] : []);
        var kept = result.Kept.ShouldHaveSingleItem();
        (kept.Table, kept.Partitions, kept.From, kept.To).ShouldBe(("dwd.dwd_copy", 1, Workshop.Day1, Workshop.Day1));
        kept.Inputs.ShouldBe(["ods.ods_price"]);
        (await RowsAsync()).ShouldBe(["a|1|2022-06-01", "a|2|2022-06-02"]);
    }

    [Fact]
    public async Task Build_RetentionIsRememberedByACheckpoint_KeepsTheDays()
    {
        var project = await BuiltAsync(Copy);
        await DropAsync(s_prices, Workshop.Day2);
        var prices = _shop.Lake.Table(s_prices);
        await prices.CheckpointAsync(default);
        foreach (var entry in Directory.GetFiles(FolderOf(s_prices) + "/_delta_log", "*.json"))
        {
            // Of the newest alone a reader asks whether it is still there.
            if (!entry.EndsWith($"{(await prices.SnapshotAsync(default)).Version}.json", StringComparison.Ordinal))
            {
                File.Delete(entry);
            }
        }

        (await _shop.BuildAsync(project)).Kept.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Build_OneOfTwoInputsWasRetired_KeepsTheColumnsOfBoth()
    {
        await _shop.FillAsync(Workshop.Sources[1], Workshop.Day1, "code, name", "('a', 'Ant')");
        await _shop.FillAsync(Workshop.Sources[1], Workshop.Day2, "code, name", "('a', 'Ant')");
        var project = await BuiltAsync(Named);
        await DropAsync(Workshop.Sources[1].Id, Workshop.Day2);

        (await _shop.BuildAsync(project)).Kept.ShouldHaveSingleItem().Inputs.ShouldBe(["ods.ods_list"]);

        (await _shop.RowsAsync("SELECT name, dt::VARCHAR FROM dwd.dwd_copy ORDER BY dt")).ShouldBe([
            "Ant|2022-06-01",
            "Ant|2022-06-02",
        ]);
    }

    [Fact]
    public async Task Build_RetentionReachesIntoTheWindowOfADay_KeepsThatDay()
    {
        var project = await BuiltAsync(Windowed);
        await _shop.FillPricesAsync(s_day3, "('a', 4)");
        await _shop.BuildAsync(project);
        await DropAsync(s_prices, Workshop.Day2);

        var result = await _shop.BuildAsync(project);

        result.Built.ShouldBeEmpty();
        var kept = result.Kept.ShouldHaveSingleItem();
        (kept.From, kept.To).ShouldBe((Workshop.Day1, Workshop.Day2));
        (await RowsAsync()).ShouldBe(["a|1|2022-06-01", "a|3|2022-06-02", "a|6|2022-06-03"]);
    }

    [Fact]
    public async Task Build_DroppedDaysAreFetchedAgain_AreBuiltFromThese()
    {
        var project = await BuiltAsync(Copy);
        await DropAsync(s_prices, Workshop.Day2);
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 9)");

        var result = await _shop.BuildAsync(project);

        result.Kept.ShouldBeEmpty();
        (await RowsAsync()).ShouldBe(["a|9|2022-06-01", "a|2|2022-06-02"]);
    }

    [Fact]
    public async Task Build_DaysWereTakenBackByARestore_LoseWhatWasMadeFromThem()
    {
        var project = await BuiltAsync(Copy);
        await new TableRestore(_shop.Lake.Table(s_prices)).RestoreAsync(0, default);

        var result = await _shop.BuildAsync(project);

        result.Kept.ShouldBeEmpty();
        (await RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
    }

    [Fact]
    public async Task Build_DeclarationChangedAndInputsAreRetired_ReplacesNothingAndSaysWhatCanBeDone()
    {
        await BuiltAsync(Copy);
        await DropAsync(s_prices, Workshop.Day2);
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("price,", "price AS cost,", StringComparison.Ordinal));
        var changed = _shop.Load();

        var failed = (await _shop.BuildAsync(changed)).Failed.ShouldHaveSingleItem();

        failed.Code.ShouldBe("BUILD_INPUTS_RETIRED");
        failed.Error.ShouldContain("of 1 of them (2022-06-01 … 2022-06-01)");
        (await RowsAsync()).ShouldBe(["a|1|2022-06-01", "a|2|2022-06-02"]);

        await DropAsync(s_copy, Workshop.Day2); // as it advises
        (await _shop.BuildAsync(changed)).IsSuccess.ShouldBeTrue();
        (await _shop.RowsAsync("SELECT cost, dt::VARCHAR FROM dwd.dwd_copy")).ShouldBe(["2|2022-06-02"]);
    }

    [Fact]
    public async Task Build_KeptDayIsDamaged_FailsAndStaysInTheLog()
    {
        var project = await BuiltAsync(Copy);
        await DropAsync(s_prices, Workshop.Day2);
        File.Delete(Directory.GetFiles(FolderOf(s_copy) + "/dt=2022-06-01", "*.parquet").Single());

        var result = await _shop.BuildAsync(project);

        result.Failed.ShouldHaveSingleItem().Code.ShouldBe("BUILD_INPUTS_RETIRED");
        result.Kept.ShouldBeEmpty();
    }

    [Fact]
    public async Task Build_OwnRetentionDroppedDays_DoesNotMakeThemAgainUnlessItIsFull()
    {
        var project = await BuiltAsync(Copy);
        await DropAsync(s_copy, Workshop.Day2);

        var result = await _shop.BuildAsync(project);

        result.Built.ShouldBeEmpty();
        result.Skipped.ShouldContain(new SkippedTable("dwd.dwd_copy", 1, "dropped by retention"));
        (await RowsAsync()).ShouldBe(["a|2|2022-06-02"]);

        (await _shop.BuildAsync(project, new BuildRequest("run", [], Full: true))).Built.Count.ShouldBe(2);
        (await RowsAsync()).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/_delta_log")]
    [InlineData("/..")]
    public async Task Build_InputTableIsGone_ReplacesNothingAndGoesOnWithOthers(string what)
    {
        _shop.Write(
            "dwd/dwd_other.sql",
            "-- partition: dt\n-- key: code\nSELECT 'x' AS code, '${PARTITION_DATE}' AS dt FROM ods.ods_list_dt('${PARTITION_DATE}')"
        );
        _shop.Write("dws/dws_sum.sql", "-- partition: none\n-- key: n\nSELECT count(*) AS n FROM dwd.dwd_copy");
        var project = await BuiltAsync(Copy);
        await _shop.Lake.Table(s_copy).CheckpointAsync(default);
        Directory.Delete(Path.GetFullPath(FolderOf(s_prices) + what), recursive: true);
        await _shop.FillAsync(Workshop.Sources[1], Workshop.Day1, "code, name", "('a', 'Ant')");

        var result = await _shop.BuildAsync(project);

        var failed = result.Failed.ShouldHaveSingleItem();
        (failed.Table, failed.Code).ShouldBe(("dwd.dwd_copy", "TABLE_GONE"));
        failed.Error.ShouldContain("ods/ods_price/ held a table; now it is gone");
        result.LacksOnlyTables.ShouldBeTrue();
        result.Built.Select(b => b.Table).ShouldBe(["dwd.dwd_other"]);
        result.Blocked.Select(b => b.Table).ShouldBe(["dws.dws_sum"]);
        (await RowsAsync()).ShouldBe(["a|1|2022-06-01", "a|2|2022-06-02"]);
    }

    [Fact]
    public async Task Build_InputWasBegunAnewWithFewerDays_KeepsTheOthersAndGoesOn()
    {
        var project = await BuiltAsync(Copy);
        Directory.Delete(FolderOf(s_prices), recursive: true);
        await _shop.FillPricesAsync(Workshop.Day2, "('a', 5)");
        await _shop.FillPricesAsync(s_day3, "('a', 6)");

        var result = await _shop.BuildAsync(project);

        result.IsSuccess.ShouldBeTrue();
        result.Kept.ShouldHaveSingleItem().From.ShouldBe(Workshop.Day1);
        (await RowsAsync()).ShouldBe(["a|1|2022-06-01", "a|5|2022-06-02", "a|6|2022-06-03"]);
    }

    [Fact]
    public async Task Build_InputThatNeverWas_IsEmptyAsBefore()
    {
        var project = await BuiltAsync(Named);

        (await RowsAsync()).ShouldBe(["a|1|2022-06-01", "a|2|2022-06-02"]);

        await _shop.FillAsync(Workshop.Sources[1], Workshop.Day2, "code, name", "('a', 'Ant')");
        (await _shop.BuildAsync(project)).Built.Select(b => b.Dt).ShouldBe([Workshop.Day2]);
    }

    private async Task<WarehouseProject> BuiltAsync(string sql)
    {
        _shop.Write("dwd/dwd_copy.sql", sql);
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1)");
        await _shop.FillPricesAsync(Workshop.Day2, "('a', 2)");
        var project = _shop.Load();
        (await _shop.BuildAsync(project)).IsSuccess.ShouldBeTrue();
        return project;
    }

    /// <summary>Drops the days before one.</summary>
    private async Task DropAsync(TableId table, DateOnly first) =>
        (await Retention.DropAsync(_shop.Lake.Table(table), 0, first, apply: true, default)).Version.ShouldNotBeNull();

    private string FolderOf(TableId table) => _shop.Lake.Store.ReadablePath(table.Prefix).TrimEnd('/');

    private Task<List<string>> RowsAsync() =>
        _shop.RowsAsync("SELECT code, price, dt::VARCHAR FROM dwd.dwd_copy ORDER BY dt");
}
