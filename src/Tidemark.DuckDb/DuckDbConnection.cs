using Tidemark.DuckDb.Native;

namespace Tidemark.DuckDb;

/// <summary>
/// One session. Not thread-safe. Every call blocks the calling thread while DuckDB works on its own threads;
/// a cancelled token interrupts the statement and surfaces as <see cref="OperationCanceledException"/>.
/// </summary>
public sealed class DuckDbConnection : IDisposable
{
    private readonly ConnectionHandle _handle;

    internal DuckDbConnection(ConnectionHandle handle) => _handle = handle;

    internal ConnectionHandle Handle => _handle;

    /// <summary>Runs one or several statements and returns the rows changed by the last.</summary>
    public long Execute(string sql, CancellationToken cancellationToken = default)
    {
        using var result = Query(sql, cancellationToken);
        return result.RowsChanged;
    }

    /// <summary>Runs a parameterised statement (<c>$1</c>, <c>$2</c>, …) and returns the rows that it changed.</summary>
    public long Execute(string sql, CancellationToken cancellationToken, params ReadOnlySpan<object?> parameters)
    {
        using var statement = Prepare(sql);
        statement.Bind(parameters);
        using var result = statement.Execute(cancellationToken);
        return result.RowsChanged;
    }

    /// <summary>Runs one or several statements and returns the rows of the last.</summary>
    public unsafe DuckDbResult Query(string sql, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var result = new ResultHandle(_handle);
        int state;
        using (Interruptible(cancellationToken))
        {
            state = NativeMethods.Query(_handle, sql, result.Pointer);
        }

        return DuckDbResult.From(result, state, sql, cancellationToken);
    }

    /// <summary>Runs a parameterised query (<c>$1</c>, <c>$2</c>, …).</summary>
    public DuckDbResult Query(string sql, CancellationToken cancellationToken, params ReadOnlySpan<object?> parameters)
    {
        using var statement = Prepare(sql);
        statement.Bind(parameters);
        return statement.Execute(cancellationToken);
    }

    /// <summary>The first value of the first row, or null when there is no row or the value is null.</summary>
    public object? Scalar(string sql, CancellationToken cancellationToken = default)
    {
        using var result = Query(sql, cancellationToken);
        return result.NextChunk() is { Count: > 0 } chunk ? chunk[0].Value(0) : null;
    }

    public DuckDbStatement Prepare(string sql)
    {
        var state = NativeMethods.Prepare(_handle, sql, out var pointer);
        if (state != NativeMethods.Success)
        {
            var message = NativeMethods.Text(NativeMethods.PrepareError(pointer));
            NativeMethods.DestroyPrepare(ref pointer);
            throw new DuckDbException(message, sql);
        }

        var handle = new StatementHandle();
        handle.Adopt(pointer, _handle);
        return new DuckDbStatement(this, handle, sql);
    }

    /// <summary>Appends chunks to an existing table.</summary>
    public DuckDbAppender CreateAppender(string? schema, string table)
    {
        var state = NativeMethods.AppenderCreate(_handle, schema, table, out var pointer);
        if (state != NativeMethods.Success)
        {
            var message = NativeMethods.Text(NativeMethods.AppenderError(pointer));
            _ = NativeMethods.AppenderDestroy(ref pointer);
            throw new DuckDbException(message);
        }

        var handle = new AppenderHandle();
        handle.Adopt(pointer, _handle);
        return new DuckDbAppender(handle, table);
    }

    public void Dispose() => _handle.Dispose();

    internal Interruption? Interruptible(CancellationToken cancellationToken) =>
        Interruption.Of(_handle, cancellationToken);
}
