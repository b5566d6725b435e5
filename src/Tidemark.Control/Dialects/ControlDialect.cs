using System.Data.Common;
using Tidemark.Core.Errors;

namespace Tidemark.Control.Dialects;

/// <summary>In what the databases differ that may hold the control tables. Thread-safe.</summary>
internal abstract class ControlDialect : IAsyncDisposable
{
    /// <summary>Where the database is, as messages say it; without any secret.</summary>
    public abstract string Place { get; }

    /// <summary>Whether nothing may be written there.</summary>
    public abstract bool IsReadOnly { get; }

    /// <summary>What time the database has, in epoch milliseconds, as an SQL expression.</summary>
    public abstract string NowSql { get; }

    /// <summary>Counts the tables that are called <c>@name</c>: none or one.</summary>
    public abstract string CountTablesSql { get; }

    /// <summary>A statement as a user would have it executed.</summary>
    public abstract string AdviseSql(string sql);

    /// <summary>An open connection.</summary>
    public abstract Task<DbConnection> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction of which all statements see the same moment.</summary>
    public abstract Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>
    /// Begins a transaction beside which nobody writes: it sees all that was written before.
    /// </summary>
    /// <param name="patience">How long it waits for another one that writes.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public abstract Task<ControlWrite> BeginWriteAsync(Patience patience, CancellationToken cancellationToken);

    /// <summary>What stays with a new database and no transaction can change.</summary>
    public virtual Task PrepareAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>A migration in the words of this database.</summary>
    public virtual string Schema(string migration) => migration;

    /// <summary>A value as this database can keep it.</summary>
    public virtual object Value(object value) => value;

    /// <summary>
    /// Executes one statement for each item, with as few messages to and fro as may be. Values are by the position of
    /// their names.
    /// </summary>
    public abstract Task ExecuteManyAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        IReadOnlyList<string> names,
        IEnumerable<object[]> items,
        CancellationToken cancellationToken
    );

    /// <summary>Whether it is the database that has failed.</summary>
    public abstract bool IsFailure(Exception error);

    /// <summary>Whether a failure is one that goes by, and the transaction is worth repeating.</summary>
    public abstract bool IsPassing(Exception error);

    /// <summary>A failure of a transaction in words that help.</summary>
    public abstract TidemarkException Explain(Exception error);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A transaction that writes, with a connection of its own; rolled back unless it was committed.</summary>
internal abstract class ControlWrite(DbConnection connection, DbTransaction transaction) : IAsyncDisposable
{
    public DbConnection Connection => connection;

    public DbTransaction Transaction => transaction;

    /// <summary>Returns when everything is kept; throws when nothing is.</summary>
    public abstract Task CommitAsync(CancellationToken cancellationToken);

    public virtual async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync();
        }
        catch (Exception error) when (error is DbException or IOException or InvalidOperationException)
        {
            // The database has rolled back by itself, or is gone: that nothing is left to undo is not what went wrong.
        }

        await connection.DisposeAsync();
    }
}
