using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations;
using Tidemark.Operations.Jobs;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>Pause, resume and cancel of a run from another host, which stands for another process.</summary>
[Trait("Speed", "Slow")]
public sealed class LaneTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    [Fact]
    public async Task Cancel_FromAnotherProcess_EndsTheOperationAndSaysSo()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Held(rig, "daily");
        await using var other = rig.OpenAgain();
        var lanes = other.Get<ControlLanes>();
        var run = RunAsync(rig);
        await door.WhenAskedAsync();
        (await lanes.ReadAsync(s_none))[0].Activity.ShouldBe(LaneActivity.Running);

        var after = (await lanes.CancelAsync(null, "a test", s_none)).ShouldHaveSingleItem();
        after.Activity.ShouldBe(LaneActivity.Canceling);
        (await ErrorAsync(() => lanes.CancelAsync("targets", "a test", s_none))).ShouldBe("CANCEL_PENDING");
        rig.Clock.Advance(LaneWatch.LooksEvery);
        door.Open();
        var response = await run;

        response.Verdict.ShouldBe(Verdict.Stopped);
        response.Runs.ShouldHaveSingleItem().Status.ShouldBe(RunStatus.Canceled);
        (await lanes.ReadAsync(s_none))[0].ShouldBe(LaneState.Idle(Lane.China));
        (await ErrorAsync(() => lanes.CancelAsync(null, "a test", s_none))).ShouldBe("NOTHING_RUNS");
        (await rig.RunBothAsync()).Verdict.ShouldBe(Verdict.Done);
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Cancel_OfAPoolThatIsNotAtWork_LeavesTheOther()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Held(rig, "daily");
        await using var other = rig.OpenAgain();
        var run = RunAsync(rig);
        await door.WhenAskedAsync();

        (await ErrorAsync(() => other.Get<ControlLanes>().CancelAsync("universe", "a test", s_none))).ShouldBe(
            "NOTHING_RUNS"
        );
        (await ErrorAsync(() => other.Get<ControlLanes>().CancelAsync("options", "a test", s_none))).ShouldBe(
            "NOTHING_RUNS"
        );
        rig.Clock.Advance(LaneWatch.LooksEvery);
        door.Open();

        (await run).Verdict.ShouldBe(Verdict.Done);
    }

    [Fact]
    public async Task Pause_InTheMiddleOfARun_CommitsWhatWasFetchedAndGoesOnWhenResumed()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Held(rig, "daily");
        await using var other = rig.OpenAgain();
        var lanes = other.Get<ControlLanes>();
        var run = OneAtATimeAsync(rig);
        await door.WhenAskedAsync();
        (await lanes.PauseAsync("targets", "a test", s_none)).ShouldHaveSingleItem().Lane.ShouldBe(Lane.China);
        (await ErrorAsync(() => lanes.PauseAsync("china", "a test", s_none))).ShouldBe("LANE_PAUSED");
        rig.Clock.Advance(LaneWatch.LooksEvery);
        door.Open();

        // What was asked for before the pause is committed; the next units are not begun.
        while ((await rig.SnapshotAsync("ods_daily")).Units.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        rig.Market.Calls("daily").Count.ShouldBe(1);
        run.IsCompleted.ShouldBeFalse();
        (await lanes.ReadAsync(s_none))[0].Activity.ShouldBe(LaneActivity.Paused);

        await lanes.ResumeAsync(null, s_none);
        (await ErrorAsync(() => lanes.ResumeAsync(null, s_none))).ShouldBe("LANE_NOT_PAUSED");
        rig.Clock.Advance(LaneWatch.LooksEvery);

        (await run).Verdict.ShouldBe(Verdict.Done);
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(IngestRig.Days);
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Cancel_OfAPausedRun_EndsIt()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Held(rig, "daily");
        await using var other = rig.OpenAgain();
        var lanes = other.Get<ControlLanes>();
        var run = RunAsync(rig);
        await door.WhenAskedAsync();
        await lanes.PauseAsync(null, "a test", s_none);
        rig.Clock.Advance(LaneWatch.LooksEvery);
        door.Open();

        (await lanes.CancelAsync(null, "a test", s_none))
            .ShouldHaveSingleItem()
            .Activity.ShouldBe(LaneActivity.Canceling);
        rig.Clock.Advance(LaneWatch.LooksEvery);

        (await run).Verdict.ShouldBe(Verdict.Stopped);
        (await lanes.ReadAsync(s_none))[0].Activity.ShouldBe(LaneActivity.Paused, "the pause outlives the run");
    }

    [Fact]
    public async Task Cancel_BeforeTheFirstUnit_LeavesACanceledRun()
    {
        await using var rig = await IngestRig.StartAsync();
        using var probed = new ManualResetEventSlim();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Market.Before = (_, stop) =>
        {
            asked.TrySetResult();
            probed.Wait(stop);
        };
        var run = RunAsync(rig);
        await asked.Task;
        await rig.Get<ControlLanes>().CancelAsync(null, "a test", s_none);
        rig.Clock.Advance(LaneWatch.LooksEvery);
        var response = await run;
        probed.Set();

        response.Verdict.ShouldBe(Verdict.Stopped);
        var row = (await rig.Runs.ListAsync(5, s_none)).ShouldHaveSingleItem();
        row.Status.ShouldBe(RunStatus.Canceled);
        row.ErrorMessage!.ShouldContain("before its first unit");
    }

    [Fact]
    public async Task Run_WhereTheLaneIsPaused_IsBlockedWithARowAndNothingIsAsked()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.Get<ControlLanes>().PauseAsync(null, "a test", s_none);

        var response = await rig.RunBothAsync();

        response.Verdict.ShouldBe(Verdict.Blocked);
        response.Runs.Count.ShouldBe(2);
        (await rig.Runs.ListAsync(5, s_none)).ShouldAllBe(r =>
            r.Status == RunStatus.Failed && r.MetaJson!.Contains("LANE_PAUSED") && r.ErrorMessage!.Contains("a test")
        );
        rig.Market.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_AfterAProcessThatDied_HasTheLane()
    {
        await using var rig = await IngestRig.StartAsync();
        var states = rig.Get<LaneStates>();
        var dead = new LaneJob(
            "gone",
            $"{Environment.MachineName}/{int.MaxValue}/gone",
            Pool.Universe,
            RunMode.Manual,
            "manual",
            rig.Clock.UtcNow
        );
        await states.KeepAsync(Lane.China, dead, s_none);
        (await rig.Get<ControlLanes>().ReadAsync(s_none))[0].Job.ShouldBeNull("its process is gone");
        using var door = new Held(rig, "daily");

        var run = RunAsync(rig);
        await door.WhenAskedAsync();
        (await states.ReadAsync(Lane.China, s_none)).Job!.Id.ShouldNotBe("gone");
        door.Open();

        (await run).Verdict.ShouldBe(Verdict.Done);
    }

    private static Task<RunPoolsResponse> RunAsync(IngestRig rig) =>
        rig.Get<RunOperation>()
            .RunAsync(new RunPoolsRequest([Pool.Targets, Pool.Universe], []), new NoWatcher(), s_none);

    private static Task<BackfillResponse> OneAtATimeAsync(IngestRig rig)
    {
        var (from, to) = (DateOnly.Parse(IngestRig.Days[0]), DateOnly.Parse(IngestRig.Days[^1]));
        return rig.Get<BackfillOperation>()
            .RunAsync(new BackfillRequest(from, to, [], Jobs: 1), new NoWatcher(), s_none);
    }

    private static async Task<string> ErrorAsync(Func<Task> work) =>
        (await Should.ThrowAsync<TidemarkException>(work)).Code;

    /// <summary>Holds the vendor's first answer of an api back until it is opened.</summary>
    private sealed class Held : IDisposable
    {
        private readonly ManualResetEventSlim _opened = new();
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Held(IngestRig rig, string api) =>
            rig.Market.Before = (request, stop) =>
            {
                if (request.Api.Name == api && request.Limit > 1) // no probe
                {
                    _asked.TrySetResult();
                    _opened.Wait(stop);
                }
            };

        public Task WhenAskedAsync() => _asked.Task.WaitAsync(TimeSpan.FromMinutes(1));

        public void Open() => _opened.Set();

        public void Dispose()
        {
            Open();
            _opened.Dispose();
        }
    }
}
