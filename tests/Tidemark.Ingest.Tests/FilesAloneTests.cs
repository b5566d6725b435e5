using Tidemark.Core.Runs;
using Tidemark.Ingest.Preflight;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Datasets of every shape, by YAML files alone: one by symbol, one by published period, one by announcements, and a
/// second one of a module, fetched from a vendor that has what was recorded until Wednesday 2024-06-12, 20:00.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class FilesAloneTests
{
    [Fact]
    public async Task Backfill_OfAFreshWorkspace_CommitsTheUnitsOfEveryShapeAndAgainNothing()
    {
        using var vendor = ShapedDatasets.Vendor();
        await using var rig = await ShapedDatasets.StartAsync(vendor);

        var first = await rig.BackfillAsync("2024-04-01", "2024-06-12");

        first.Run.Errors.ShouldBeEmpty();
        (await rig.DaysInLakeAsync("ods_moneyflow")).ShouldBe([
            "2024-04/600000.SH",
            "2024-04/600002.SH",
            "2024-05/600000.SH",
            "2024-05/600001.SH",
            "2024-06/600000.SH",
            "2024-06/600001.SH",
        ]);
        (await rig.DaysInLakeAsync("ods_cn_cpi")).ShouldBe(["2024-04"]);
        (await rig.DaysInLakeAsync("ods_repurchase")).ShouldBe(["2024-04", "2024-05", "2024-06"]);
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_moneyflow")).ShouldBe(
            await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily")
        );
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_moneyflow WHERE dt <> trade_date")).ShouldBe(0);
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_repurchase WHERE dt <> ann_date")).ShouldBe(0);
        (await rig.TextAsync("SELECT max(dt)::VARCHAR FROM ods.ods_cn_cpi")).ShouldBe("2024-04-30");
        (await rig.NumberAsync("SELECT sum(vol)::BIGINT FROM ods.ods_repurchase")).ShouldBe(300);

        // What was due and not there yet is told, and nothing else.
        first.Run.Open.ShouldBe(1);
        first.Verdict.ShouldBe(Verdict.Incomplete);
        (await rig.AttemptsAsync()).Keys.ShouldBe(["tushare.cn_cpi/2024-05"]);
        (await rig.StepsAsync(first.Run.Id)).ShouldContain(s =>
            s.StepId == "stock.moneyflow:tushare.moneyflow/2024-05/600001.SH:upsert"
        );

        var versions = await rig.VersionsAsync();
        var second = await rig.BackfillAsync("2024-04-01", "2024-06-12");

        (second.Run.Planned, second.Run.Committed, second.Run.Open).ShouldBe((1, 0, 1));
        (await rig.VersionsAsync()).ShouldBe(versions);
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_OfTheNextDay_AsksAgainForWhatIsNotOverAndForNothingElse()
    {
        using var vendor = ShapedDatasets.Vendor(events: "20240403");
        await using var rig = await ShapedDatasets.StartAsync(vendor);
        await rig.BackfillAsync("2024-04-01", "2024-06-12");
        (await rig.DaysInLakeAsync("ods_repurchase")).ShouldContain("2024-06", "nothing was announced so far");
        using var tomorrow = ShapedDatasets.Vendor("202403 202404 202405", "2024-06-13", "20240403 20240613");
        rig.Clock.Advance(TimeSpan.FromDays(1));
        await rig.ReopenAsync(tomorrow.Setup());

        var run = await rig.BackfillAsync("2024-04-01", "2024-06-13");

        run.Run.Errors.ShouldBeEmpty();
        run.Verdict.ShouldBe(Verdict.Done);
        run.Run.Work.Committed.Select(c => c.Unit.Id.ToString())
            .Where(u => !u.Contains("stock_basic", StringComparison.Ordinal))
            .ShouldBe(
                [
                    "tushare.cn_cpi/2024-05",
                    "tushare.bak_daily/2024-06-13",
                    "tushare.daily/2024-06-13",
                    "tushare.suspend_d/2024-06-13",
                    "tushare.moneyflow/2024-06/600000.SH",
                    "tushare.moneyflow/2024-06/600001.SH",
                    "tushare.repurchase/2024-06",
                ],
                ignoreOrder: true
            );
        run.Run.Counts.Deleted.ShouldBe(0);
        (await rig.NumberAsync("SELECT sum(vol)::BIGINT FROM ods.ods_repurchase")).ShouldBe(200);
        (await rig.TextAsync("SELECT max(trade_date)::VARCHAR FROM ods.ods_moneyflow")).ShouldBe("2024-06-13");
    }

    [Fact]
    public async Task Run_PlannedBeforeADayIsDueAndFetchedAfterIt_LeavesTheDayToTheNextRun()
    {
        using var vendor = ShapedDatasets.Vendor();
        await using var rig = await ShapedDatasets.StartAsync(vendor);
        await rig.BackfillAsync("2024-06-06", "2024-06-12", "stock_basic");
        rig.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromHours(1) - TimeSpan.FromSeconds(20)); // 13 June, 18:59:40
        using var slow = ShapedDatasets.Vendor(upTo: "2024-06-13");
        await rig.ReopenAsync(slow.Setup("- { api: moneyflow, when: { between: [2, 3] }, do: rate_limit }"));
        var early = await rig.BackfillAsync("2024-06-01", "2024-06-13", "moneyflow");
        early.Run.Errors.ShouldBeEmpty();
        rig.Clock.GetUtcNow().ShouldBeGreaterThan(new DateTimeOffset(2024, 6, 13, 19, 0, 0, TimeSpan.FromHours(8)));
        (await rig.TextAsync("SELECT max(trade_date)::VARCHAR FROM ods.ods_moneyflow")).ShouldBe("2024-06-12");

        await rig.BackfillAsync("2024-06-01", "2024-06-13", "moneyflow");

        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_moneyflow WHERE trade_date = '2024-06-13'")).ShouldBe(2);
        (await rig.BackfillAsync("2024-06-01", "2024-06-13", "moneyflow")).Run.Planned.ShouldBe(0);
    }

    [Fact]
    public async Task Run_Targets_HasOfADatasetBySymbolItsOwnSymbolsAlone()
    {
        using var vendor = ShapedDatasets.Vendor();
        await using var rig = await ShapedDatasets.StartAsync(vendor);

        var runs = await rig.RunBothAsync();

        string[] Of(int run) =>
            [
                .. runs.Runs[run]
                    .Work.Committed.Select(c => c.Unit.Id)
                    .Where(u => u.Dataset == "tushare.moneyflow")
                    .Select(u => u.Key)
                    .Order(StringComparer.Ordinal),
            ];
        Of(0).ShouldBe(["2024-06/600000.SH"]);
        Of(1).ShouldBe(["2024-06/600001.SH"]);
    }

    [Fact]
    public async Task Backfill_NoSymbolHasARowOfAMonth_IsNotBelievedAsOneIsThatLacksSome()
    {
        using var vendor = ShapedDatasets.Vendor(hasFlow: (symbol, day) => symbol == "600000.SH" && day.Month >= 5);
        await using var rig = await ShapedDatasets.StartAsync(vendor);

        var run = await rig.BackfillAsync("2024-04-01", "2024-06-12", "stock_basic", "moneyflow");

        run.Run.Errors.ShouldBeEmpty();
        run.Verdict.ShouldBe(Verdict.Incomplete);
        (await rig.AttemptsAsync()).Keys.ShouldBe(
            ["tushare.moneyflow/2024-04/600000.SH", "tushare.moneyflow/2024-04/600002.SH"],
            ignoreOrder: true
        );
        (await rig.DaysInLakeAsync("ods_moneyflow")).ShouldContain("2024-05/600001.SH");
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_moneyflow WHERE ts_code <> '600000.SH'")).ShouldBe(0);
    }

    [Fact]
    public async Task Refetch_OfASymbol_AsksADatasetBySymbolForItsUnitsAlone()
    {
        using var vendor = ShapedDatasets.Vendor();
        await using var rig = await ShapedDatasets.StartAsync(vendor);
        await rig.BackfillAsync("2024-05-01", "2024-06-12", "stock_basic", "moneyflow");

        var again = await rig.RefetchAsync(new RefetchRequest(["moneyflow"], null, null, ["600001.SH"], null));

        again
            .Run.Work.Committed.Select(c => c.Unit.Id.Key)
            .ShouldBe(["2024-05/600001.SH", "2024-06/600001.SH"], ignoreOrder: true);
        again.Rows.ShouldBe(new RowChanges(0, 0, 0, again.Run.Counts.Unchanged));
        again.Symbols.ShouldHaveSingleItem().Rows.Unchanged.ShouldBe(again.Run.Counts.Unchanged);
    }

    [Fact]
    public async Task Run_OneDatasetOfAModuleMayNotBeUsed_TheOtherRuns()
    {
        using var vendor = ShapedDatasets.Vendor();
        await using var rig = await ShapedDatasets.StartAsync(vendor, "- { api: bak_daily, do: no_permission }");

        var preflight = await rig.DriveAsync(
            rig.Get<PreflightOperation>().RunAsync(new PreflightRequest(Pool.Universe), CancellationToken.None)
        );
        var run = await rig.RunAsync();

        preflight
            .Probes.Where(p => p.ModuleId == "stock.market.daily")
            .Select(p => (p.DatasetId, p.Status))
            .ShouldBe([("tushare.bak_daily", ProbeRecord.Fail), ("tushare.daily", ProbeRecord.Pass)]);
        preflight.Issues.ShouldHaveSingleItem().Message.ShouldContain("`off: [tushare.bak_daily]`");
        run.Errors.ShouldAllBe(e => e.Code == "MODULE_LEFT_OUT" && e.Unit.Dataset == "tushare.bak_daily");
        run.Errors.Count.ShouldBe(IngestRig.Days.Length);
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(IngestRig.Days);
        var steps = await rig.StepsAsync(run.Id);
        steps
            .Where(s => s.StepId.StartsWith("stock.market.daily:tushare.daily/", StringComparison.Ordinal))
            .ShouldAllBe(s => s.Status == StepStatus.Success);
        steps
            .Where(s => s.StepId.StartsWith("stock.market.daily:tushare.bak_daily/", StringComparison.Ordinal))
            .ShouldAllBe(s => s.Status == StepStatus.Skipped);
    }

    [Fact]
    public async Task Run_ListThatCannotBeHad_SaysWhatTheSymbolsWaitForAndGoesOn()
    {
        using var vendor = ShapedDatasets.Vendor();
        await using var rig = await ShapedDatasets.StartAsync(vendor, "- { api: stock_basic, do: no_permission }");

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        run.Unreadable.ShouldHaveSingleItem().Dataset.ShouldBe("tushare.moneyflow");
        run.Unreadable[0].Reason.ShouldContain("`tidemark run --datasets tushare.stock_basic`");
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(IngestRig.Days);

        await rig.ReopenAsync(vendor.Setup());
        (await rig.RunAsync()).Unreadable.ShouldBeEmpty();
        (await rig.DaysInLakeAsync("ods_moneyflow")).ShouldBe(["2024-06/600000.SH", "2024-06/600001.SH"]);
    }
}
