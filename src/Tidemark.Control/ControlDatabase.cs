using Microsoft.Data.Sqlite;
using Tidemark.Control.Telemetry;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.Core.Secrets;

namespace Tidemark.Control;

/// <summary>
/// The control database: runs, steps, settings, secrets, leases, statuses. A SQLite file in WAL mode, so that readers
/// never wait for the writer; several processes may have it open. Repositories talk to it through
/// <see cref="ReadAsync"/> and <see cref="WriteAsync"/> in SQL that PostgreSQL understands too. Thread-safe.
/// </summary>
public sealed class ControlDatabase : IAsyncDisposable
{
    /// <summary>How long a statement waits for another process's transaction; ours take milliseconds.</summary>
    private const int BusyTimeoutSeconds = 30;

    /// <summary>
    /// What time the database has, in epoch milliseconds, as an SQL expression. What several processes must agree on is
    /// told by it and not by their own clocks. (In PostgreSQL: <c>cast(extract(epoch from clock_timestamp()) * 1000 as
    /// bigint)</c>.)
    /// </summary>
    internal const string NowSql = "cast(round((julianday('now') - 2440587.5) * 86400000) as integer)";

    // The database itself, and what SQLite keeps beside it.
    private static readonly string[] s_besides = ["", "-wal", "-shm", "-journal"];

    private readonly string _connectionString;

    private readonly SecretMask _secrets;

    private ControlDatabase(
        string path,
        string connectionString,
        TimeProvider time,
        SecretMask secrets,
        bool isReadOnly
    )
    {
        _secrets = secrets;
        Path = path;
        IsReadOnly = isReadOnly;
        _connectionString = connectionString;
        Time = time;
    }

    /// <summary>The SQLite file; absolute.</summary>
    public string Path { get; }

    /// <summary>Whether it or its folder may only be read: questions are answered, and nothing is recorded.</summary>
    public bool IsReadOnly { get; }

    internal TimeProvider Time { get; }

    internal ControlTelemetry? Telemetry { get; private init; }

    internal long NowMilliseconds => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens the database, makes it when it is not there, and brings its schema up to date.</summary>
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
    public static async Task<ControlDatabase> OpenAsync(
        string path,
        TimeProvider time,
        SecretMask secrets,
        ControlTelemetry? telemetry,
        CancellationToken cancellationToken
    )
    {
        var file = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            EnsureFiles(file);
            var database = new ControlDatabase(
                file,
                Settings(file, SqliteOpenMode.ReadWriteCreate),
                time,
                secrets,
                isReadOnly: false
            )
            {
                Telemetry = telemetry,
            };
            return await database.ReadyAsync(() => Migrator.MigrateAsync(database, cancellationToken));
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            return await TryReadAsync(file, error, time, secrets, telemetry, cancellationToken)
                ?? throw ControlErrors.Unreadable(file, error);
        }
    }

    // SQLite tells of a folder in the place of one of its files as of something that may not be written, and waits for
    // pipes.
    private static void EnsureFiles(string file)
    {
        foreach (var path in s_besides.Select(suffix => file + suffix))
        {
            if (Directory.Exists(path) || DataFile.IsPipeOrDevice(path))
            {
                throw ControlErrors.NoFile(file, path);
            }
        }
    }

    /// <summary>
    /// The database as it may be read where nothing may be written; null where that is not why it cannot be opened.
    /// </summary>
    private static async Task<ControlDatabase?> TryReadAsync(
        string file,
        Exception error,
        TimeProvider time,
        SecretMask secrets,
        ControlTelemetry? telemetry,
        CancellationToken cancellationToken
    )
    {
        if (!File.Exists(file) || !ControlErrors.IsForWantOfWriting(error))
        {
            return null;
        }

        var settings = new List<string> { Settings(file, SqliteOpenMode.ReadOnly) };
        if (new FileInfo(file + "-wal") is not { Exists: true, Length: > 0 })
        {
            // Without a log beside it the file is all there is. SQLite would want to make one, even to read.
            var uri = "file:" + string.Join('/', file.Split('/').Select(Uri.EscapeDataString)) + "?immutable=1";
            settings.Add(Settings(uri, SqliteOpenMode.ReadOnly));
        }

        foreach (var setting in settings)
        {
            var database = new ControlDatabase(file, setting, time, secrets, isReadOnly: true)
            {
                Telemetry = telemetry,
            };
            try
            {
                return await database.ReadyAsync(() => Migrator.EnsureCurrentAsync(database, cancellationToken));
            }
            catch (SqliteException)
            {
                // The next way; when there is none, the first error says most.
            }
        }

        return null;
    }

    private static string Settings(string source, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = source,
            Mode = mode,
            ForeignKeys = true,
            DefaultTimeout = BusyTimeoutSeconds,
        }.ToString();

    private async Task<ControlDatabase> ReadyAsync(Func<Task> prepare)
    {
        try
        {
            await prepare();
            Telemetry?.Opened(Path, IsReadOnly);
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs statements that only read.</summary>
    internal Task<T> ReadAsync<T>(Func<ControlSession, Task<T>> read, CancellationToken cancellationToken) =>
        QueryAsync(read, together: false, cancellationToken);

    /// <summary>Runs statements that only read and all see the same moment.</summary>
    internal Task<T> ReadTogetherAsync<T>(Func<ControlSession, Task<T>> read, CancellationToken cancellationToken) =>
        QueryAsync(read, together: true, cancellationToken);

    private async Task<T> QueryAsync<T>(
        Func<ControlSession, Task<T>> read,
        bool together,
        CancellationToken cancellationToken
    )
    {
        using var report = new TransactionReport(Telemetry, "read");
        try
        {
            await using var connection = await ConnectAsync(cancellationToken);
            await using var transaction = together ? connection.BeginTransaction(deferred: true) : null;
            return await read(new ControlSession(connection, transaction, _secrets, cancellationToken));
        }
        catch (SqliteException error)
        {
            throw report.Failed(ControlErrors.From(Path, error));
        }
    }

    /// <summary>
    /// Runs statements in one transaction, which is taken for writing from its beginning: a transaction that turns from
    /// reading to writing half-way can be refused. An exception rolls everything back.
    /// </summary>
    internal async Task<T> WriteAsync<T>(Func<ControlSession, Task<T>> write, CancellationToken cancellationToken)
    {
        if (IsReadOnly)
        {
            throw ControlErrors.ReadOnlyHere(Path);
        }

        using var report = new TransactionReport(Telemetry, "write");
        SqliteException? cause = null;
        try
        {
            await using var connection = await ConnectAsync(cancellationToken);
            await using var transaction = connection.BeginTransaction(deferred: false);
            try
            {
                var result = await write(new ControlSession(connection, transaction, _secrets, cancellationToken));
                await transaction.CommitAsync(cancellationToken);
                return result;
            }
            catch (SqliteException error)
            {
                cause = error;
                throw;
            }
        }
        catch (SqliteException error)
        {
            // After a full disk, among others, SQLite has rolled back by itself: that nothing is left to undo is not
            // what went wrong.
            throw report.Failed(ControlErrors.From(Path, cause ?? error));
        }
    }

    internal Task WriteAsync(Func<ControlSession, Task> write, CancellationToken cancellationToken) =>
        WriteAsync(
            async session =>
            {
                await write(session);
                return true;
            },
            cancellationToken
        );

    /// <summary>An open connection of the pool, with the settings that SQLite keeps a connection.</summary>
    internal async Task<SqliteConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            // SQLite's own waiting polls every few milliseconds; the provider's retry loop, which comes after it, every
            // 150.
            command.CommandText = "pragma busy_timeout = 5000";
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes the pooled connections.</summary>
    public ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }
}
