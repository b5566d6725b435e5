using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>
/// One session. Not thread-safe. Every call blocks the calling thread while DuckDB works on its own threads;
/// a cancelled token interrupts the statement and surfaces as <see cref="OperationCanceledException"/>.
/// </summary>
public sealed class DuckDbConnection : IDisposable
{
    private readonly DuckDBNativeConnection _handle;

    internal DuckDbConnection(DuckDBNativeConnection handle) => _handle = handle;

    internal DuckDBNativeConnection Handle => _handle;

    /// <summary>Runs one or more statements and returns the number of rows that the last one changed.</summary>
    public long Execute(string sql, CancellationToken cancellationToken = default)
    {
        using var result = Query(sql, cancellationToken);
        return result.RowsChanged;
    }

    /// <summary>
    /// Runs a parameterised statement (<c>$1</c>, <c>$2</c>, …) and returns the number of rows that it changed.
    /// </summary>
    public long Execute(string sql, CancellationToken cancellationToken, params ReadOnlySpan<object?> parameters)
    {
        using var statement = Prepare(sql);
        statement.Bind(parameters);
        using var result = statement.Execute(cancellationToken);
        return result.RowsChanged;
    }

    /// <summary>Runs one or more statements and returns the rows of the last.</summary>
    public DuckDbResult Query(string sql, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RefuseNul(sql);
        var result = new ResultHandle();
        DuckDBState state;
        using (Interruptible(cancellationToken))
        {
            state = NativeMethods.Query.DuckDBQuery(_handle, sql, out result.Result);
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

    public DuckDbStatement Prepare(string sql, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RefuseNul(sql);
        DuckDBState state;
        DuckDBPreparedStatement statement;
        using (Interruptible(cancellationToken))
        {
            state = NativeMethods.PreparedStatements.DuckDBPrepare(_handle, sql, out statement);
        }

        return Adopt(state, statement, sql, cancellationToken);
    }

    /// <summary>
    /// The number of statements that DuckDB's parser finds in a text; blanks and comments alone are none.
    /// </summary>
    /// <exception cref="DuckDbException">The text does not parse.</exception>
    public int CountStatements(string sql)
    {
        var count = Extract(sql, out var extracted);
        extracted.Dispose();
        return count;
    }

    /// <summary>
    /// Prepares the statements of a text one by one; each after <paramref name="handle"/> was called for the one
    /// before.
    /// </summary>
    /// <param name="sql">The text.</param>
    /// <param name="handle">Gets each statement and its position; the statement is disposed afterwards.</param>
    /// <exception cref="DuckDbException">The text does not parse, or a statement cannot be prepared.</exception>
    public void ForEachStatement(string sql, Action<DuckDbStatement, int> handle)
    {
        var count = Extract(sql, out var extracted);
        using (extracted)
        {
            for (var i = 0; i < count; i++)
            {
                using var statement = Adopt(
                    NativeMethods.ExtractStatements.DuckDBPrepareExtractedStatement(
                        _handle,
                        extracted,
                        i,
                        out var prepared
                    ),
                    prepared,
                    sql,
                    CancellationToken.None
                );
                handle(statement, i);
            }
        }
    }

    /// <summary>Prepares the only statement of a text; null when it has none or more than one.</summary>
    /// <exception cref="DuckDbException">The text does not parse, or its statement cannot be prepared.</exception>
    public DuckDbStatement? PrepareOnly(string sql, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var count = Extract(sql, out var extracted);
        using (extracted)
        {
            if (count != 1)
            {
                return null;
            }

            DuckDBState state;
            DuckDBPreparedStatement statement;
            using (Interruptible(cancellationToken))
            {
                state = NativeMethods.ExtractStatements.DuckDBPrepareExtractedStatement(
                    _handle,
                    extracted,
                    0,
                    out statement
                );
            }

            return Adopt(state, statement, sql, cancellationToken);
        }
    }

    /// <summary>Appends chunks to an existing table.</summary>
    public DuckDbAppender CreateAppender(string? schema, string table)
    {
        var state = NativeMethods.Appender.DuckDBAppenderCreate(_handle, schema, table, out var handle);
        if (!state.IsSuccess())
        {
            using (handle)
            using (var error = NativeMethods.Appender.DuckDBAppenderErrorData(handle))
            {
                throw new DuckDbException(error.Message ?? $"Appending to {table} cannot begin");
            }
        }

        return new DuckDbAppender(handle, table);
    }

    public void Dispose() => _handle.Dispose();

    // The C API reads up to the first NUL. Text after it might be judged and not run, or run and not judged.
    private static void RefuseNul(string sql)
    {
        if (sql.Contains('\0'))
        {
            throw new DuckDbException("Parser Error: the text holds a NUL character", sql.Replace('\0', '\uFFFD'));
        }
    }

    private int Extract(string sql, out DuckDBExtractedStatements extracted)
    {
        RefuseNul(sql);
        var count = NativeMethods.ExtractStatements.DuckDBExtractStatements(_handle, sql, out extracted);
        var error = count == 0 ? NativeMethods.ExtractStatements.DuckDBExtractStatementsError(extracted) : null;
        if (!string.IsNullOrEmpty(error))
        {
            extracted.Dispose();
            throw new DuckDbException(error, sql);
        }

        return count;
    }

    private DuckDbStatement Adopt(
        DuckDBState state,
        DuckDBPreparedStatement statement,
        string sql,
        CancellationToken cancellationToken
    )
    {
        if (state.IsSuccess())
        {
            return new DuckDbStatement(this, statement, sql);
        }

        var message = NativeMethods.PreparedStatements.DuckDBPrepareError(statement);
        statement.Dispose();
        cancellationToken.ThrowIfCancellationRequested();
        throw new DuckDbException(message, sql);
    }

    internal Interruption? Interruptible(CancellationToken cancellationToken) =>
        Interruption.Of(_handle, cancellationToken);
}
