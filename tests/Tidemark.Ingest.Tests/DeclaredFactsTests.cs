using Tidemark.Core.Errors;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// What a dataset's file says beside its call, through whole runs: that its rows have no key, that a column began on a
/// day, that it stands by or is retired.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class DeclaredFactsTests
{
    private const string Trades = """
        dataset: tushare.block_trade
        title: Block trades
        module: stock.block_trade
        bucket: stock
        api: block_trade
        table: ods_block_trade
        grain: trading_day
        calendar: XSHG
        available: { at: "19:00", grace: 30m }
        request: { params: { trade_date: "{dt}" }, row_cap: 1000 }
        date_column: trade_date
        key: none
        columns:
          ts_code: { type: text }
          trade_date: { type: date }
          vol: { type: double }
        """;

    private const string Header = "ts_code,trade_date,vol";

    [Fact]
    public async Task Run_OfRowsWithoutAKey_KeepsEqualOnesAndCountsThemAsTheyCame()
    {
        using var vendor = new RecordedVendor();
        vendor.Record("block_trade", Header, ["600000.SH,20240611,1", "600000.SH,20240611,1", "600001.SH,20240611,2"]);
        await using var rig = await StartAsync(vendor, Trades);

        var first = await rig.BackfillAsync("2024-06-11", "2024-06-11", "block_trade");
        var versions = await rig.VersionsAsync();
        var same = await rig.RefetchAsync(Again());
        (await rig.VersionsAsync()).ShouldBe(versions, "the same rows are no change");
        vendor.Record(
            "block_trade",
            Header,
            ["600001.SH,20240611,3", "600000.SH,20240611,1", "600000.SH,20240611,1", "600000.SH,20240611,1"]
        );
        await rig.ReopenAsync(vendor.Setup());
        await rig.RefetchAsync(Again());

        first.Run.Errors.ShouldBeEmpty();
        same.Run.Errors.ShouldBeEmpty();
        (
            await rig.TextAsync("SELECT string_agg(vol::INT::VARCHAR, ' ' ORDER BY vol) FROM ods.ods_block_trade")
        ).ShouldBe("1 1 1 3");
    }

    [Fact]
    public async Task Run_OfDaysBeforeAColumnBegan_HasNullsAndOfDaysSinceAnError()
    {
        using var vendor = new RecordedVendor();
        vendor.Record("block_trade", Header, ["600000.SH,20240607,1", "600000.SH,20240611,1"]);
        await using var rig = await StartAsync(vendor, Trades + "\n  ah_vol: { type: double, since: 2024-06-11 }");

        var before = await rig.BackfillAsync("2024-06-07", "2024-06-07", "block_trade");
        var since = await rig.BackfillAsync("2024-06-11", "2024-06-11", "block_trade");

        before.Run.Errors.ShouldBeEmpty();
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_block_trade WHERE ah_vol IS NULL")).ShouldBe(1);
        since.Run.Errors.ShouldHaveSingleItem().Code.ShouldBe("VENDOR_COLUMN_MISSING");
        (await rig.DaysInLakeAsync("ods_block_trade")).ShouldBe(["2024-06-07"]);
    }

    [Fact]
    public async Task Run_OfManyDaysOnBothSidesOfAColumnsBeginning_FetchesThemAll()
    {
        using var vendor = new RecordedVendor();
        vendor.Record("block_trade", Header + ",ah_vol", ["600000.SH,20240102,1,", "600000.SH,20240611,1,2"]);
        await using var rig = await StartAsync(
            vendor,
            Trades.Replace("key: none", "key: none\nempty_is_ordinary: true", StringComparison.Ordinal)
                + "\n  ah_vol: { type: double, since: 2024-03-01 }"
        );

        // More units than one commit takes: what held the rows of the first ones is used again for later ones.
        var all = await rig.BackfillAsync("2022-06-01", "2024-06-11", "block_trade");

        all.Run.Errors.ShouldBeEmpty();
        all.Run.Work.Committed.Count.ShouldBeGreaterThan(2 * new PipelineOptions().CommitUnits);
        (
            await rig.TextAsync(
                "SELECT string_agg(coalesce(ah_vol::INT::VARCHAR, 'null'), ' ' ORDER BY dt) FROM ods.ods_block_trade"
            )
        ).ShouldBe("null 2");
    }

    [Fact]
    public async Task Run_OfAMoment_KeepsItsRowsUnderItsDayInChina()
    {
        using var vendor = ShapedDatasets.Vendor();
        vendor.Record(
            "stk_mins",
            "ts_code,trade_time,vol",
            ["600000.SH,2024-06-11 00:30:00,1", "600000.SH,2024-06-11 15:00:00,2", "600000.SH,2024-06-12 09:30:00,3"]
        );
        await using var rig = await StartAsync(
            vendor,
            """
            dataset: tushare.stk_mins
            title: Bars of a minute
            module: stock.minutes
            bucket: stock
            api: stk_mins
            table: ods_stk_mins
            grain: symbol
            per: month
            part: { symbols_of: tushare.stock_basic }
            calendar: XSHG
            available: { at: "19:00", grace: 30m }
            request: { params: { ts_code: "{part}", start_date: "{from:yyyy-MM-dd} 00:00:00", end_date: "{to:yyyy-MM-dd} 23:59:59", freq: 1min }, row_cap: 8000 }
            date_column: day
            key: [ts_code, trade_time]
            columns:
              ts_code: { type: text }
              trade_time: { type: timestamp }
              vol: { type: double }
              day: { type: date, field: trade_time, nullable: false }
            """
        );

        var run = await rig.BackfillAsync("2024-06-01", "2024-06-12", "stock_basic", "stk_mins");

        run.Run.Errors.ShouldBeEmpty();
        (
            await rig.TextAsync(
                "SELECT string_agg(dt::VARCHAR || ' ' || trade_time::VARCHAR, ', ' ORDER BY vol) FROM ods.ods_stk_mins"
            )
        ).ShouldStartWith("2024-06-11 2024-06-10 16:30:00");
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_stk_mins WHERE dt = '2024-06-11' AND day = dt")).ShouldBe(
            2
        );
    }

    [Fact]
    public async Task Run_NamesNone_PlansNoneThatStandsByOrIsRetired()
    {
        using var vendor = new RecordedVendor();
        vendor.Record("block_trade", Header, ["600000.SH,20240611,1"]);
        await using var rig = await StartAsync(vendor, "standby: true\n" + Trades);

        (await rig.PlanAsync()).Units.ShouldNotContain(u => u.Dataset.Api == "block_trade");
        await rig.BackfillAsync("2024-06-11", "2024-06-11", "block_trade");
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_block_trade")).ShouldBe(1, "it was named");

        rig.Declare("tushare.block_trade", "retired: 2024-06-12\n" + Trades);
        await rig.ReopenAsync(vendor.Setup());
        (await rig.PlanAsync()).Units.ShouldNotContain(u => u.Dataset.Api == "block_trade");
        var named = await Should.ThrowAsync<TidemarkException>(() =>
            rig.BackfillAsync("2024-06-11", "2024-06-11", "block_trade")
        );
        named.Code.ShouldBe("DATASET_RETIRED");
        named.Message.ShouldContain("2024-06-12");
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_block_trade")).ShouldBe(1, "what is there can be read");
    }

    private static RefetchRequest Again() =>
        new(["block_trade"], new DateOnly(2024, 6, 11), new DateOnly(2024, 6, 11), [], null);

    private static async Task<IngestRig> StartAsync(RecordedVendor vendor, string yaml)
    {
        var rig = await IngestRig.StartAsync();
        var id = yaml.Split('\n').First(line => line.StartsWith("dataset: ", StringComparison.Ordinal))[9..].Trim();
        rig.Declare(id, yaml);
        await rig.ReopenAsync(vendor.Setup());
        return rig;
    }
}
