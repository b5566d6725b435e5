namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>
/// The time of a simulation. It stands until the one who drives it fires the next timer, or has it jump, as it is for a
/// machine that slept: then what fell due meanwhile fires late, and once. Thread-safe.
/// </summary>
internal sealed class SimulatedClock(DateTimeOffset start)
{
    private readonly Lock _lock = new();
    private readonly List<SimulatedTimer> _pending = [];
    private DateTimeOffset _now = start.ToUniversalTime();
    private long _sequence;

    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
            {
                return _now;
            }
        }
    }

    /// <summary>Timers that have fired so far.</summary>
    public long Fired { get; private set; }

    /// <summary>Sets the time; what is due by then is to be fired.</summary>
    public void JumpTo(DateTimeOffset moment)
    {
        lock (_lock)
        {
            _now = moment > _now ? moment : _now;
        }
    }

    /// <summary>
    /// Fires the next timer that is due up to a moment, at its own moment if that is still to come. False where none is;
    /// then the clock stands where it stood.
    /// </summary>
    public bool FireNext(DateTimeOffset until)
    {
        SimulatedTimer? next = null;
        lock (_lock)
        {
            foreach (var timer in _pending)
            {
                if (timer.Due <= until && !timer.Life.IsStill && (next is null || timer.ComesBefore(next)))
                {
                    next = timer;
                }
            }

            if (next is null)
            {
                return false;
            }

            _now = next.Due > _now ? next.Due : _now;
            _pending.Remove(next);
            if (next.Period > TimeSpan.Zero)
            {
                next.Due = _now + next.Period;
                _pending.Add(next);
            }
        }

        Fired++;
        next.Fire();
        return true;
    }

    private void Set(SimulatedTimer timer, TimeSpan due, TimeSpan period)
    {
        lock (_lock)
        {
            _pending.Remove(timer);
            if (timer.IsDisposed || due < TimeSpan.Zero)
            {
                return;
            }

            timer.Due = _now + due;
            timer.Period = period;
            timer.Sequence = _sequence++;
            _pending.Add(timer);
        }
    }

    private void Remove(SimulatedTimer timer)
    {
        lock (_lock)
        {
            timer.IsDisposed = true;
            _pending.Remove(timer);
        }
    }

    /// <summary>Forgets the timers of a process that is gone.</summary>
    public void Forget(WorkerLife life)
    {
        lock (_lock)
        {
            _pending.RemoveAll(timer => timer.Life == life);
        }
    }

    /// <summary>The clock as one process sees it.</summary>
    public TimeProvider Of(WorkerLife life) => new View(this, life);

    private sealed class View(SimulatedClock clock, WorkerLife life) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => clock.Now;

        public override long GetTimestamp() => clock.Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new SimulatedTimer(clock, life, () => callback(state));
            timer.Change(dueTime, period);
            return timer;
        }
    }

    private sealed class SimulatedTimer(SimulatedClock clock, WorkerLife life, Action callback) : ITimer
    {
        public WorkerLife Life => life;

        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; set; }

        public long Sequence { get; set; }

        public bool IsDisposed { get; set; }

        public bool ComesBefore(SimulatedTimer other) =>
            Due < other.Due || (Due == other.Due && Sequence < other.Sequence);

        public void Fire()
        {
            if (!life.IsOver)
            {
                callback();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Set(this, dueTime, period);
            return true;
        }

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
