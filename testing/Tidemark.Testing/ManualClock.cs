namespace Tidemark.Testing;

/// <summary>
/// A clock that stands still until a test moves it. Timers (and so <c>Task.Delay</c>, timed cancellation and Polly's
/// back-off, when they use this clock) fire inside <see cref="Advance"/>, in the order in which they are due, each at
/// exactly its own moment. Thread-safe.
/// </summary>
public sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _pending = [];
    private DateTimeOffset _now = start.ToUniversalTime();
    private long _sequence;
    private TaskCompletionSource _timersChanged = NewSignal();

    /// <summary>2024-01-02 08:00 UTC: a trading day in Shanghai, an hour after the close.</summary>
    public ManualClock()
        : this(new DateTimeOffset(2024, 1, 2, 8, 0, 0, TimeSpan.Zero)) { }

    /// <summary>
    /// The present moment. Setting a later one is <see cref="Advance"/>; an earlier one puts the clock back and fires
    /// nothing.
    /// </summary>
    public DateTimeOffset UtcNow
    {
        get
        {
            lock (_lock)
            {
                return _now;
            }
        }
        set => MoveTo(value.ToUniversalTime());
    }

    /// <summary>
    /// Timers of this length never fire: time-outs of calls that really cross the network, which take none of this
    /// clock's time.
    /// </summary>
    public TimeSpan? Untimed { get; init; }

    /// <summary>The zone of the machine.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    public override TimeZoneInfo LocalTimeZone => Zone;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>
    /// The timers that have not fired: for each, the time left and the time to which it was first set.
    /// </summary>
    public IReadOnlyList<PendingTimer> Pending
    {
        get
        {
            lock (_lock)
            {
                return [.. InOrder().Select(t => new PendingTimer(t.Due - _now, t.SetTo, t.Period > TimeSpan.Zero))];
            }
        }
    }

    public override DateTimeOffset GetUtcNow() => UtcNow;

    public override long GetTimestamp() => UtcNow.Ticks;

    /// <summary>Moves time on and fires what falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        MoveTo(UtcNow + by);
    }

    /// <summary>
    /// Waits (in real time, but only for other threads) until a timer is pending that <paramref name="isTheOne"/>
    /// accepts, and returns it. A test calls it to know that the code under test is waiting.
    /// </summary>
    public async Task<PendingTimer> WhenPendingAsync(
        Func<PendingTimer, bool> isTheOne,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _timersChanged.Task;
            }

            foreach (var timer in Pending)
            {
                if (isTheOne(timer))
                {
                    return timer;
                }
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private IEnumerable<ManualTimer> InOrder() => _pending.OrderBy(t => t.Due).ThenBy(t => t.Sequence);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void MoveTo(DateTimeOffset target)
    {
        while (NextDue(target) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>
    /// Takes the next timer due up to the target and sets the clock to its moment; without one, sets the clock to the
    /// target.
    /// </summary>
    private ManualTimer? NextDue(DateTimeOffset target)
    {
        lock (_lock)
        {
            var next = InOrder().FirstOrDefault();
            if (next is null || next.Due > target)
            {
                _now = target;
                return null;
            }

            _now = next.Due > _now ? next.Due : _now;
            _pending.Remove(next);
            if (next.Period > TimeSpan.Zero)
            {
                next.Due += next.Period;
                _pending.Add(next);
            }

            Signal();
            return next;
        }
    }

    private bool Schedule(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            if (timer.IsDisposed)
            {
                return false;
            }

            _pending.Remove(timer);
            var first = dueTime == TimeSpan.Zero ? period : dueTime;
            if (first > TimeSpan.Zero && first != Untimed)
            {
                timer.Due = _now + first;
                timer.SetTo = first;
                timer.Period = period;
                timer.Sequence = _sequence++;
                _pending.Add(timer);
            }

            Signal();
        }

        if (dueTime == TimeSpan.Zero)
        {
            // As with a real timer, never on the stack of the thread that set it.
            ThreadPool.QueueUserWorkItem(_ => timer.Fire());
        }

        return true;
    }

    private void Remove(ManualTimer timer)
    {
        lock (_lock)
        {
            timer.IsDisposed = true;
            _pending.Remove(timer);
            Signal();
        }
    }

    private void Signal()
    {
        _timersChanged.TrySetResult();
        _timersChanged = NewSignal();
    }

    private sealed class ManualTimer(ManualClock clock, Action callback) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan SetTo { get; set; }

        public TimeSpan Period { get; set; }

        public long Sequence { get; set; }

        public bool IsDisposed { get; set; }

        public void Fire() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Schedule(this, dueTime, period);

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>A timer that has not fired.</summary>
/// <param name="Remaining">The time left, from the clock's now.</param>
/// <param name="SetTo">The time to which it was set; distinguishes a time-out from a wait.</param>
/// <param name="Repeats">Whether it repeats until it is stopped; code does not wait for such a timer.</param>
public readonly record struct PendingTimer(TimeSpan Remaining, TimeSpan SetTo, bool Repeats);
