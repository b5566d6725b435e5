using Tidemark.Vendors.Ibkr.Connections;

namespace Tidemark.Vendors.Ibkr.Requests;

/// <summary>
/// The quotes that may be open at once; who comes first is served first. Windows of TWS and other clients share the
/// gateway's lines: when it has fewer than we think, we use fewer, and try one more each half minute; all on the next
/// connection. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // A semaphore holds nothing as long as nobody asks for its handle, and those who wait need it to the end.
internal sealed class LineBudget(int lines, TimeProvider clock)
{
#pragma warning restore CA1001
    private readonly SemaphoreSlim _free = new(lines, lines);
    private readonly Lock _lock = new();
    private static readonly TimeSpan s_growth = TimeSpan.FromSeconds(30);

    private GatewayConnection? _connection;
    private long _changed;
    private int _toWithhold;
    private int _withheld;

    public int Free => _free.CurrentCount;

    public Task TakeAsync(CancellationToken cancellationToken) => _free.WaitAsync(cancellationToken);

    public void GiveBack()
    {
        lock (_lock)
        {
            if (_toWithhold > 0)
            {
                _toWithhold--;
                _withheld++;
                return;
            }
        }

        _free.Release();
    }

    /// <summary>The next line that is given back is kept; false when only one would be left.</summary>
    public bool TryShrink()
    {
        lock (_lock)
        {
            var canShrink = _toWithhold + _withheld < lines - 1;
            _toWithhold += canShrink ? 1 : 0;
            _changed = clock.GetTimestamp();
            return canShrink;
        }
    }

    /// <summary>
    /// A request is about to be sent on this connection: a new one has all its lines, an old one perhaps one more.
    /// </summary>
    public void On(GatewayConnection connection)
    {
        int back;
        lock (_lock)
        {
            if (!ReferenceEquals(connection, _connection))
            {
                _connection = connection;
                (back, _withheld, _toWithhold) = (_withheld, 0, 0);
            }
            else if (_withheld > 0 && clock.GetElapsedTime(_changed) >= s_growth)
            {
                (back, _withheld, _changed) = (1, _withheld - 1, clock.GetTimestamp());
            }
            else
            {
                return;
            }
        }

        if (back > 0)
        {
            _free.Release(back);
        }
    }
}
