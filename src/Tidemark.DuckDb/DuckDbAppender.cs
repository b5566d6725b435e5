using Tidemark.DuckDb.Native;

namespace Tidemark.DuckDb;

/// <summary>Appends chunks to a table. Rows are in the table after <see cref="Flush"/>; disposing discards those that came after the last.</summary>
public sealed class DuckDbAppender : IDisposable
{
    private readonly AppenderHandle _handle;
    private readonly string _table;

    internal DuckDbAppender(AppenderHandle handle, string table)
    {
        _handle = handle;
        _table = table;
    }

    public void Append(DataChunk chunk) => Check(NativeMethods.AppendDataChunk(_handle, chunk.Handle));

    public void Flush() => Check(NativeMethods.AppenderFlush(_handle));

    public void Dispose()
    {
        if (!_handle.IsClosed)
        {
            // DuckDB would append what is left; after an error half-way that is the last thing wanted.
            _ = NativeMethods.AppenderClear(_handle);
            _handle.Dispose();
        }
    }

    private void Check(int state)
    {
        if (state != NativeMethods.Success)
        {
            var message = NativeMethods.Text(NativeMethods.AppenderError(_handle.DangerousGetHandle()));
            throw new DuckDbException($"Appending to {_table}: {message}");
        }
    }
}
