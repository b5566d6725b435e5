using System.Text.Json.Nodes;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Done means whole: a day that was committed half, empty or without values is planned again until its cells are
/// complete, with growing distance, and given up at last.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class CompletionTests
{
    private const string Half = "tushare.daily/2024-06-11";
    private const string Empty = "tushare.daily/2024-06-07";

    /// <summary>The vendor has half of the 11th and nothing of the 7th.</summary>
    private static void BreakTwoDays(IngestRig rig) =>
        rig.Market.Rewrite = (request, rows) =>
        {
            var keep =
                WatchedMarket.IsUnit(request, "daily", "20240611") ? rows.Count / 2
                : WatchedMarket.IsUnit(request, "daily", "20240607") ? 0
                : rows.Count;
            while (rows.Count > keep)
            {
                rows.RemoveAt(rows.Count - 1);
            }
        };

    [Fact]
    public async Task Run_HalfADayAndAnEmptyOne_ArePlannedAgainAndWholeOnceTheVendorHasThem()
    {
        await using var rig = await IngestRig.StartAsync();
        BreakTwoDays(rig);

        var first = await rig.RunAsync();

        first.Status.ShouldBe(RunStatus.Partial);
        (first.Committed, first.Failed, first.Open).ShouldBe((9, 0, 0));
        first.Incomplete.Select(u => u.Unit).Order().ShouldBe([Empty, Half]);
        first.Incomplete.ShouldAllBe(u => u.Attempts == 1 && u.Reason.Contains("expected are missing"));
        var row = await rig.RunRowAsync(first.Id);
        row.Status.ShouldBe(RunStatus.Partial);
        row.ErrorMessage!.ShouldContain("expected are missing");
        var meta = JsonNode.Parse(row.MetaJson!)!;
        meta["unitsIncomplete"]!.GetValue<int>().ShouldBe(2);
        meta["incomplete"]!.AsArray().Count.ShouldBe(2);
        var before = (await rig.SnapshotAsync("ods_daily")).Version;

        rig.Market.Rewrite = null;
        var second = await rig.RunAsync();

        second.Status.ShouldBe(RunStatus.Success);
        (second.Planned, second.AlreadyCommitted, second.Committed).ShouldBe((4, 5, 4), "with their halts");
        second.Counts.Inserted.ShouldBeGreaterThan(0);
        second.Counts.Unchanged.ShouldBeGreaterThan(0, "the rows that stood are not written as new");
        second.Incomplete.ShouldBeEmpty();
        (await rig.SnapshotAsync("ods_daily")).Version.ShouldBeGreaterThan(before);
        (await rig.AttemptsAsync()).ShouldBeEmpty();
        foreach (var day in IngestRig.Days)
        {
            var status = await rig.StatusAsync("stock.daily_bars", day);
            (status.Missing, status.Partial, status.NotStarted).ShouldBe((0, 0, 0));
            status.Complete.ShouldBeGreaterThan(30);
        }

        (await rig.RunAsync()).Planned.ShouldBe(0);
    }

    /// <summary>A halt that was announced late is no missing bar: with the day its halts are asked for again.</summary>
    [Fact]
    public async Task Run_HaltsThatCameThin_AreAskedForAgainWithTheDay()
    {
        await using var rig = await IngestRig.StartAsync();
        string? halted = null;
        void Halt(bool isAnnounced) =>
            rig.Market.Rewrite = (request, rows) =>
            {
                if (WatchedMarket.IsUnit(request, "daily", "20240611"))
                {
                    halted ??= rows[0]![0]!.GetValue<string>();
                    rows.Remove(rows.First(r => r![0]!.GetValue<string>() == halted));
                }
                else if (WatchedMarket.IsUnit(request, "suspend_d", "20240611") && isAnnounced)
                {
                    rows.Add(new JsonArray(halted, "20240611", null, "S"));
                }
            };
        Halt(isAnnounced: false);
        (await rig.RunAsync()).Incomplete.Select(u => u.Unit).ShouldBe([Half]);
        rig.Market.Forget();

        Halt(isAnnounced: true);
        var second = await rig.RunAsync();

        rig.Market.Asked.Order().ShouldBe(["daily 20240611", "suspend_d 20240611"]);
        (second.Status, second.Planned, second.AlreadyCommitted).ShouldBe((RunStatus.Success, 2, 7));
        (await rig.StatusAsync("stock.daily_bars", "2024-06-11")).Missing.ShouldBe(0);
        (await rig.AttemptsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_DayWhoseValuesAreNull_IsPlannedAgain()
    {
        await using var rig = await IngestRig.StartAsync(more: ["adj_factor"], checks: ["stock.adj_factor"]);
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "adj_factor", "20240611"))
            {
                rows[0]!.AsArray()[^1] = null;
            }
        };

        var first = await rig.RunAsync();

        var unit = first.Incomplete.ShouldHaveSingleItem();
        unit.Unit.ShouldBe("tushare.adj_factor/2024-06-11");
        unit.Reason.ShouldStartWith("1 of ");

        rig.Market.Rewrite = null;
        var second = await rig.RunAsync();
        second.Status.ShouldBe(RunStatus.Success);
        (second.Planned, second.Counts.Updated, second.Counts.Inserted).ShouldBe((1, 1, 0));
    }

    [Fact]
    public async Task ScheduledRun_BeforeTheNextAttempt_WaitsAndSaysSo()
    {
        await using var rig = await IngestRig.StartAsync();
        BreakTwoDays(rig);
        await rig.RunScheduledAsync();
        rig.Market.Forget();

        rig.Clock.Advance(TimeSpan.FromMinutes(14));
        var early = await rig.RunScheduledAsync();

        early.Status.ShouldBe(RunStatus.Partial, "attempts remain");
        (early.Planned, early.AlreadyCommitted).ShouldBe((0, 7));
        early.Waiting.Select(u => u.Unit).Order().ShouldBe([Empty, Half]);
        rig.Market.Asked.ShouldBeEmpty();

        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        rig.Market.Rewrite = null;
        var due = await rig.RunScheduledAsync();
        due.Status.ShouldBe(RunStatus.Success);
        due.Committed.ShouldBe(4, "with their halts");
    }

    [Fact]
    public async Task TypedRun_BeforeTheNextAttempt_DoesNotWaitAndUsesUpNothing()
    {
        await using var rig = await IngestRig.StartAsync();
        BreakTwoDays(rig);
        await rig.RunAsync();

        for (var i = 0; i < 3; i++)
        {
            var again = await rig.RunAsync();
            (again.Planned, again.Committed).ShouldBe((4, 4), "with their halts");
            again.Counts.ShouldBe(again.Counts with { Inserted = 0, Updated = 0, Deleted = 0 });
        }

        var kept = (await rig.AttemptsAsync())[Half];
        (kept.Attempts, kept.Step, kept.NextAt).ShouldBe((4, 1, rig.Clock.UtcNow + TimeSpan.FromMinutes(15)));
    }

    [Fact]
    public async Task Run_AfterTheLastAttempt_GivesUpAndIsASuccessThatSaysSo()
    {
        await using var rig = await IngestRig.StartAsync();
        BreakTwoDays(rig);
        await rig.RunAsync();
        rig.Sql(
            $"update unit_attempts set step = 12, attempts = 12, next_at = {rig.Clock.UtcNow.ToUnixTimeMilliseconds()}"
        );

        var last = await rig.RunScheduledAsync();

        last.Status.ShouldBe(RunStatus.Success);
        (last.Planned, last.Incomplete.Count, last.GivenUp.Count).ShouldBe((4, 0, 2), "with their halts");
        rig.Market.Forget();
        foreach (var run in new[] { await rig.RunScheduledAsync(), await rig.RunAsync() })
        {
            run.Status.ShouldBe(RunStatus.Success);
            (run.Planned, run.AlreadyCommitted).ShouldBe((0, 7));
            run.GivenUp.Select(u => u.Unit).Order().ShouldBe([Empty, Half]);
            run.GivenUp.ShouldAllBe(u => u.Attempts == 13);
            JsonNode.Parse((await rig.RunRowAsync(run.Id)).MetaJson!)!["unitsGivenUp"]!.GetValue<int>().ShouldBe(2);
        }

        rig.Market.Asked.ShouldBeEmpty();
        (await rig.StatusAsync("stock.daily_bars", "2024-06-07")).Missing.ShouldBeGreaterThan(
            0,
            "given up is not whole"
        );
    }

    [Fact]
    public async Task Run_TheLastAttemptFails_SaysThatItGivesUp()
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup { Faults = "- { api: daily, params: { trade_date: \"20240611\" }, do: wrong_date }" }
        );
        (await rig.RunAsync()).GivenUp.ShouldBeEmpty();
        rig.Sql(
            $"update unit_attempts set step = 12, attempts = 12, next_at = {rig.Clock.UtcNow.ToUnixTimeMilliseconds()}"
        );

        var last = await rig.RunScheduledAsync();

        (last.Failed, last.GivenUp.ShouldHaveSingleItem().Unit).ShouldBe((1, "tushare.daily/2024-06-11"));
        (await rig.RunAsync()).Planned.ShouldBe(0);
    }

    [Fact]
    public async Task RunOfBothPools_UnitThatIsNotWhole_IsFetchedOnceAndOneAttempt()
    {
        await using var rig = await IngestRig.StartAsync();
        BreakTwoDays(rig);

        var response = await rig.RunBothAsync();

        response.Verdict.ShouldBe(Verdict.Incomplete);
        response.Runs.Select(r => r.Status).ShouldBe([RunStatus.Partial, RunStatus.Partial]);
        response.Runs.Select(r => r.Incomplete.Count).ShouldBe([2, 2]);
        rig.Market.Asked.Count(a => a == "daily 20240611").ShouldBe(1);
        (await rig.AttemptsAsync()).Values.ShouldAllBe(u => u.Attempts == 1);
    }

    [Fact]
    public async Task Run_SmallerAnswerThanWhatStands_KeepsThatAndNamesTheCommandThatAllowsIt()
    {
        await using var rig = await IngestRig.StartAsync();
        BreakTwoDays(rig);
        await rig.RunAsync();
        var rows = await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily WHERE dt = '2024-06-11'");
        rig.Market.Rewrite = (request, answer) =>
        {
            while (WatchedMarket.IsUnit(request, "daily", "20240611") && answer.Count > 3)
            {
                answer.RemoveAt(0);
            }
        };

        var run = await rig.RunAsync();

        var error = run.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe("COMMIT_SHRINKS");
        error.Message.ShouldContain($"3 rows instead of {rows}");
        error.Message.ShouldEndWith(
            "tidemark refetch tushare.daily --from 2024-06-11 --to 2024-06-11 --allow-shrink REASON"
        );
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily WHERE dt = '2024-06-11'")).ShouldBe(rows);
        (await rig.AttemptsAsync())[Half].Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task Run_AsManyOtherRows_KeepsWhatStands()
    {
        await using var rig = await IngestRig.StartAsync();
        BreakTwoDays(rig);
        await rig.RunAsync();
        const string Codes =
            "SELECT string_agg(ts_code, ' ' ORDER BY ts_code) FROM ods.ods_daily WHERE dt = '2024-06-11'";
        var stood = await rig.TextAsync(Codes);
        rig.Market.Rewrite = (request, answer) =>
        {
            for (var gone = WatchedMarket.IsUnit(request, "daily", "20240611") ? answer.Count / 2 : 0; gone > 0; gone--)
            {
                answer.RemoveAt(0);
            }
        };

        var run = await rig.RunAsync();

        var error = run.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe("COMMIT_SHRINKS");
        error.Message.ShouldContain("that stand");
        (await rig.TextAsync(Codes)).ShouldBe(stood);
    }

    [Fact]
    public async Task Run_UnitThatFails_KeepsItsDistanceToo()
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup { Faults = "- { api: daily, params: { trade_date: \"20240611\" }, do: wrong_date }" }
        );
        await rig.RunScheduledAsync();

        var early = await rig.RunScheduledAsync();

        early.Planned.ShouldBe(0);
        early.Waiting.ShouldHaveSingleItem().Reason.ShouldContain("2024-06-12, which was not asked for");
        (await rig.RunAsync()).Planned.ShouldBe(1);
    }

    [Fact]
    public async Task Run_ThatBreaksHalfWay_RecordsWhatItCommittedAndTheNextGoesOn()
    {
        await using var rig = await IngestRig.StartAsync();

        var run = await rig.RunAsync(rig.Request(rig.Host, Pool.Universe) with { Jobs = 1 }, new Breaking(4));

        run.Status.ShouldBe(RunStatus.Failed);
        run.Failure.ShouldBeOfType<OverflowException>();
        var row = await rig.RunRowAsync(run.Id);
        (row.Status, row.Rows, row.Inserted).ShouldBe((RunStatus.Failed, run.Counts.Rows, run.Counts.Inserted));
        row.Rows.ShouldBeGreaterThan(0);
        row.ErrorMessage!.ShouldContain("a number too large");
        await rig.ShouldBeWholeAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(IngestRig.Days);
    }

    [Fact]
    public async Task Run_ThatCannotBePlanned_LeavesARow()
    {
        await using var rig = await IngestRig.StartAsync();
        rig.Clock.UtcNow = new DateTimeOffset(2045, 1, 2, 20, 0, 0, TimeSpan.FromHours(8)); // no calendar reaches that

        var error = await Should.ThrowAsync<TidemarkException>(() => rig.RunBothAsync());

        var rows = await rig.Runs.ListAsync(10, CancellationToken.None);
        rows.Select(r => r.Scope).Order().ShouldBe([Pool.Targets, Pool.Universe]);
        rows.ShouldAllBe(r => r.Status == RunStatus.Failed && r.ErrorMessage == error.Message);
        JsonNode.Parse(rows[0].MetaJson!)!["errorCode"]!.ToString().ShouldBe(error.Code);
    }

    [Fact]
    public async Task Preflight_DatasetsDueAtDifferentTimes_AreEachAskedForADayOfTheirOwn()
    {
        await using var rig = await IngestRig.StartAsync(more: ["daily_basic"]);
        rig.Clock.UtcNow = new DateTimeOffset(2024, 6, 12, 16, 45, 0, TimeSpan.FromHours(8)); // valuations are due at 17:00

        var report = await rig.DriveAsync(
            rig.Get<PreflightOperation>().RunAsync(new PreflightRequest(Pool.Universe), CancellationToken.None)
        );

        report.Ready.ShouldBeTrue();
        rig.Market.Asked.ShouldContain("daily 20240612");
        rig.Market.Asked.ShouldContain("daily_basic 20240611");
        rig.Market.Asked.ShouldNotContain("daily_basic 20240612");
    }

    /// <summary>A progress that breaks down, as a fault of this program in the middle of a run would.</summary>
    private sealed class Breaking(int after) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            if (value.Finished >= after)
            {
                throw new OverflowException("a number too large");
            }
        }
    }
}
