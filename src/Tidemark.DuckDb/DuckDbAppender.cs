using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>
/// Appends chunks to a table. Rows are in the table after <see cref="Flush"/>; disposing discards the rows after the
/// last flush.
/// </summary>
public sealed class DuckDbAppender : IDisposable
{
    private readonly DuckDBAppender _handle;
    private readonly string _table;

    internal DuckDbAppender(DuckDBAppender handle, string table)
    {
        _handle = handle;
        _table = table;
    }

    public void Append(DataChunk chunk) => Check(NativeMethods.Appender.DuckDBAppendDataChunk(_handle, chunk.Handle));

    public void Flush() => Check(NativeMethods.Appender.DuckDBAppenderFlush(_handle));

    public void Dispose()
    {
        if (!_handle.IsClosed)
        {
            // Without this DuckDB would append the remaining rows, which must not happen after an error half-way.
            _ = NativeMethods.Appender.DuckDBAppenderClear(_handle);
            _handle.Dispose();
        }
    }

    private void Check(DuckDBState state)
    {
        if (!state.IsSuccess())
        {
            using var error = NativeMethods.Appender.DuckDBAppenderErrorData(_handle);
            throw new DuckDbException($"Appending to {_table}: {error.Message}");
        }
    }
}
