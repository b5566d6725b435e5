using System.Data.Common;
using Microsoft.Data.Sqlite;
using Tidemark.Core.Errors;

namespace Tidemark.Control.Dialects;

/// <summary>
/// A SQLite file in WAL mode, so that readers never wait for the writer; several processes may have it open.
/// </summary>
internal sealed class SqliteDialect : ControlDialect
{
    private readonly string _connectionString;

    /// <param name="file">The file, absolute.</param>
    /// <param name="source">What SQLite opens: the file, or a URI of it.</param>
    /// <param name="mode">Whether it is made, and may be written.</param>
    public SqliteDialect(string file, string source, SqliteOpenMode mode)
    {
        Place = file;
        IsReadOnly = mode == SqliteOpenMode.ReadOnly;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = source,
            Mode = mode,
            ForeignKeys = true,
            // How long a statement waits for another process's transaction; ours take milliseconds.
            DefaultTimeout = (int)Patience.Usual.TotalSeconds,
        }.ToString();
    }

    public override string Place { get; }

    public override bool IsReadOnly { get; }

    public override string NowSql => "cast(round((julianday('now') - 2440587.5) * 86400000) as integer)";

    public override string CountTablesSql => "select count(*) from sqlite_master where type = 'table' and name = @name";

    public override string AdviseSql(string sql) =>
        $"`sqlite3 {Place} \"{sql}\"`, or with any other program for SQLite";

    public override async Task<DbConnection> ConnectAsync(CancellationToken cancellationToken) =>
        await OpenAsync(cancellationToken);

    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
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

    public override Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: true));

    /// <summary>
    /// Taken for writing from its beginning: a transaction that turns from reading to writing half-way can be refused.
    /// The provider itself waits for another process's.
    /// </summary>
    public override async Task<ControlWrite> BeginWriteAsync(Patience patience, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken);
        try
        {
            return new Write(connection, connection.BeginTransaction(deferred: false));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override async Task PrepareAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "pragma journal_mode = wal";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>One prepared statement, so that tens of thousands of rows cost one parse.</summary>
    public override async Task ExecuteManyAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        IReadOnlyList<string> names,
        IEnumerable<object[]> items,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var name in names)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = DBNull.Value;
            command.Parameters.Add(parameter);
        }

        await command.PrepareAsync(cancellationToken);
        foreach (var item in items)
        {
            for (var i = 0; i < item.Length; i++)
            {
                command.Parameters[i].Value = item[i];
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public override bool IsFailure(Exception error) => error is SqliteException;

    // The provider has waited and tried again as long as may be.
    public override bool IsPassing(Exception error) => false;

    public override TidemarkException Explain(Exception error) => SqliteErrors.From(Place, (SqliteException)error);

    /// <summary>Closes the pooled connections.</summary>
    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    private sealed class Write(DbConnection connection, DbTransaction transaction)
        : ControlWrite(connection, transaction)
    {
        public override Task CommitAsync(CancellationToken cancellationToken) =>
            Transaction.CommitAsync(cancellationToken);
    }
}
