namespace Tidemark.Vendors.Ibkr.Connections;

/// <summary>
/// Lets messages through at a steady pace, first come, first served, a few at once after a pause. A complaint of the
/// gateway closes it for a second and halves the pace; each calm while doubles it again. Thread-safe.
/// </summary>
/// <param name="perSecond">0 = no limit until the gateway complains.</param>
#pragma warning disable CA1001 // A semaphore holds nothing as long as nobody asks for its handle, and those who wait need it to the end.
internal sealed class MessageBudget(double perSecond, TimeProvider clock)
{
#pragma warning restore CA1001
    private const double PaceAfterComplaint = 45;
    private const int SlownessMax = 16;

    private static readonly TimeSpan s_closed = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly long _start = clock.GetTimestamp();

    // A fifteenth of a second's messages: no second sees more than the pace and these.
    private readonly int _burst = Math.Max(1, (int)(perSecond / 15));

    /// <summary>When a budget without any burst would let the next one through.</summary>
    private TimeSpan _next;
    private TimeSpan _closedUntil;
    private TimeSpan _calmAt;
    private int _slowness = 1;

    /// <summary>1 = at full pace, 2 = at half of it, ….</summary>
    public int Slowness
    {
        get
        {
            lock (_lock)
            {
                CalmDown(Now);
                return _slowness;
            }
        }
    }

    private TimeSpan Now => clock.GetElapsedTime(_start);

    /// <summary>Waits for a turn and takes it.</summary>
    public ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return perSecond == 0 && Slowness == 1 ? default : WaitAsync(cancellationToken);
    }

    /// <summary>Takes a turn ahead of all who wait: for what cannot wait.</summary>
    public void TakeNow()
    {
        lock (_lock)
        {
            Advance(Now);
        }
    }

    /// <summary>The gateway complained.</summary>
    public void SlowDown()
    {
        lock (_lock)
        {
            var now = Now;
            CalmDown(now);
            if (now < _closedUntil)
            {
                return; // it was on its way before the first complaint
            }

            _slowness = Math.Min(_slowness * 2, SlownessMax);
            _closedUntil = now + s_closed;
            _calmAt = now + s_calm;
        }
    }

    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (TryTake() is var wait && wait > TimeSpan.Zero)
            {
                // Whole milliseconds: less would not be waited for at all.
                await Task.Delay(
                    TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)),
                    clock,
                    cancellationToken
                );
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private TimeSpan TryTake()
    {
        lock (_lock)
        {
            var now = Now;
            CalmDown(now);
            var at = _next - (Interval * (_burst - 1));
            var wait = (_closedUntil > at ? _closedUntil : at) - now;
            if (wait <= TimeSpan.Zero)
            {
                Advance(now);
            }

            return wait;
        }
    }

    private TimeSpan Interval =>
        perSecond > 0 ? TimeSpan.FromSeconds(_slowness / perSecond)
        : _slowness > 1 ? TimeSpan.FromSeconds(_slowness / PaceAfterComplaint)
        : TimeSpan.Zero;

    private void Advance(TimeSpan now) => _next = (_next > now ? _next : now) + Interval;

    private void CalmDown(TimeSpan now)
    {
        while (_slowness > 1 && now >= _calmAt)
        {
            _slowness /= 2;
            _calmAt += s_calm;
        }
    }
}
