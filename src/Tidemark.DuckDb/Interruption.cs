using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>
/// Interrupts a connection's statement from the moment a token is cancelled until this is disposed. DuckDB forgets an
/// interrupt that arrives before the statement has begun, so it is repeated until the statement has ended.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly DuckDBNativeConnection _connection;
    private readonly CancellationTokenRegistration _registration;
    private Timer? _repeat;
    private bool _ended;

    private Interruption(DuckDBNativeConnection connection, CancellationToken cancellationToken)
    {
        _connection = connection;
        _registration = cancellationToken.UnsafeRegister(static self => ((Interruption)self!).Begin(), this);
    }

    /// <summary>Null when the token can never be cancelled.</summary>
    public static Interruption? Of(DuckDBNativeConnection connection, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? new Interruption(connection, cancellationToken) : null;

    public void Dispose()
    {
        _registration.Dispose();
        lock (_gate)
        {
            // From here on an interrupt would hit the connection's next statement.
            _ended = true;
            _repeat?.Dispose();
        }
    }

    private void Begin()
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _repeat = new Timer(static self => ((Interruption)self!).Repeat(), this, TimeSpan.Zero, s_period);
            }
        }
    }

    private void Repeat()
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _connection.Interrupt();
            }
        }
    }
}
