using Tidemark.Core.Datasets;

namespace Tidemark.Vendors.RateLimits;

/// <summary>
/// Lets calls to one api with one account through at the vendor's pace, first come, first served. It learns: a refusal
/// by the vendor closes it until that window ends, and the limit that the vendor names replaces a higher one.
/// <para>
/// A configured limit may be higher than the account's. As many calls as have passed within one window are proved; what
/// goes beyond that is under way one call at a time: else all that are under way when the vendor refuses the first one
/// are refused, too, and each of them counts.
/// </para>
/// Thread-safe.
/// </summary>
internal sealed class RateBucket : IDisposable
{
    /// <summary>A little more than a minute's window. Longer waits (hours, days) are reported instead.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(90);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _alone = new(1, 1);
    private readonly CallLog _made = new();
    private readonly IReadOnlyList<CountedCalls> _before;
    private readonly List<RateWindow> _windows = [];
    private readonly TimeProvider _clock;
    private DateTimeOffset _closedUntil;
    private TimeSpan _closedFor;
    private int _queued;
    private int _underWay;

    /// <param name="limits">Those that are configured or declared, of different windows.</param>
    /// <param name="clock">For windows and waits.</param>
    /// <param name="learned">Limits that the vendor has named before.</param>
    /// <param name="before">The calls of earlier processes.</param>
    public RateBucket(
        IReadOnlyList<RateLimit> limits,
        TimeProvider clock,
        IReadOnlyList<RateLimit>? learned = null,
        IReadOnlyList<CountedCalls>? before = null
    )
    {
        _clock = clock;
        _before = before ?? [];
        foreach (var limit in limits)
        {
            Open(limit);
        }

        foreach (var said in learned ?? [])
        {
            Learn(said);
        }

        Close(_before.Where(counted => counted.Calls == 0));
    }

    /// <summary>Whether one call matters for an hour or longer.</summary>
    public bool CountsLong
    {
        get
        {
            lock (_lock)
            {
                return _windows.Exists(window => window.Limit.Window >= TimeSpan.FromHours(1));
            }
        }
    }

    /// <summary>
    /// What the next process has to know. Of refusals, those that it would wait for: behind a longer one it asks once,
    /// because an account may have been upgraded meanwhile; its own calls it counts in any case.
    /// </summary>
    public IReadOnlyList<CountedCalls> Counted()
    {
        lock (_lock)
        {
            var now = _clock.GetUtcNow();
            var counted = _made.Counted(now);
            return _closedUntil > now && _closedUntil - now <= LongestWait
                ? [.. counted, new CountedCalls(_closedFor, _closedUntil, Calls: 0)]
                : [.. counted];
        }
    }

    /// <summary>The limits now in force: the configured one, lowered and joined by those learned.</summary>
    public IReadOnlyList<RateLimit> Limits
    {
        get
        {
            lock (_lock)
            {
                return [.. _windows.Select(w => w.Limit)];
            }
        }
    }

    /// <summary>The time until one more call may be made, behind those that queue; zero = now.</summary>
    public TimeSpan Wait
    {
        get
        {
            lock (_lock)
            {
                var wait = WaitAt(_clock.GetUtcNow(), _queued);
                return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
            }
        }
    }

    /// <summary>The calls that queue or are under way.</summary>
    public int Busy
    {
        get
        {
            lock (_lock)
            {
                return _queued + _underWay;
            }
        }
    }

    /// <summary>Queues for a call that is made soon.</summary>
    public RatePlace Queue()
    {
        lock (_lock)
        {
            _queued++;
        }

        return new RatePlace(() =>
        {
            lock (_lock)
            {
                _queued--;
            }
        });
    }

    /// <summary>Waits for a turn and takes it. Dispose of it when the call is over.</summary>
    public async ValueTask<RateTurn> TakeAsync(Action<TimeSpan> onWait, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        SemaphoreSlim? alone = null;
        try
        {
            while (true)
            {
                if (alone is null && !IsProved)
                {
                    await _alone.WaitAsync(cancellationToken);
                    alone = _alone;
                }

                var wait = TryTake();
                if (wait <= TimeSpan.Zero)
                {
                    var its = alone;
                    return new RateTurn(TooLong: null, () => End(its));
                }

                if (wait > LongestWait)
                {
                    alone?.Release();
                    return new RateTurn(wait, Over: null);
                }

                onWait(wait);
                await Task.Delay(wait, _clock, cancellationToken);
            }
        }
        catch
        {
            alone?.Release();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A call has passed.</summary>
    public void Passed()
    {
        lock (_lock)
        {
            var now = _clock.GetUtcNow();
            foreach (var window in _windows)
            {
                window.Passed(now);
            }
        }
    }

    /// <summary>
    /// The vendor refused a call. Closes the bucket until the window is over and returns how long that is.
    /// </summary>
    /// <param name="said">The limit that the vendor named; null = none, taken for a minute's.</param>
    public TimeSpan Refuse(RateLimit? said)
    {
        lock (_lock)
        {
            var now = _clock.GetUtcNow();
            var window = said is { } limit ? Learn(limit) : new RateWindow(new RateLimit(1, TimeSpan.FromMinutes(1)));
            var end = window.EndAt(now);
            if (end > _closedUntil)
            {
                (_closedUntil, _closedFor) = (end, window.Limit.Window);
            }

            return _closedUntil - now;
        }
    }

    public void Dispose()
    {
        _turn.Dispose();
        _alone.Dispose();
    }

    /// <summary>Whether one more call is within what every window is known to allow.</summary>
    private bool IsProved
    {
        get
        {
            lock (_lock)
            {
                var now = _clock.GetUtcNow();
                return _windows.TrueForAll(window => window.IsProvedAt(now));
            }
        }
    }

    private void Close(IEnumerable<CountedCalls> refusals)
    {
        var now = _clock.GetUtcNow();
        foreach (var refusal in refusals)
        {
            var latest = new RateWindow(new RateLimit(1, refusal.Window)).EndAt(now);
            if (refusal.Until > _closedUntil && refusal.Until <= latest)
            {
                (_closedUntil, _closedFor) = (refusal.Until, refusal.Window);
            }
        }
    }

    /// <summary>A window that begins with the calls already made within it, by this process and those before.</summary>
    private RateWindow Open(RateLimit limit)
    {
        var window = new RateWindow(limit);
        var now = _clock.GetUtcNow();
        foreach (var made in _before.Concat(_made.Counted(now)).Where(c => c.Calls > 0).OrderBy(c => c.Until))
        {
            window.Restore(made, now);
        }

        _windows.Add(window);
        return window;
    }

    private RateWindow Learn(RateLimit said)
    {
        var window = _windows.Find(w => w.Limit.Window == said.Window) ?? Open(said);
        window.IsSaid(said.Calls);
        return window;
    }

    private void End(SemaphoreSlim? alone)
    {
        lock (_lock)
        {
            _underWay--;
        }

        alone?.Release();
    }

    private TimeSpan WaitAt(DateTimeOffset now, int ahead = 0)
    {
        var wait = _closedUntil - now;
        foreach (var window in _windows)
        {
            var its = window.WaitAt(now, ahead);
            wait = its > wait ? its : wait;
        }

        return wait;
    }

    private TimeSpan TryTake()
    {
        lock (_lock)
        {
            var now = _clock.GetUtcNow();
            var wait = WaitAt(now);
            if (wait <= TimeSpan.Zero)
            {
                foreach (var window in _windows)
                {
                    window.Take(now);
                }

                _made.Add(now);
                _underWay++;
            }

            return wait;
        }
    }
}
