using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>A result column.</summary>
public sealed record ResultColumn(string Name, ColumnType Type);

/// <summary>
/// Rows that come in chunks of up to 2,048. Dispose it; a chunk is valid until the next is asked for.
/// </summary>
public sealed class DuckDbResult : IDisposable
{
    private readonly ResultHandle _handle;
    private readonly ColumnType[] _types;
    private readonly string _sql;
    private readonly DuckDbStatement? _streaming;
    private readonly CancellationToken _cancellationToken;
    private DataChunk? _current;

    private DuckDbResult(
        ResultHandle handle,
        string sql,
        DuckDbStatement? streaming,
        CancellationToken cancellationToken
    )
    {
        _handle = handle;
        _sql = sql;
        _streaming = streaming;
        _cancellationToken = cancellationToken;
        var columns = new ResultColumn[(int)NativeMethods.Query.DuckDBColumnCount(ref handle.Result)];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new ResultColumn(
                NativeMethods.Query.DuckDBColumnName(ref handle.Result, i),
                ColumnType.FromNative(NativeMethods.Query.DuckDBColumnLogicalType(ref handle.Result, i))
            );
        }

        Columns = columns;
        _types = [.. columns.Select(c => c.Type)];
    }

    public IReadOnlyList<ResultColumn> Columns { get; }

    public long RowsChanged => NativeMethods.Query.DuckDBRowsChanged(ref _handle.Result);

    /// <summary>The next rows, or null after the last.</summary>
    /// <exception cref="DuckDbException">The statement of a streamed result fails.</exception>
    public DataChunk? NextChunk()
    {
        _current?.Dispose();
        _current = null;
        var chunk =
            _streaming?.Fetch(_handle, _cancellationToken) ?? NativeMethods.Query.DuckDBFetchChunk(_handle.Result);
        if (!chunk.IsInvalid)
        {
            _current = DataChunk.Adopt(chunk, _types);
        }
        else if (
            _streaming is not null
            && NativeMethods.Query.DuckDBResultError(ref _handle.Result) is { Length: > 0 } error
        )
        {
            // DuckDB reports the end of the rows and a failure in the same way.
            _cancellationToken.ThrowIfCancellationRequested();
            throw new DuckDbException(_streaming.ReasonOf(error, _cancellationToken), _sql);
        }

        return _current;
    }

    /// <summary>All rows as boxed values: for small results.</summary>
    public IEnumerable<object?[]> Rows()
    {
        while (NextChunk() is { } chunk)
        {
            for (var row = 0; row < chunk.Count; row++)
            {
                var values = new object?[Columns.Count];
                for (var column = 0; column < values.Length; column++)
                {
                    values[column] = chunk[column].Value(row);
                }

                yield return values;
            }
        }
    }

    public void Dispose()
    {
        _current?.Dispose();
        _handle.Dispose();
    }

    internal static DuckDbResult From(
        ResultHandle handle,
        DuckDBState state,
        string sql,
        CancellationToken cancellationToken
    ) => Of(handle, state, sql, streaming: null, cancellationToken);

    internal static DuckDbResult Streamed(
        ResultHandle handle,
        DuckDBState state,
        string sql,
        DuckDbStatement statement,
        CancellationToken cancellationToken
    ) => Of(handle, state, sql, statement, cancellationToken);

    private static DuckDbResult Of(
        ResultHandle handle,
        DuckDBState state,
        string sql,
        DuckDbStatement? streaming,
        CancellationToken cancellationToken
    )
    {
        if (state.IsSuccess())
        {
            return new DuckDbResult(handle, sql, streaming, cancellationToken);
        }

        var message = NativeMethods.Query.DuckDBResultError(ref handle.Result);
        handle.Dispose();
        cancellationToken.ThrowIfCancellationRequested();
        throw new DuckDbException(streaming?.ReasonOf(message, cancellationToken) ?? message, sql);
    }
}
