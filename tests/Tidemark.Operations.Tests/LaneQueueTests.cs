using Tidemark.Control;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Operations.Jobs;
using Tidemark.Testing;

namespace Tidemark.Operations.Tests;

/// <summary>The queues of a process that serves: one work at a time in a lane, and lanes that never wait for each other.</summary>
public sealed class LaneQueueTests : IAsyncLifetime
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-lanes-").FullName;
    private readonly ManualClock _clock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _working = [];
    private ControlDatabase? _database;

    private LaneStates States => new(_database!);

    public async ValueTask InitializeAsync() =>
        _database = await ControlDatabase.OpenAsync(Path.Combine(_folder, "control.db"), _clock, s_none);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_working);
        await _database!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task AnEndlessBackfill_NeverDelaysASlotOfOptions()
    {
        var (china, options) = (Begin(Lane.China), Begin(Lane.Options));
        var backfill = new Work();
        china.Enqueue(backfill.As("backfill"));
        await backfill.Begun;

        for (var slot = 0; slot < 14; slot++)
        {
            var work = new Work();
            options.Enqueue(work.As($"slot {slot}"));
            await work.Begun; // though the backfill goes on
            work.End();
        }

        backfill.HasEnded.ShouldBeFalse();
    }

    [Fact]
    public async Task InALane_OneRunsAfterTheOther_InOrder()
    {
        var lane = Begin(Lane.China);
        var (first, second) = (new Work(), new Work());
        lane.Enqueue(first.As("first"));
        lane.Enqueue(second.As("second"));
        await first.Begun;
        second.HasBegun.ShouldBeFalse();
        lane.Length.ShouldBe(1);

        first.End();

        await second.Begun;
        second.End();
    }

    [Fact]
    public async Task EqualWork_IsTakenOnce_WhileItRunsOrWaits()
    {
        var lane = Begin(Lane.China);
        var (first, later) = (new Work(), new Work());
        lane.Enqueue(first.As("day 1")).ShouldBeTrue();
        await first.Begun;

        lane.Enqueue(new Work().As("day 1")).ShouldBeFalse("it runs");
        lane.Enqueue(later.As("day 2")).ShouldBeTrue();
        lane.Enqueue(new Work().As("day 2")).ShouldBeFalse("it waits");
        first.End();
        await later.Begun;
        lane.Enqueue(new Work().As("day 1")).ShouldBeTrue("it is over");
        later.End();
    }

    [Fact]
    public async Task WorkThatBreaks_TakesOnlyItself()
    {
        var lane = Begin(Lane.China);
        lane.Enqueue(new LaneWork("broken", _ => throw new InvalidOperationException("on purpose")));
        var next = new Work();
        lane.Enqueue(next.As("next"));

        await next.Begun;
        next.End();
    }

    [Fact]
    public async Task APausedLane_BeginsNothing_AndTheOtherGoesOn()
    {
        await States.PauseAsync(Lane.China, "a test", s_none);
        var (china, options) = (Begin(Lane.China), Begin(Lane.Options));
        var (held, slot) = (new Work(), new Work());
        china.Enqueue(held.As("held"));
        options.Enqueue(slot.As("slot"));
        await slot.Begun;
        slot.End();
        await _clock.WhenPendingAsync(timer => timer.SetTo == LaneWatch.LooksEvery, s_none);
        held.HasBegun.ShouldBeFalse();

        await States.ResumeAsync(Lane.China, s_none);
        _clock.Advance(LaneWatch.LooksEvery);

        await held.Begun;
        held.End();
    }

    [Fact]
    public async Task ALaneInWhichAnotherProcessWorks_Waits()
    {
        var job = new LaneJob("theirs", "elsewhere/1/theirs", Pool.Universe, RunMode.Manual, "manual", _clock.UtcNow);
        await States.KeepAsync(Lane.China, job, s_none);
        var lane = Begin(Lane.China);
        var work = new Work();
        lane.Enqueue(work.As("ours"));
        await _clock.WhenPendingAsync(timer => timer.SetTo == LaneWatch.LooksEvery, s_none);
        work.HasBegun.ShouldBeFalse();

        await States.EndAsync(Lane.China, "theirs", s_none);
        _clock.Advance(LaneWatch.LooksEvery);

        await work.Begun;
        work.End();
    }

    private LaneQueue Begin(Lane lane)
    {
        var queue = new LaneQueue(lane, States, _clock);
        _working.Add(queue.RunAsync(_stop.Token));
        return queue;
    }

    /// <summary>Work that lasts until a test ends it.</summary>
    private sealed class Work
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task.WaitAsync(TimeSpan.FromMinutes(1));

        public bool HasBegun => _begun.Task.IsCompleted;

        public bool HasEnded => _end.Task.IsCompleted;

        public void End() => _end.SetResult();

        public LaneWork As(string key) =>
            new(
                key,
                async stop =>
                {
                    _begun.SetResult();
                    await _end.Task.WaitAsync(stop);
                }
            );
    }
}
