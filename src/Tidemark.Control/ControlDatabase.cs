using Tidemark.Control.Dialects;
using Tidemark.Control.Telemetry;
using Tidemark.Core.Errors;
using Tidemark.Core.Secrets;

namespace Tidemark.Control;

/// <summary>
/// The control database: runs, steps, settings, secrets, leases, statuses. A SQLite file, or a database of PostgreSQL;
/// several processes may have it open. Repositories talk to it through <see cref="ReadAsync"/> and
/// <see cref="WriteAsync{T}"/> in SQL that both understand. Thread-safe.
/// </summary>
public sealed class ControlDatabase : IAsyncDisposable
{
    /// <summary>
    /// Stands in SQL for what time the database has, in epoch milliseconds. What several processes must agree on is
    /// told by it and not by their own clocks.
    /// </summary>
    internal const string NowSql = ControlSession.NowSql;

    private readonly ControlDialect _dialect;
    private readonly SecretMask _secrets;
    private readonly TimeSpan _patience;

    internal ControlDatabase(
        ControlDialect dialect,
        string keysFolder,
        TimeProvider time,
        SecretMask secrets,
        ControlTelemetry? telemetry,
        TimeSpan patience
    )
    {
        _dialect = dialect;
        _secrets = secrets;
        _patience = patience;
        KeysFolder = keysFolder;
        Time = time;
        Telemetry = telemetry;
    }

    /// <summary>The SQLite file, absolute, or the server's address without its secrets: for messages.</summary>
    public string Place => _dialect.Place;

    /// <summary>Where the keys of the stored secrets are: never where the secrets are.</summary>
    public string KeysFolder { get; }

    /// <summary>Whether it may only be read: questions are answered, and nothing is recorded.</summary>
    public bool IsReadOnly => _dialect.IsReadOnly;

    /// <summary>A statement as a user would have it executed, for messages.</summary>
    internal string AdviseSql(string sql) => _dialect.AdviseSql(sql);

    internal TimeProvider Time { get; }

    internal ControlTelemetry? Telemetry { get; }

    internal long NowMilliseconds => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens a SQLite file, makes it when it is not there, and brings its schema up to date.</summary>
    /// <exception cref="TidemarkException">
    /// <c>CONTROL_UNREADABLE</c>: it cannot be opened or is no database. <c>CONTROL_NEWER</c>: a newer program wrote
    /// it. <c>CONTROL_ALTERED</c>: a migration that it records is not the one that this program has.
    /// <c>CONTROL_READ_ONLY</c>: it may only be read, and an older program wrote it.
    /// </exception>
    public static Task<ControlDatabase> OpenAsync(
        string path,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => OpenAsync(path, time, new SecretMask(), cancellationToken);

    /// <summary>The same; texts are stored with these secrets masked.</summary>
    public static Task<ControlDatabase> OpenAsync(
        string path,
        TimeProvider time,
        SecretMask secrets,
        CancellationToken cancellationToken
    ) => OpenAsync(path, time, secrets, telemetry: null, cancellationToken);

    /// <summary>The same; seen from outside.</summary>
    public static Task<ControlDatabase> OpenAsync(
        string path,
        TimeProvider time,
        SecretMask secrets,
        ControlTelemetry? telemetry,
        CancellationToken cancellationToken
    ) => SqliteOpening.OpenAsync(path, time, secrets, telemetry, cancellationToken);

    /// <summary>Opens a database of PostgreSQL, and brings its schema up to date.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="keysFolder">A folder of this machine for the keys of the secrets that are stored.</param>
    /// <param name="time">The clock of what is recorded.</param>
    /// <param name="secrets">Masked in texts that are stored.</param>
    /// <param name="telemetry">How it is seen from outside.</param>
    /// <param name="cancellationToken">Stops the waiting for the server.</param>
    /// <exception cref="TidemarkException">
    /// As for a file, and: <c>CONTROL_UNREACHABLE</c>: no server answers. <c>CONTROL_REFUSED</c>: it does not let the
    /// user in. <c>CONTROL_UNSUITABLE</c>: it is too old, or of an encoding that cannot keep all text.
    /// </exception>
    public static Task<ControlDatabase> OpenAsync(
        PostgresAddress address,
        string keysFolder,
        TimeProvider time,
        SecretMask secrets,
        ControlTelemetry? telemetry,
        CancellationToken cancellationToken
    ) => OpenAsync(address, keysFolder, time, secrets, telemetry, Patience.Usual, cancellationToken);

    /// <summary>The same with less patience.</summary>
    internal static Task<ControlDatabase> OpenAsync(
        PostgresAddress address,
        string keysFolder,
        TimeProvider time,
        SecretMask secrets,
        ControlTelemetry? telemetry,
        TimeSpan patience,
        CancellationToken cancellationToken
    ) => PostgresOpening.OpenAsync(address, keysFolder, time, secrets, telemetry, patience, cancellationToken);

    internal async Task<ControlDatabase> ReadyAsync(Func<Task> prepare)
    {
        try
        {
            await prepare();
            Telemetry?.Opened(Place, IsReadOnly);
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Runs statements that only read; again where the database failed in a way that goes by. They change nothing but
    /// what they return.
    /// </summary>
    internal Task<T> ReadAsync<T>(Func<ControlSession, Task<T>> read, CancellationToken cancellationToken) =>
        QueryAsync(read, together: false, cancellationToken);

    /// <summary>The same; all see the same moment.</summary>
    internal Task<T> ReadTogetherAsync<T>(Func<ControlSession, Task<T>> read, CancellationToken cancellationToken) =>
        QueryAsync(read, together: true, cancellationToken);

    private Task<T> QueryAsync<T>(
        Func<ControlSession, Task<T>> read,
        bool together,
        CancellationToken cancellationToken
    ) =>
        RepeatAsync(
            "read",
            async _ =>
            {
                await using var connection = await _dialect.ConnectAsync(cancellationToken);
                await using var transaction = together
                    ? await _dialect.BeginReadAsync(connection, cancellationToken)
                    : null;
                return await read(new ControlSession(_dialect, connection, transaction, _secrets, cancellationToken));
            },
            cancellationToken
        );

    /// <summary>
    /// Runs statements in one transaction, beside which nobody writes: what was read in it stays so until it ends. An
    /// exception rolls everything back. Where the database failed in a way that goes by, and nothing was kept, they run
    /// again from the beginning: they change nothing but the database and what they return.
    /// </summary>
    internal Task<T> WriteAsync<T>(Func<ControlSession, Task<T>> write, CancellationToken cancellationToken) =>
        IsReadOnly
            ? throw ControlErrors.ReadOnlyHere(Place)
            : RepeatAsync(
                "write",
                async patience =>
                {
                    await using var transaction = await _dialect.BeginWriteAsync(patience, cancellationToken);
                    var result = await write(
                        new ControlSession(
                            _dialect,
                            transaction.Connection,
                            transaction.Transaction,
                            _secrets,
                            cancellationToken
                        )
                    );
                    await transaction.CommitAsync(cancellationToken);
                    return result;
                },
                cancellationToken
            );

    internal Task WriteAsync(Func<ControlSession, Task> write, CancellationToken cancellationToken) =>
        WriteAsync(
            async session =>
            {
                await write(session);
                return true;
            },
            cancellationToken
        );

    private async Task<T> RepeatAsync<T>(
        string access,
        Func<Patience, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        using var report = new TransactionReport(Telemetry, access);
        var patience = new Patience(_patience);
        while (true)
        {
            try
            {
                return await work(patience);
            }
            catch (Exception error) when (_dialect.IsFailure(error))
            {
                if (!_dialect.IsPassing(error) || !await patience.WaitAsync(cancellationToken))
                {
                    throw report.Failed(_dialect.Explain(error));
                }
            }
        }
    }

    /// <summary>Closes the pooled connections.</summary>
    public ValueTask DisposeAsync() => _dialect.DisposeAsync();
}
