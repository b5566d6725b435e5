namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>
/// Kinds of points of a process's work. Those of one kind come one after the other; a call of the vendor goes beside
/// a commit, in an order of which nobody is the master.
/// </summary>
internal enum PointKind
{
    Store,
    Transaction,
    Vendor,
}

/// <summary>A process was killed at this point.</summary>
internal sealed class WorkerKilledException(string point) : Exception($"killed {point}");

/// <summary>
/// The life of one simulated process. All that it does to the outside (store, control database, vendor, timers) passes
/// here: it can be killed at a point of its work, after which nothing of it reaches the outside any more, or be stopped
/// there as a machine that sleeps, until it is woken. Thread-safe.
/// </summary>
internal sealed class WorkerLife(string name)
{
    private readonly Lock _lock = new();
    private PointKind _kind;
    private int _untilKilled = -1;
    private int _untilStill = -1;
    private TaskCompletionSource? _still;

    public string Name => name;

    public bool IsOver { get; private set; }

    /// <summary>Whether it stands still, as on a machine that sleeps.</summary>
    public bool IsStill => _still is not null;

    /// <summary>At which point it was killed or stopped; for the trace.</summary>
    public string At { get; private set; } = "";

    /// <summary>Kills it when it passes its n-th point of a kind from now on.</summary>
    public void KillAfter(PointKind kind, int points) => (_kind, _untilKilled, _untilStill) = (kind, points, -1);

    /// <summary>Stops it when it passes its n-th point of a kind from now on.</summary>
    public void StillAfter(PointKind kind, int points) => (_kind, _untilKilled, _untilStill) = (kind, -1, points);

    /// <summary>That point, told once.</summary>
    public string TakePoint()
    {
        var at = At;
        At = "";
        return at;
    }

    public void Disarm() => _untilKilled = _untilStill = -1;

    public void Kill()
    {
        IsOver = true;
        Wake();
    }

    public void Wake()
    {
        TaskCompletionSource? still;
        lock (_lock)
        {
            (still, _still) = (_still, null);
        }

        still?.SetResult();
    }

    /// <summary>Passes a point of its work.</summary>
    /// <exception cref="WorkerKilledException">It is dead.</exception>
    public async Task PassAsync(PointKind kind, string point)
    {
        Task? still = null;
        lock (_lock)
        {
            if (!IsOver && kind == _kind && _untilKilled > 0 && --_untilKilled == 0)
            {
                (IsOver, At) = (true, point);
            }

            if (!IsOver && kind == _kind && _untilStill > 0 && --_untilStill == 0)
            {
                At = point;
                _still ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            still = _still?.Task;
        }

        if (still is not null && !IsOver)
        {
            await still;
        }

        Live(point);
    }

    /// <summary>Passes where nothing waits.</summary>
    public void Live(string point)
    {
        if (IsOver)
        {
            throw new WorkerKilledException(point);
        }
    }
}
