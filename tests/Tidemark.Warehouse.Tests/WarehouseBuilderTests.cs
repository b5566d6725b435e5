using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Warehouse.Tests;

public sealed class WarehouseBuilderTests : IDisposable
{
    private const string Copy =
        "-- partition: dt\n-- key: code\nSELECT code, price, '${PARTITION_DATE}' AS dt FROM ods.ods_price_dt('${PARTITION_DATE}')";

    private const string Sum =
        "-- partition: dt\n-- key: n\nSELECT count(*) AS n, sum(price) AS total FROM dwd.dwd_copy_dt('${PARTITION_DATE}')";

    private readonly Workshop _shop = new();

    [Fact]
    public async Task Build_FirstTime_BuildsEveryDayInOneCommitWithInputs()
    {
        await SampleAsync();

        var result = await _shop.BuildAsync(_shop.Load());

        result.IsSuccess.ShouldBeTrue();
        result
            .Built.Select(b => $"{b.Table}|{b.Dt:yyyy-MM-dd}|{b.Rows}|{b.Version}")
            .ShouldBe([
                "dwd.dwd_copy|2022-06-01|2|0",
                "dwd.dwd_copy|2022-06-02|1|0",
                "dws.dws_sum|2022-06-01|1|0",
                "dws.dws_sum|2022-06-02|1|0",
            ]);
        (await _shop.RowsAsync("SELECT code, price, dt FROM dwd.dwd_copy ORDER BY ALL")).ShouldBe([
            "a|1|2022-06-01",
            "a|3|2022-06-02",
            "b|2|2022-06-01",
        ]);
        var snapshot = await _shop.Lake.Table(new TableId("dws", "dws_sum")).SnapshotAsync(default);
        snapshot.Commit!.Inputs!.ShouldBe([new KeyValuePair<string, long>("dwd.dwd_copy", 0)]);
        snapshot.Units.ShouldBe(["dws.dws_sum/2022-06-01", "dws.dws_sum/2022-06-02"], ignoreOrder: true);
        snapshot.Columns.Select(c => c.Name).ShouldBe(["n", "total", "dt"]);
    }

    [Fact]
    public async Task Build_Again_SkipsEverything()
    {
        await SampleAsync();
        await _shop.BuildAsync(_shop.Load());

        var again = await _shop.BuildAsync(_shop.Load());

        again.Built.ShouldBeEmpty();
        again.Skipped.ShouldBe([
            new SkippedTable("dwd.dwd_copy", 2, "up to date"),
            new SkippedTable("dws.dws_sum", 2, "up to date"),
        ]);
    }

    [Fact]
    public async Task Build_OneInputPartitionRepaired_RebuildsExactlyWhatDependsOnIt()
    {
        await SampleAsync();
        await _shop.BuildAsync(_shop.Load());
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 10)");

        var result = await _shop.BuildAsync(_shop.Load());

        result.Built.Select(b => $"{b.Table}|{b.Dt:dd}|{b.Rows}").ShouldBe(["dwd.dwd_copy|01|1", "dws.dws_sum|01|1"]);
        (await _shop.RowsAsync("SELECT total, dt FROM dws.dws_sum ORDER BY dt")).ShouldBe([
            "10|2022-06-01",
            "3|2022-06-02",
        ]);
        var commit = (await _shop.Lake.Table(new TableId("dwd", "dwd_copy")).SnapshotAsync(default)).Commit!;
        commit.ShrinkReason.ShouldNotBeNull();
        commit.Inputs!["ods.ods_price"].ShouldBe(2);
    }

    [Fact]
    public async Task Build_InputsChangedButResultNot_IsUpToDateAfterwardsAndLeavesDependentsAlone()
    {
        _shop.Write("dwd/dwd_codes.sql", Copy.Replace(", price", ""));
        _shop.Write(
            "dws/dws_n.sql",
            "-- partition: dt\n-- key: n\nSELECT count(*) AS n FROM dwd.dwd_codes_dt('${PARTITION_DATE}')"
        );
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1)");
        await _shop.BuildAsync(_shop.Load());
        var table = _shop.Lake.Table(new TableId("dwd", "dwd_codes"));
        var before = (await table.SnapshotAsync(default)).Files.Keys.ToArray();
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 2)");

        var first = await _shop.BuildAsync(_shop.Load());
        var second = await _shop.BuildAsync(_shop.Load());

        first.Built.Select(b => b.Table).ShouldBe(["dwd.dwd_codes"]);
        second.Built.ShouldBeEmpty();
        var after = await _shop.Lake.Table(new TableId("dwd", "dwd_codes")).SnapshotAsync(default);
        after.Files.Keys.ShouldBe(before);
        after.Version.ShouldBe(1);
    }

    [Fact]
    public async Task Build_DayThatBecomesEmpty_StaysUpToDate()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1)");
        await _shop.BuildAsync(_shop.Load());
        await _shop.FillAsync(Workshop.Sources[0], Workshop.Day1, "SELECT 'a' AS code WHERE false");

        var emptied = await _shop.BuildAsync(_shop.Load());
        var again = await _shop.BuildAsync(_shop.Load());

        emptied.Built.Single().Rows.ShouldBe(0);
        again.Built.ShouldBeEmpty();
        (await _shop.BuildAsync(_shop.Load(), new BuildRequest("run", [], Full: true))).Built.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Build_SqlChanged_RebuildsTheTable()
    {
        await SampleAsync();
        await _shop.BuildAsync(_shop.Load());
        _shop.Write("dws/dws_sum.sql", Sum.Replace("sum(price)", "max(price)"));

        var result = await _shop.BuildAsync(_shop.Load());

        result.Built.Select(b => b.Table).Distinct().ShouldBe(["dws.dws_sum"]);
        (await _shop.RowsAsync("SELECT total FROM dws.dws_sum ORDER BY dt")).ShouldBe(["2", "3"]);
    }

    [Fact]
    public async Task Build_WholeInputChanged_RebuildsEveryDay()
    {
        _shop.Write(
            "dwd/dwd_copy.sql",
            "-- partition: dt\n-- key: code\nSELECT p.code, l.name FROM ods.ods_price_dt('${PARTITION_DATE}') p LEFT JOIN ods.ods_list l USING (code)"
        );
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1)");
        await _shop.FillPricesAsync(Workshop.Day2, "('a', 1)");
        (await _shop.BuildAsync(_shop.Load())).Built.Count.ShouldBe(2);
        await _shop.FillAsync(Workshop.Sources[1], Workshop.Day1, "code, name", "('a', '甲')");

        var result = await _shop.BuildAsync(_shop.Load());

        result.Built.Count.ShouldBe(2);
        (await _shop.RowsAsync("SELECT name FROM dwd.dwd_copy")).ShouldBe(["甲", "甲"]);
    }

    [Fact]
    public async Task Build_Filter_NeverTouchesOtherTables()
    {
        await SampleAsync();

        var result = await _shop.BuildAsync(_shop.Load(), "dws_sum");

        result.Built.ShouldBeEmpty();
        result.Skipped.Single().ShouldBe(new SkippedTable("dws.dws_sum", 0, "no input yet"));
        (await _shop.Lake.TablesAsync(default)).Select(t => t.Id.Name).ShouldBe(["ods_price"]);
        (await _shop.BuildAsync(_shop.Load(), "dwd")).Built.Count.ShouldBe(2);
        (await _shop.BuildAsync(_shop.Load(), "dws.dws_sum")).Built.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Build_UnknownTargetOrEmptyRange_SaysSo()
    {
        await SampleAsync();
        var project = _shop.Load();

        (
            await Should.ThrowAsync<TidemarkException>(() => _shop.BuildAsync(project, "dwd.dwd_cpoy"))
        ).Message.ShouldEndWith("; did you mean 'dwd.dwd_copy'? Nothing was built.");
        var range = new BuildRequest("run", [], Workshop.Day2, Workshop.Day1);
        (await Should.ThrowAsync<TidemarkException>(() => _shop.BuildAsync(project, range))).Code.ShouldBe(
            "BUILD_RANGE_EMPTY"
        );
    }

    [Fact]
    public async Task Build_Range_LeavesOtherDays()
    {
        await SampleAsync();

        var result = await _shop.BuildAsync(
            _shop.Load(),
            new BuildRequest("run", ["dwd"], Workshop.Day2, Workshop.Day2)
        );

        result.Built.Single().Dt.ShouldBe(Workshop.Day2);
    }

    [Fact]
    public async Task Build_DuplicateKey_PublishesTheOtherDaysAndBlocksDependents()
    {
        _shop.Write("dim/dim_list.sql", "-- partition: none\n-- key: code\nSELECT code FROM ods.ods_price");
        _shop.Write("dwd/dwd_copy.sql", Copy);
        _shop.Write("dws/dws_sum.sql", Sum);
        _shop.Write("dws/dws_alone.sql", "-- partition: none\n-- key: n\nSELECT count(*) AS n FROM ods.ods_price");
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1), ('a', 2), ('b', 3)");
        await _shop.FillPricesAsync(Workshop.Day2, "('c', 1)");

        var result = await _shop.BuildAsync(_shop.Load());

        result
            .Failed.Select(f => $"{f.Table}|{f.Dt:yyyy-MM-dd}|{f.Code}")
            .ShouldBe(["dim.dim_list||BUILD_KEY", "dwd.dwd_copy|2022-06-01|BUILD_KEY"]);
        result.Failed[1].Error.ShouldContain("dwd.dwd_copy, dt 2022-06-01: 1 keys");
        result.Failed[1].Error.ShouldContain("(code = a) in 2 rows");
        result.Blocked.ShouldBe([new BlockedTable("dws.dws_sum", "dwd.dwd_copy failed or was blocked")]);
        result
            .Built.Select(b => $"{b.Table}|{b.Dt:yyyy-MM-dd}")
            .ShouldBe(["dwd.dwd_copy|2022-06-02", "dws.dws_alone|"]);
        (await _shop.Lake.TablesAsync(default)).Select(t => t.Id.Name).ShouldNotContain("dim_list");
    }

    [Fact]
    public async Task Build_NullKey_IsRefused()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("SELECT code", "SELECT nullif(code, 'a') AS code"));
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1)");

        (await _shop.BuildAsync(_shop.Load())).Failed.Single().Error.ShouldContain("code = null");
    }

    [Fact]
    public async Task Build_SqlThatFailsOnItsRows_NamesTableDayAndCause()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("price,", "CAST(code AS BIGINT) AS price,"));
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1)");
        await _shop.FillPricesAsync(Workshop.Day2, "('7', 1)");

        var result = await _shop.BuildAsync(_shop.Load());

        result.Failed.Single().Error.ShouldContain("dwd.dwd_copy, dt 2022-06-01");
        result.Failed.Single().Error.ShouldContain("Could not convert string 'a'");
        result.Built.Single().Dt.ShouldBe(Workshop.Day2);
    }

    [Fact]
    public async Task Build_DtOfAnotherDay_IsRefused()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("'${PARTITION_DATE}' AS dt", "dt + 1 AS dt"));
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1)");

        (await _shop.BuildAsync(_shop.Load())).Failed.Single().Error.ShouldContain("the column dt is 2022-06-02");
    }

    [Fact]
    public async Task Build_ColumnAdded_IsAddedToWhatStands()
    {
        await SampleAsync();
        await _shop.BuildAsync(_shop.Load(), "dwd");
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("price,", "price, CAST(NULL AS VARCHAR) AS note,"));
        (await _shop.BuildAsync(_shop.Load(), "dwd")).IsSuccess.ShouldBeTrue();
        (await _shop.RowsAsync("SELECT code, note FROM dwd.dwd_copy WHERE dt = '2022-06-02'")).ShouldBe(["a|null"]);
    }

    [Fact]
    public async Task Build_ManyDays_CommitsInBoundedBatches()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        for (var i = 0; i < 5; i++)
        {
            await _shop.FillPricesAsync(Workshop.Day1.AddDays(i), "('a', 1)");
        }

        var reported = new List<BuildProgress>();
        var builder = new WarehouseBuilder(_shop.Lake, TimeProvider.System, new BuildLimits(UnitsMax: 2));
        var result = await builder.BuildAsync(
            _shop.Load(),
            new BuildRequest("run", []),
            new Collector(reported),
            default
        );

        result.Built.Select(b => b.Version).ShouldBe([0, 0, 1, 1, 2]);
        reported[^1].ShouldBe(new BuildProgress("dwd.dwd_copy", 5, 5, 5));
    }

    [Fact]
    public async Task Build_SiblingWhoseNameBeginsAlike_IsNotTouched()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        _shop.Write("dwd/dwd_copy_full.sql", Copy);
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1)");
        await _shop.BuildAsync(_shop.Load(), "dwd_copy_full");

        await _shop.BuildAsync(_shop.Load(), new BuildRequest("run", ["dwd_copy"], Full: true));

        (await _shop.RowsAsync("SELECT count(*) FROM dwd.dwd_copy_full")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task Build_Canceled_Stops()
    {
        await SampleAsync();
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            _shop.Builder.BuildAsync(_shop.Load(), new BuildRequest("run", []), null, source.Token)
        );
    }

    public void Dispose() => _shop.Dispose();

    private async Task SampleAsync()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        _shop.Write("dws/dws_sum.sql", Sum);
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1), ('b', 2)");
        await _shop.FillPricesAsync(Workshop.Day2, "('a', 3)");
    }

    private sealed class Collector(List<BuildProgress> reports) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => reports.Add(value);
    }
}
