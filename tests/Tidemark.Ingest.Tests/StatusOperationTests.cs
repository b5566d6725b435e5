using Tidemark.Completeness.Results;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Status;

namespace Tidemark.Ingest.Tests;

/// <summary>`status` on a real workspace: days, gaps, exit, and what cannot be evaluated.</summary>
[Trait("Speed", "Slow")]
public sealed class StatusOperationTests
{
    private const string Bars = "stock.daily_bars";
    private static readonly StatusRequest s_bars = new("source_pool", Check: Bars);

    [Fact]
    public async Task Status_OfDaysOutsideThePlan_IsEvaluatedAndLeavesThePlansResults()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var backfill = new BackfillRequest(new DateOnly(2024, 6, 3), new DateOnly(2024, 6, 4), []);
        await rig.DriveAsync(rig.Get<BackfillOperation>().RunAsync(backfill, new NoWatcher(), default));

        var wider = await OfAsync(rig, s_bars with { From = new DateOnly(2024, 6, 3), To = new DateOnly(2024, 6, 6) });
        var plan = await OfAsync(rig, s_bars);

        wider
            .Days.Select(d => (d.Day.Day, d.Counts.Missing == 0, d.Counts.Complete > 0))
            .ShouldBe([(3, true, true), (4, true, true), (5, false, false), (6, true, true)]);
        plan.Days.Select(d => d.Day.Day).ShouldBe([6, 7, 11, 12]);
        plan.Counts.Missing.ShouldBe(0);
    }

    [Fact]
    public async Task Status_UnitOutsideThePlan_IsABackfillsAndNoRuns()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "daily"))
            {
                rows.RemoveAt(0);
            }
        };
        var backfill = new BackfillRequest(new DateOnly(2024, 6, 3), new DateOnly(2024, 6, 4), ["tushare.daily"]);
        await rig.DriveAsync(rig.Get<BackfillOperation>().RunAsync(backfill, new NoWatcher(), default));

        var units = (await rig.Get<StatusOperation>().RunAsync(s_bars, default)).Units.ShouldHaveSingleItem();

        (units.Open, units.GivenUp, units.NextAt).ShouldBe((0, 0, null));
        units.Outside.ShouldBe(new UnitsOutside(2, new DateOnly(2024, 6, 3), new DateOnly(2024, 6, 4)));
        (await rig.RunAsync()).Planned.ShouldBe(0);
    }

    [Fact]
    public async Task Status_UnitThatWasRestored_NamesNoOldAttempts()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var bars = rig.Lake.Table(new TableId("ods", "ods_daily"));
        var whole = (await bars.SnapshotAsync(default)).Version;
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240611"))
            {
                rows.RemoveAt(0);
            }
        };
        var day = new DateOnly(2024, 6, 11);
        await rig.RefetchAsync(new RefetchRequest(["tushare.daily"], day, day, [], "a test"));
        (await UnitsAsync(rig)).ShouldHaveSingleItem().Open.ShouldBe(1);

        await new TableRestore(bars).RestoreAsync(whole, default);

        (await UnitsAsync(rig)).ShouldBeEmpty();
        (await OfAsync(rig, s_bars)).Counts.Missing.ShouldBe(0);
        (await rig.RunAsync()).Planned.ShouldBe(0);
        (await rig.AttemptsAsync()).ShouldBeEmpty();
    }

    private static async Task<IReadOnlyList<DatasetUnits>> UnitsAsync(IngestRig rig) =>
        (await rig.Get<StatusOperation>().RunAsync(s_bars, default)).Units;

    [Fact]
    public async Task Status_EntityThatMayBeTwo_NamesBoth()
    {
        await using var rig = await IngestRig.StartAsync(
            more: ["index_basic", "index_daily"],
            checks: ["index.list", "index.daily_bars"]
        );
        rig.Market.Rewrite = (request, rows) =>
        {
            if (request.Api.Name == "stock_basic" && request.Parameters["list_status"] == "L")
            {
                rows[0]![0] = "000001.SZ"; // the index of the same digits is 000001.SH
            }
        };
        await rig.RunAsync();

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            rig.Get<StatusOperation>().RunAsync(new StatusRequest(Entity: "000001"), default)
        );

        (error.Code, error.Message).ShouldBe(
            ("STATUS_FILTER_UNKNOWN", "--entity 000001 may be 000001.SH or 000001.SZ: write it out.")
        );
    }

    /// <summary>In the morning the factors of the day are due, and its lists are not.</summary>
    [Fact]
    public async Task Status_ListBeforeItsHour_IsNotMissing()
    {
        await using var rig = await IngestRig.StartAsync(more: ["adj_factor"], checks: ["stock.adj_factor"]);
        await rig.RunAsync();
        rig.Clock.Advance(TimeSpan.FromHours(14)); // 10:00 on the 13th

        var report = (await rig.Get<StatusOperation>().RunAsync(new StatusRequest("source_pool"), default)).Report;

        report.Checks.Single(c => c.Check == "stock.adj_factor").Days[^1].Day.ShouldBe(new DateOnly(2024, 6, 13));
        var list = report.Checks.Single(c => c.Check == "stock.list");
        (list.Counts.Missing, list.Days[^1].Day).ShouldBe((0, new DateOnly(2024, 6, 12)));
    }

    [Fact]
    public async Task Status_DayThatIsNotDueYet_IsNotJudged()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();

        var status = await OfAsync(
            rig,
            s_bars with
            {
                From = new DateOnly(2024, 6, 12),
                To = new DateOnly(2024, 6, 20),
            }
        );

        status.Days.Select(d => d.Day.Day).ShouldBe([12]);
    }

    [Fact]
    public async Task Status_Gaps_NameSymbolsAndDaysAndFailScripts()
    {
        await using var rig = await IngestRig.StartAsync();
        string? symbol = null;
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "daily") && WatchedMarket.Day(request) is "20240607" or "20240611")
            {
                lock (rig)
                {
                    symbol ??= rows[0]![0]!.GetValue<string>();
                    rows.Remove(rows.First(r => r![0]!.GetValue<string>() == symbol));
                }
            }
        };
        await rig.RunAsync();

        var response = await rig.Get<StatusOperation>()
            .RunAsync(s_bars with { WithGaps = true, FailOn = StatusBar.Missing }, default);

        response.IsReached.ShouldBeFalse();
        var gap = response.Report.Checks.Single().Gaps!.Single(g => g.Entity == symbol);
        gap.Ranges.ShouldBe([new RangeStatus(new DateOnly(2024, 6, 7), new DateOnly(2024, 6, 11), "missing", "", 2)]);
        response
            .Units.Single()
            .ShouldSatisfyAllConditions(
                u => u.Dataset.ShouldBe("tushare.daily"),
                u => u.Open.ShouldBe(2),
                u => u.GivenUp.ShouldBe(0)
            );
        var last = await rig.Get<StatusOperation>()
            .RunAsync(s_bars with { Days = 1, FailOn = StatusBar.Partial }, default);
        last.IsReached.ShouldBeTrue("the last day is whole");
    }

    [Fact]
    public async Task Status_WorkspaceThatCannotBeWritten_IsEvaluatedInMemory()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        rig.Sql(
            "create trigger closed before insert on completeness_days_v1 begin select raise(abort, 'read-only'); end"
        );
        var table = rig.Lake.Table(TableId.Parse("ods.ods_daily"));
        await Retention.DropAsync(table, 3, new DateOnly(2024, 6, 12), apply: true, default);

        var status = await OfAsync(rig, s_bars);
        var again = await OfAsync(rig, s_bars);

        status.Days.Select(d => d.Counts.Complete > 0).ShouldBe([false, false, true, true]);
        status.NotEvaluated.ShouldBeNull();
        again.Counts.ShouldBe(status.Counts);
    }

    [Fact]
    public async Task Status_DamagedLog_ShowsWhatWasAndThatItIsNotOfNow()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var before = await OfAsync(rig, s_bars);
        var entry = NaiveLake.Entries(Path.Combine(rig.LakeFolder, "ods", "ods_daily"))[^1];
        await File.WriteAllTextAsync(entry.Replace("0000.json", "0001.json", StringComparison.Ordinal), "{ not json");
        await rig.ReopenAsync();

        var response = await rig.Get<StatusOperation>().RunAsync(new StatusRequest("source_pool"), default);

        response.IsReached.ShouldBeFalse();
        var bars = response.Report.Checks.Single(c => c.Check == Bars);
        bars.NotEvaluated!.Code.ShouldBe("LOG_CORRUPT");
        bars.EvaluatedAt.ShouldBe(before.EvaluatedAt);
        bars.Counts.ShouldBe(before.Counts);
        response.Report.Checks.Single(c => c.Check == "stock.list").NotEvaluated.ShouldBeNull();
    }

    [Fact]
    public async Task Status_BeforeAnything_SaysSoAndReachesNothing()
    {
        await using var rig = await IngestRig.StartAsync();

        var response = await rig.Get<StatusOperation>().RunAsync(new StatusRequest(FailOn: StatusBar.Missing), default);

        response.Report.Pools.ShouldBeEmpty();
        response.Report.EvaluatedAt.ShouldBeNull();
        response.IsReached.ShouldBeFalse();
    }

    [Fact]
    public async Task Status_RangeTurnedRound_IsRefused()
    {
        await using var rig = await IngestRig.StartAsync();
        var request = new StatusRequest(From: new DateOnly(2024, 6, 7), To: new DateOnly(2024, 6, 6));

        (
            await Should.ThrowAsync<TidemarkException>(() => rig.Get<StatusOperation>().RunAsync(request, default))
        ).Code.ShouldBe("STATUS_RANGE_EMPTY");
    }

    private static async Task<CheckStatus> OfAsync(IngestRig rig, StatusRequest request) =>
        (await rig.Get<StatusOperation>().RunAsync(request, default)).Report.Checks.Single();
}
