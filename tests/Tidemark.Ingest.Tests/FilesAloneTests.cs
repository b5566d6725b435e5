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
public sealed class FilesAloneTests
{
    private const string BySymbol = """
        dataset: tushare.moneyflow
        title: Money flow of a stock
        module: stock.moneyflow
        bucket: stock
        api: moneyflow
        table: ods_moneyflow
        partition: month
        grain: symbol
        per: month
        part: { symbols_of: tushare.stock_basic, sample: 600000.SH }
        calendar: XSHG
        available: { at: "19:00", grace: 30m }
        request:
          params: { ts_code: "{part}", start_date: "{from}", end_date: "{to}" }
          row_cap: 6
          rows_a_day: 1
        date_column: trade_date
        key: [ts_code, trade_date]
        columns:
          ts_code: { type: text }
          trade_date: { type: date }
          net_mf_amount: { type: double, unit: 10 thousand CNY }
        """;

    private const string ByPeriod = """
        dataset: tushare.cn_cpi
        title: Consumer prices
        module: macro.prices
        bucket: macro
        api: cn_cpi
        table: ods_cn_cpi
        grain: period
        per: month
        calendar: XSHG
        available: { at: "09:30", days_later: 10, grace: 72h }
        request: { params: { month: "{from:yyyyMM}" }, row_cap: 5000 }
        period_column: month
        key: [month]
        columns:
          month: { type: text }
          nt_yoy: { type: double, unit: "%" }
        """;

    private const string ByEvent = """
        dataset: tushare.repurchase
        title: Share repurchases
        module: stock.repurchase
        bucket: stock
        api: repurchase
        table: ods_repurchase
        partition: month
        grain: events
        per: month
        calendar: XSHG
        available: { at: "19:00", grace: 30m }
        request: { params: { start_date: "{from}", end_date: "{to}" }, row_cap: 2000 }
        date_column: ann_date
        empty_is_ordinary: true
        key: [ts_code, ann_date]
        columns:
          ts_code: { type: text }
          ann_date: { type: date }
          vol: { type: double, unit: share }
        """;

    private const string OfTheSameModule = """
        dataset: tushare.bak_daily
        title: Bars from the second source
        module: stock.market.daily
        bucket: stock
        api: bak_daily
        table: ods_bak_daily
        grain: trading_day
        calendar: XSHG
        available: { at: "17:00", grace: 2h }
        request: { params: { trade_date: "{dt}" }, row_cap: 7000 }
        date_column: trade_date
        key: [ts_code, trade_date]
        columns:
          ts_code: { type: text }
          trade_date: { type: date }
          close: { type: double, unit: CNY }
        """;

    private const string Bar = "open,high,low,close,pre_close,change,pct_chg,vol,amount";

    private static RecordedVendor Vendor(
        string cpi = "202403 202404",
        string upTo = "2024-06-12",
        string events = "20240403 20240430 20240611",
        Func<string, DateOnly, bool>? hasFlow = null
    )
    {
        var vendor = new RecordedVendor();
        vendor.Record(
            "stock_basic",
            "ts_code,symbol,name,area,industry,market,list_status,list_date,delist_date,act_name,act_ent_type",
            [
                "600000.SH,600000,甲,上海,银行,主板,L,19991110,,,",
                "600001.SH,600001,乙,上海,银行,主板,L,20240520,,,",
                "600002.SH,600002,丙,上海,银行,主板,D,19991110,20240410,,",
            ]
        );
        vendor.RecordByDay(
            "daily",
            Bar,
            "2024-04-01",
            upTo,
            (s, day) => IsListed(s, day) ? "1,1,1,1,1,0,0,10,1" : null
        );
        vendor.RecordByDay("bak_daily", "close", "2024-04-01", upTo, (s, day) => IsListed(s, day) ? "1.5" : null);
        vendor.RecordByDay(
            "moneyflow",
            "net_mf_amount",
            "2024-04-01",
            upTo,
            (s, day) => (hasFlow ?? IsListed)(s, day) ? $"{day.Day}.5" : null
        );
        vendor.Record("cn_cpi", "month,nt_yoy", cpi.Split(' ').Select(m => $"{m},0.3"));
        vendor.Record("repurchase", "ts_code,ann_date,vol", events.Split(' ').Select(day => $"600000.SH,{day},100"));
        return vendor;
    }

    private static bool IsListed(string symbol, DateOnly day) =>
        symbol switch
        {
            "600001.SH" => day >= new DateOnly(2024, 5, 20),
            "600002.SH" => day < new DateOnly(2024, 4, 10),
            _ => true,
        };

    private static async Task<IngestRig> StartAsync(RecordedVendor vendor, string faults = "")
    {
        var rig = await IngestRig.StartAsync();
        rig.Declare("tushare.moneyflow", BySymbol);
        rig.Declare("tushare.cn_cpi", ByPeriod);
        rig.Declare("tushare.repurchase", ByEvent);
        rig.Declare("tushare.bak_daily", OfTheSameModule);
        await rig.ReopenAsync(vendor.Setup(faults));
        return rig;
    }

    [Fact]
    public async Task Backfill_OfAFreshWorkspace_CommitsTheUnitsOfEveryShapeAndAgainNothing()
    {
        using var vendor = Vendor();
        await using var rig = await StartAsync(vendor);

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
        using var vendor = Vendor(events: "20240403");
        await using var rig = await StartAsync(vendor);
        await rig.BackfillAsync("2024-04-01", "2024-06-12");
        (await rig.DaysInLakeAsync("ods_repurchase")).ShouldContain("2024-06", "nothing was announced so far");
        using var tomorrow = Vendor("202403 202404 202405", "2024-06-13", "20240403 20240613");
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
        using var vendor = Vendor();
        await using var rig = await StartAsync(vendor);
        await rig.BackfillAsync("2024-06-06", "2024-06-12", "stock_basic");
        rig.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromHours(1) - TimeSpan.FromSeconds(20)); // 13 June, 18:59:40
        using var slow = Vendor(upTo: "2024-06-13");
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
        using var vendor = Vendor();
        await using var rig = await StartAsync(vendor);

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
        using var vendor = Vendor(hasFlow: (symbol, day) => symbol == "600000.SH" && day.Month >= 5);
        await using var rig = await StartAsync(vendor);

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
        using var vendor = Vendor();
        await using var rig = await StartAsync(vendor);
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
        using var vendor = Vendor();
        await using var rig = await StartAsync(vendor, "- { api: bak_daily, do: no_permission }");

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
        using var vendor = Vendor();
        await using var rig = await StartAsync(vendor, "- { api: stock_basic, do: no_permission }");

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
