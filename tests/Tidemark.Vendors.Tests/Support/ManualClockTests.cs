using Tidemark.Testing;

namespace Tidemark.Vendors.Tests.Support;

public sealed class ManualClockTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task Delay_ClockAdvanced_EndsAtExactlyItsMoment()
    {
        var start = _clock.UtcNow;
        var delay = Task.Delay(TimeSpan.FromSeconds(10), _clock);

        _clock.Advance(TimeSpan.FromSeconds(9.999));
        delay.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await delay;

        _clock.UtcNow.ShouldBe(start.AddSeconds(10));
    }

    [Fact]
    public void Advance_SeveralTimers_FireInOrderEachAtItsTime()
    {
        var fired = new List<string>();
        var start = _clock.UtcNow;
        using var late = Timer("late", 3);
        using var first = Timer("first", 1);
        using var second = Timer("second", 1);
        using var periodic = _clock.CreateTimer(
            _ => Note("tick"),
            null,
            TimeSpan.FromSeconds(2),
            TimeSpan.FromSeconds(2)
        );

        _clock.Advance(TimeSpan.FromSeconds(5));

        fired.ShouldBe(["first 1", "second 1", "tick 2", "late 3", "tick 4"]);
        _clock.Pending.Select(t => t.Remaining).ShouldBe([TimeSpan.FromSeconds(1)]);

        void Note(string name) => fired.Add($"{name} {(_clock.UtcNow - start).TotalSeconds}");
        ITimer Timer(string name, int seconds) =>
            _clock.CreateTimer(
                _ => Note(name),
                null,
                TimeSpan.FromSeconds(seconds),
                System.Threading.Timeout.InfiniteTimeSpan
            );
    }

    [Fact]
    public void Cancellation_TimedByTheClock_ComesWhenItIsAdvanced()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30), _clock);

        _clock.Advance(TimeSpan.FromSeconds(29));
        timeout.IsCancellationRequested.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));
        timeout.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void UtcNow_SetBack_FiresNothing()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30), _clock);

        _clock.UtcNow -= TimeSpan.FromDays(1);

        timeout.IsCancellationRequested.ShouldBeFalse();
        _clock.GetElapsedTime(_clock.GetTimestamp()).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task WhenPending_TimerSetLater_IsToldOfIt()
    {
        var waiting = _clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromMinutes(1), CancellationToken.None);
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _clock);

        var timer = await waiting;
        _clock.Advance(timer.Remaining);
        await delay;

        _clock.Pending.ShouldBeEmpty();
    }
}
