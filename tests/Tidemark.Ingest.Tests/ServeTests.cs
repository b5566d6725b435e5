using Tidemark.Control.Runs;
using Tidemark.Control.Schedules;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Schedules;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// A process that serves, against the simulated vendor, with a clock that a test moves from day to day. It begins on
/// Wednesday 2024-06-12 at 20:00 in Shanghai, half an hour after the daily moment.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class ServeTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    [Fact]
    public async Task Serve_FromDayToDay_RunsBothPoolsOnceADayAndNothingOnAWeekend()
    {
        await using var rig = await IngestRig.StartAsync();
        await using var serving = await Serving.StartAsync(rig);

        var first = await serving.EndOfAsync("2024-06-12");
        first.Status.ShouldBe(FireStatus.Done, first.Detail);
        first.Source.ShouldBe(ScheduleRunner.CatchUp, "it began after the moment");
        foreach (var day in new[] { "2024-06-13", "2024-06-14" })
        {
            var fire = await serving.AtAsync($"{day} 19:30");
            fire.Status.ShouldBe(FireStatus.Done, fire.Detail);
            fire.Source.ShouldBe("schedule");
            (await rig.StatusAsync("stock.daily_bars", day)).Missing.ShouldBe(0);
        }

        foreach (var day in new[] { "2024-06-15", "2024-06-16" })
        {
            (await serving.AtAsync($"{day} 19:30")).Status.ShouldBe(FireStatus.Skipped);
        }

        (await serving.AtAsync("2024-06-17 19:30")).Status.ShouldBe(FireStatus.Done);
        var runs = await rig.Runs.ListAsync(50, s_none);
        runs.Select(run => (run.Scope, run.AsOf))
            .OrderBy(run => run.AsOf)
            .ThenBy(run => run.Scope)
            .ShouldBe([
                (Pool.Targets, new DateOnly(2024, 6, 12)),
                (Pool.Universe, new DateOnly(2024, 6, 12)),
                (Pool.Targets, new DateOnly(2024, 6, 13)),
                (Pool.Universe, new DateOnly(2024, 6, 13)),
                (Pool.Targets, new DateOnly(2024, 6, 14)),
                (Pool.Universe, new DateOnly(2024, 6, 14)),
                (Pool.Targets, new DateOnly(2024, 6, 17)),
                (Pool.Universe, new DateOnly(2024, 6, 17)),
            ]);
        runs.ShouldAllBe(run => run.Mode == RunMode.Daily && run.Status == RunStatus.Success);
        runs.ShouldAllBe(run => run.MetaJson!.Contains("\"source\":\"schedule\""));
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Serve_AfterDaysWithoutAnyone_TellsWhatWasMissedAndCatchesUpOnce()
    {
        await using var rig = await IngestRig.StartAsync();
        await using (var before = await Serving.StartAsync(rig))
        {
            await before.EndOfAsync("2024-06-12");
        }

        rig.Clock.Advance(TimeSpan.FromDays(2)); // 2024-06-14 20:00
        await using (var serving = await Serving.StartAsync(rig))
        {
            (await serving.EndOfAsync("2024-06-14")).Source.ShouldBe(ScheduleRunner.CatchUp);
        }

        await using (var again = await Serving.StartAsync(rig))
        {
            await again.WakeAsync();
        }

        var fires = await rig.Get<ScheduleFires>().LatestAsync(ScheduleRunner.China, 10, s_none);
        fires
            .Select(fire => (fire.DueAt.Day, fire.Status))
            .ShouldBe([(14, FireStatus.Done), (13, FireStatus.Missed), (12, FireStatus.Done)]);
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe([.. IngestRig.Days, "2024-06-13", "2024-06-14"]);
        var late = (await rig.Runs.ListAsync(2, s_none)).Select(run => run.MetaJson);
        late.ShouldAllBe(meta => meta!.Contains("\"reason\":\"catch_up\""));
    }

    [Fact]
    public async Task Serve_WhereCatchingUpIsOff_OnlyTellsWhatWasMissed()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.Get<ScheduleSettings>()
            .ChangeAsync(new ScheduleChange(null, null, null, null, null, CatchesUp: false), "test", s_none);
        rig.Clock.Advance(TimeSpan.FromDays(1));
        await using var serving = await Serving.StartAsync(rig);

        (await serving.EndOfAsync("2024-06-13")).Status.ShouldBe(FireStatus.Missed);
        (await serving.AtAsync("2024-06-14 19:30")).Status.ShouldBe(FireStatus.Done);
    }

    [Fact]
    public async Task Serve_WhereTheScheduleIsOff_DoesNothingUntilItIsOn()
    {
        await using var rig = await IngestRig.StartAsync();
        var settings = rig.Get<ScheduleSettings>();
        await settings.ChangeAsync(new ScheduleChange(null, null, null, false, null, null), "test", s_none);
        await using var serving = await Serving.StartAsync(rig);

        serving.At("2024-06-13 19:30");
        await serving.WakeAsync();
        (await rig.Runs.ListAsync(1, s_none)).ShouldBeEmpty();

        await settings.ChangeAsync(new ScheduleChange("20:15", null, "universe", true, null, null), "test", s_none);
        (await serving.AtAsync("2024-06-13 20:15")).Status.ShouldBe(FireStatus.Done);
        (await rig.Runs.ListAsync(5, s_none)).ShouldHaveSingleItem().Scope.ShouldBe(Pool.Universe);
    }

    [Fact]
    public async Task Serve_WithABadToken_IsBlockedWithItsRowsAndHealsByItself()
    {
        await using var rig = await IngestRig.StartAsync();
        await using var serving = await Serving.StartAsync(rig);
        await serving.EndOfAsync("2024-06-12");
        rig.ChangeWorkspace(yaml => yaml.Replace("\"a-good-token\"", "\"\"", StringComparison.Ordinal));

        var blocked = await serving.AtAsync("2024-06-13 19:30");

        blocked.Status.ShouldBe(FireStatus.Blocked);
        blocked.Detail!.ShouldContain("token: TOKEN_MISSING");
        var rows = await rig.Runs.ListAsync(2, s_none);
        rows.ShouldAllBe(run => run.Status == RunStatus.Failed);
        rows.ShouldAllBe(run => run.MetaJson!.Contains("\"blockedStage\":\"token\""));

        rig.ChangeWorkspace(yaml => yaml.Replace("token: \"\"", "token: \"a-good-token\"", StringComparison.Ordinal));
        (await serving.AtAsync("2024-06-14 19:30")).Status.ShouldBe(FireStatus.Done);
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe([.. IngestRig.Days, "2024-06-13", "2024-06-14"]);
    }

    [Fact]
    public async Task Serve_WithTargetsThatNobodyCanTell_FetchesTheUniverseAllTheSame()
    {
        await using var rig = await IngestRig.StartAsync();
        rig.ChangeWorkspace(yaml =>
            yaml.Replace("symbols: [600000.SH]", "from_file: gone.csv", StringComparison.Ordinal)
        );
        await using var serving = await Serving.StartAsync(rig);

        var fire = await serving.EndOfAsync("2024-06-12");

        fire.Status.ShouldBe(FireStatus.Failed);
        fire.Detail!.ShouldContain("gone.csv");
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(IngestRig.Days);
    }

    [Fact]
    public async Task Serve_AfterAClockThatWasAhead_RunsTodayAllTheSame()
    {
        await using var rig = await IngestRig.StartAsync();
        var ahead = rig.Clock.UtcNow.AddYears(1);
        var fire = new ScheduleFire("china", ahead, FireStatus.Done, "schedule", "elsewhere/1/x", null, ahead, ahead);
        await rig.Get<ScheduleFires>().TakeAsync(fire, s_none);

        await using var serving = await Serving.StartAsync(rig);

        (await serving.EndOfAsync("2024-06-12")).Status.ShouldBe(FireStatus.Done);
    }

    [Fact]
    public async Task Serve_WhereTheLaneIsTakenJustThen_WaitsAndRunsAfterwards()
    {
        await using var rig = await IngestRig.StartAsync();
        var leases = rig.Get<LaneLeases>();
        await leases.AcquireAsync(Lane.China, "elsewhere/1/x", TimeSpan.FromHours(1), s_none);
        await using var serving = await Serving.StartAsync(rig);
        while ((await rig.Get<ScheduleFires>().LatestAsync("china", 1, s_none)).Single().Detail is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        (await rig.Get<ScheduleFires>().LatestAsync("china", 1, s_none)).Single().Status.ShouldBe(FireStatus.Waiting);
        await leases.ReleaseAsync(Lane.China, "elsewhere/1/x", s_none);
        var ended = serving.EndOfAsync("2024-06-12");
        while (!ended.IsCompleted)
        {
            await serving.WakeAsync();
        }

        (await ended).Status.ShouldBe(FireStatus.Done);
    }

    [Fact]
    public async Task Serve_WithAFaultInTheWorkspace_FailsThatDayAndServesOn()
    {
        await using var rig = await IngestRig.StartAsync();
        await using var serving = await Serving.StartAsync(rig);
        await serving.EndOfAsync("2024-06-12");
        rig.ChangeWorkspace(yaml => yaml + "\nnonsense: 1\n");

        var failed = await serving.AtAsync("2024-06-13 19:30");

        failed.Status.ShouldBe(FireStatus.Failed);
        failed.Detail!.ShouldContain("nonsense");
        rig.ChangeWorkspace(yaml => yaml.Replace("\nnonsense: 1\n", "", StringComparison.Ordinal));
        (await serving.AtAsync("2024-06-14 19:30")).Status.ShouldBe(FireStatus.Done);
    }

    [Fact]
    public async Task Serve_WhatTheVendorHadNotYet_IsTriedAgainBeforeTheNextDay()
    {
        await using var rig = await IngestRig.StartAsync();
        var isLate = true;
        rig.Market.Rewrite = (request, rows) =>
        {
            if (request.Api.Name == "daily" && Volatile.Read(ref isLate))
            {
                rows.Clear();
            }
        };
        await using var serving = await Serving.StartAsync(rig);
        (await serving.EndOfAsync("2024-06-12")).Status.ShouldBe(FireStatus.Incomplete);
        (await rig.AttemptsAsync()).ShouldNotBeEmpty();

        Volatile.Write(ref isLate, false);
        while ((await rig.AttemptsAsync()).Count > 0 || (await rig.Runs.ListAsync(50, s_none)).Any(IsRunning))
        {
            await serving.WakeAsync();
        }

        rig.Clock.UtcNow.ShouldBeLessThan(new DateTimeOffset(2024, 6, 13, 11, 30, 0, TimeSpan.Zero));
        var last = (await rig.Runs.ListAsync(1, s_none)).Single();
        last.MetaJson!.ShouldContain("\"source\":\"auto\"");
        last.Status.ShouldBe(RunStatus.Success);
        static bool IsRunning(Tidemark.Control.Runs.RunRow run) => run.Status == RunStatus.Running;
    }

    [Fact]
    public async Task Serve_TwoProcesses_RunEachMomentOnce()
    {
        await using var rig = await IngestRig.StartAsync();
        await using var one = await Serving.StartAsync(rig);
        await using var other = await Serving.StartAsync(rig);
        await Task.WhenAny(one.EndOfAsync("2024-06-12"), other.EndOfAsync("2024-06-12"));

        one.At("2024-06-13 19:30");
        await Task.WhenAny(one.EndOfAsync("2024-06-13"), other.EndOfAsync("2024-06-13"));

        var fires = await rig.Get<ScheduleFires>().LatestAsync(ScheduleRunner.China, 10, s_none);
        fires.Select(fire => fire.Status).ShouldBe([FireStatus.Done, FireStatus.Done]);
        (await rig.Runs.ListAsync(50, s_none)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Serve_Paused_WaitsAndRunsWhenResumed()
    {
        await using var rig = await IngestRig.StartAsync();
        await using var serving = await Serving.StartAsync(rig);
        await serving.EndOfAsync("2024-06-12");
        var lanes = rig.Get<Tidemark.Operations.Jobs.ControlLanes>();
        await lanes.PauseAsync("china", "test", s_none);

        serving.At("2024-06-13 19:30");
        await serving.WakeAsync();
        await serving.WakeAsync();
        (await rig.Runs.ListAsync(50, s_none)).Count.ShouldBe(2);
        var refused = await rig.RunBothAsync();
        refused.Verdict.ShouldBe(Tidemark.Operations.Verdict.Blocked);
        refused.Runs.ShouldAllBe(run => run.Block!.ErrorCode == "LANE_PAUSED");

        await lanes.ResumeAsync("china", s_none);
        var ended = serving.EndOfAsync("2024-06-13");
        while (!ended.IsCompleted)
        {
            await serving.WakeAsync();
        }

        (await ended).Status.ShouldBe(FireStatus.Done);
    }

    [Fact]
    public async Task Serve_StoppedInARun_IsTakenUpByTheNextOne()
    {
        await using var rig = await IngestRig.StartAsync();
        using var asked = new ManualResetEventSlim();
        rig.Market.Before = (request, stop) =>
        {
            if (request.Api.Name == "daily" && !asked.IsSet)
            {
                asked.Set();
                stop.WaitHandle.WaitOne();
            }
        };
        var serving = await Serving.StartAsync(rig);
        await Task.Run(() => asked.Wait(TestContext.Current.CancellationToken));
        await serving.DisposeAsync();
        var fires = rig.Get<ScheduleFires>();
        (await fires.LatestAsync(ScheduleRunner.China, 1, s_none)).Single().Status.ShouldBe(FireStatus.Missed);
        rig.Market.Before = null;

        await using var next = await Serving.StartAsync(rig);
        (await next.EndOfAsync("2024-06-12")).Status.ShouldBe(FireStatus.Done);

        await rig.ShouldBeWholeAsync();
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(IngestRig.Days);
    }
}
