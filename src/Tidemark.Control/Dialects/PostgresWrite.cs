using System.Data;
using System.Globalization;
using Npgsql;

namespace Tidemark.Control.Dialects;

/// <summary>
/// A transaction that holds the database's lock. A commit whose answer is lost is settled by asking the server, on
/// another connection, what became of it.
/// </summary>
internal sealed class PostgresWrite : ControlWrite
{
    // "Tidemark". Such locks belong to one database of a server, and end with the transaction.
    private const long LockKey = 0x546964656D61726B;

    // Whoever stands still for longer (a machine asleep, a stopped process) loses lock and transaction, so that the
    // others, who wait for longer, go on.
    private static readonly TimeSpan s_longestSilence = TimeSpan.FromSeconds(20);

    private readonly NpgsqlDataSource _source;
    private readonly TimeSpan _patience;
    private readonly SemaphoreSlim _turn;
    private readonly string _id;

    private PostgresWrite(
        NpgsqlDataSource source,
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        TimeSpan patience,
        SemaphoreSlim turn,
        string id
    )
        : base(connection, transaction)
    {
        _source = source;
        _patience = patience;
        _turn = turn;
        _id = id;
    }

    /// <param name="source">Gives connections.</param>
    /// <param name="wait">How long the lock is waited for.</param>
    /// <param name="patience">How long the fate of a commit is asked for.</param>
    /// <param name="turn">Released at the end.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public static async Task<PostgresWrite> BeginAsync(
        NpgsqlDataSource source,
        TimeSpan wait,
        TimeSpan patience,
        SemaphoreSlim turn,
        CancellationToken cancellationToken
    )
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            // Each statement sees what was committed before it: all of it, under the lock.
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            var milliseconds = Math.Max(1, (long)wait.TotalMilliseconds);
            var silence = s_longestSilence < patience ? s_longestSilence : patience * 2 / 3;
            await using var command = new NpgsqlCommand(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    set local lock_timeout = {milliseconds};
                    set local idle_in_transaction_session_timeout = {(long)silence.TotalMilliseconds};
                    select pg_advisory_xact_lock({LockKey});
                    select cast(pg_current_xact_id() as text)
                    """
                ),
                connection,
                transaction
            );
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new PostgresWrite(source, connection, transaction, patience, turn, reader.GetString(0));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Not to be canceled half-way: nobody would know what became of it.</summary>
    public override async Task CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await Transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception error) when (PostgresErrors.IsLost(error))
        {
            if (!await IsCommittedAsync(error))
            {
                throw;
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> IsCommittedAsync(Exception lost)
    {
        var patience = new Patience(_patience);
        do
        {
            try
            {
                switch (await StatusAsync())
                {
                    case "committed":
                        return true;
                    case "aborted":
                        return false;
                    case null:
                        throw new OutcomeUnknownException(lost);
                }
            }
            catch (Exception error) when (PostgresErrors.IsPassing(error))
            {
                _source.Clear(); // as dead as the first
            }
            catch (PostgresException)
            {
                throw new OutcomeUnknownException(lost); // another server: it knows no such transaction
            }
        } while (await patience.WaitAsync(CancellationToken.None));

        throw new OutcomeUnknownException(lost);
    }

    private async Task<string?> StatusAsync()
    {
        await using var connection = await _source.OpenConnectionAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand($"select pg_xact_status('{_id}'::xid8)", connection);
        return await command.ExecuteScalarAsync(CancellationToken.None) as string;
    }
}
