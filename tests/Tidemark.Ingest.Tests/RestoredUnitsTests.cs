using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Planning;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Units of several days are judged by what the lake holds now, whatever was fetched once: a table that was restored is
/// healed by the next run, and by that run alone.
/// </summary>
public sealed class RestoredUnitsTests
{
    private static readonly string[] s_datasets = ["stock_basic", "moneyflow", "cn_cpi", "repurchase"];

    [Fact]
    public async Task Run_AfterARestore_FetchesWhatTheTablesLackAndNothingTwice()
    {
        using var vendor = ShapedDatasets.Vendor(cpi: "202403 202404", upTo: "2024-06-12", events: "20240403 20240611");
        await using var rig = await ShapedDatasets.StartAsync(vendor);
        await rig.BackfillAsync("2024-04-01", "2024-06-12", s_datasets);
        var versions = await VersionsAsync(rig);
        var tables = versions.Keys.ToArray();
        using var later = ShapedDatasets.Vendor(
            cpi: "202403 202404 202405",
            upTo: "2024-06-28",
            events: "20240403 20240611 20240627"
        );
        rig.Clock.Advance(TimeSpan.FromDays(20)); // 2 July: June is over
        await rig.ReopenAsync(later.Setup());
        (await rig.BackfillAsync("2024-04-01", "2024-06-28", s_datasets)).Run.Errors.ShouldBeEmpty();
        var whole = await RowsAsync(rig, tables);
        foreach (var (table, version) in versions)
        {
            var standing = rig.Lake.Table(new TableId("ods", table));
            await new TableRestore(standing).RestoreAsync(version, CancellationToken.None);
        }

        (await RowsAsync(rig, tables)).ShouldNotBe(whole);
        var healed = await rig.BackfillAsync("2024-04-01", "2024-06-28", s_datasets);

        healed
            .Run.Work.Committed.Select(c => c.Unit.Id.ToString())
            .ShouldBe(
                [
                    "tushare.cn_cpi/2024-05",
                    "tushare.moneyflow/2024-06/600000.SH",
                    "tushare.moneyflow/2024-06/600001.SH",
                    "tushare.repurchase/2024-06",
                ],
                ignoreOrder: true
            );
        (await RowsAsync(rig, tables)).ShouldBe(whole);
        (await rig.BackfillAsync("2024-04-01", "2024-06-28", s_datasets)).Run.Planned.ShouldBe(0);
    }

    [Fact]
    public async Task Run_AfterARestore_AsksAgainForAUnitWhoseAnswerWasAsBefore()
    {
        using var vendor = ShapedDatasets.Vendor(events: "20240403");
        await using var rig = await ShapedDatasets.StartAsync(vendor);
        await rig.BackfillAsync("2024-06-01", "2024-06-12", "repurchase");
        var before = (await rig.SnapshotAsync("ods_repurchase")).Version;
        rig.Clock.Advance(TimeSpan.FromDays(20));
        using var same = ShapedDatasets.Vendor(events: "20240403");
        await rig.ReopenAsync(same.Setup());
        (await rig.BackfillAsync("2024-06-01", "2024-06-28", "repurchase")).Run.Planned.ShouldBe(1);
        (await rig.BackfillAsync("2024-06-01", "2024-06-28", "repurchase")).Run.Planned.ShouldBe(0);

        var table = rig.Lake.Table(new TableId("ods", "ods_repurchase"));
        await new TableRestore(table).RestoreAsync(before, CancellationToken.None);

        (await rig.BackfillAsync("2024-06-01", "2024-06-28", "repurchase")).Run.Planned.ShouldBe(1);
        (await rig.BackfillAsync("2024-06-01", "2024-06-28", "repurchase")).Run.Planned.ShouldBe(0);
    }

    [Fact]
    public async Task Run_AfterRetention_DoesNotBringBackWhatItDropped()
    {
        using var vendor = ShapedDatasets.Vendor();
        await using var rig = await ShapedDatasets.StartAsync(vendor);
        await rig.BackfillAsync("2024-04-01", "2024-06-12", "stock_basic", "moneyflow");
        rig.PlanFrom = "2024-04-01";
        await rig.ReopenAsync(vendor.Setup());
        (await rig.RunAsync()).Work.Committed.ShouldNotContain(c => c.Unit.Dataset.Id == "tushare.moneyflow");
        var table = rig.Lake.Table(new TableId("ods", "ods_moneyflow"));
        await Retention.DropAsync(table, 40, new DateOnly(2024, 6, 12), apply: true, CancellationToken.None);
        (await rig.TextAsync("SELECT min(trade_date)::VARCHAR FROM ods.ods_moneyflow")).ShouldBe("2024-05-06");

        var run = await rig.RunAsync();

        run.Work.Committed.ShouldNotContain(c => c.Unit.Dataset.Id == "tushare.moneyflow");
        var named = await rig.BackfillAsync("2024-04-01", "2024-04-30", "moneyflow");
        named.Run.Planned.ShouldBe(2, "who names the days wants them");
    }

    [Fact]
    public async Task Run_AsOfAPastDay_AsksNoFurtherAndTheNextOneGoesOn()
    {
        using var vendor = ShapedDatasets.Vendor();
        await using var rig = await ShapedDatasets.StartAsync(vendor);
        await rig.BackfillAsync("2024-06-06", "2024-06-12", "stock_basic");
        var plan = rig.Get<WorkspacePlan>();
        RunRequest AsOf(string? day) =>
            rig.Request(rig.Host, Pool.Universe) with
            {
                Plan = plan.ForRun(
                    Pool.Universe,
                    ["moneyflow", "repurchase"],
                    day is null ? null : TradeDate.ParseIso(day)
                ),
            };

        var past = await rig.RunAsync(AsOf("2024-06-07"), progress: null);

        past.Errors.ShouldBeEmpty();
        past.Committed.ShouldBe(3);
        (await rig.TextAsync("SELECT max(trade_date)::VARCHAR FROM ods.ods_moneyflow")).ShouldBe("2024-06-07");
        (await rig.RunAsync(AsOf("2024-06-07"), progress: null)).Planned.ShouldBe(0);
        (await rig.RunAsync(AsOf(null), progress: null)).Committed.ShouldBe(3);
        (await rig.TextAsync("SELECT max(trade_date)::VARCHAR FROM ods.ods_moneyflow")).ShouldBe("2024-06-12");
        (await rig.RunAsync(AsOf("2024-06-07"), progress: null)).Planned.ShouldBe(0, "more is there");
        (await rig.RunAsync(AsOf(null), progress: null)).Planned.ShouldBe(0);
    }

    private static async Task<Dictionary<string, long>> VersionsAsync(IngestRig rig)
    {
        var versions = new Dictionary<string, long>();
        foreach (var table in new[] { "ods_moneyflow", "ods_cn_cpi", "ods_repurchase" })
        {
            versions[table] = (await rig.SnapshotAsync(table)).Version;
        }

        return versions;
    }

    private static async Task<long[]> RowsAsync(IngestRig rig, string[] tables)
    {
        var rows = new List<long>();
        foreach (var table in tables)
        {
            rows.Add(await rig.NumberAsync($"SELECT count(*) FROM ods.{table}"));
        }

        return [.. rows];
    }
}
