using Tidemark.Vendors.Ibkr.Connections;

namespace Tidemark.Vendors.Ibkr.Requests;

/// <summary>
/// The quotes that may be open at once; who comes first is served first. Windows of TWS and other clients share the gateway's lines: when it
/// has fewer than we think, we use fewer until the next connection. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // A semaphore holds nothing as long as nobody asks for its handle, and those who wait need it to the end.
internal sealed class LineBudget(int lines)
{
#pragma warning restore CA1001
    private readonly SemaphoreSlim _free = new(lines, lines);
    private readonly Lock _lock = new();
    private GatewayConnection? _connection;
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
            return canShrink;
        }
    }

    /// <summary>A request is about to be sent on this connection: a new one has all its lines.</summary>
    public void On(GatewayConnection connection)
    {
        int back;
        lock (_lock)
        {
            if (ReferenceEquals(connection, _connection))
            {
                return;
            }

            _connection = connection;
            (back, _withheld, _toWithhold) = (_withheld, 0, 0);
        }

        if (back > 0)
        {
            _free.Release(back);
        }
    }
}
