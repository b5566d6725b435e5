namespace Tidemark.Simulator.Tws;

/// <summary>
/// The later work of one session. One timer serves all of it, so that a clock driven by hand meets every moment
/// exactly. Work runs under the session's lock and is scheduled under it.
/// </summary>
internal sealed class Timetable : IDisposable
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _clock;
    private readonly Lock _gate;
    private readonly Action<Exception> _failed;
    private readonly Action _done;
    private readonly PriorityQueue<Action, (DateTimeOffset Due, long Order)> _work = new();
    private readonly ITimer _timer;
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;
    private long _order;
    private bool _isOver;

    /// <param name="done">Called under the lock after work: sends what was written.</param>
    /// <param name="failed">Called under the lock with the error.</param>
    public Timetable(TimeProvider clock, Lock gate, Action done, Action<Exception> failed)
    {
        _clock = clock;
        _gate = gate;
        _done = done;
        _failed = failed;
        _timer = clock.CreateTimer(_ => Run(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Does something later.</summary>
    public void After(TimeSpan delay, Action work)
    {
        _work.Enqueue(work, (_clock.GetUtcNow() + delay, _order++));
        Arm();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _work.Clear();
        }

        _timer.Dispose();
    }

    private void Run()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _armedFor = DateTimeOffset.MaxValue;
            try
            {
                while (!_isOver && _work.TryPeek(out var work, out var at) && at.Due <= _clock.GetUtcNow())
                {
                    _work.Dequeue();
                    work();
                }
            }
            catch (Exception error)
            {
                _failed(error);
            }

            _done();
            Arm();
        }
    }

    private void Arm()
    {
        if (_isOver || !_work.TryPeek(out _, out var at) || at.Due >= _armedFor)
        {
            return;
        }

        _armedFor = at.Due;
        var wait = at.Due - _clock.GetUtcNow();

        // Wall-clock timers round down to their step, and would fire too soon again and again.
        _timer.Change(wait < s_step ? s_step : wait, Timeout.InfiniteTimeSpan);
    }
}
