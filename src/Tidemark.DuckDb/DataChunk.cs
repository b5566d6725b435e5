using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>Up to 2,048 rows, column by column: what DuckDB reads and appends. Not thread-safe.</summary>
public sealed class DataChunk : IDisposable
{
    private readonly DuckDBDataChunk _handle;
    private readonly Vector[] _columns;

    private DataChunk(DuckDBDataChunk handle, IEnumerable<ColumnType> types)
    {
        _handle = handle;
        _columns = types
            .Select(
                (type, i) => new Vector(NativeMethods.DataChunks.DuckDBDataChunkGetVector(_handle, i), type, _handle)
            )
            .ToArray();
    }

    /// <summary>The most rows that a chunk holds (2,048 in DuckDB as it is built).</summary>
    public static int Capacity { get; } = (int)NativeMethods.Helpers.DuckDBVectorSize();

    public int Count => (int)NativeMethods.DataChunks.DuckDBDataChunkGetSize(_handle);

    public int ColumnCount => _columns.Length;

    public Vector this[int column] => _columns[column];

    internal DuckDBDataChunk Handle => _handle;

    /// <summary>An empty chunk to be filled: write the vectors, then <see cref="SetCount"/>.</summary>
    public static DataChunk Create(IReadOnlyList<ColumnType> types)
    {
        var handles = types.Select(t => t.ToNative()).ToArray();
        try
        {
            var pointers = handles.Select(h => h.DangerousGetHandle()).ToArray();
            return new DataChunk(
                NativeMethods.DataChunks.DuckDBCreateDataChunk(pointers, (ulong)pointers.Length),
                types
            );
        }
        finally
        {
            foreach (var handle in handles)
            {
                handle.Dispose();
            }
        }
    }

    public void SetCount(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)rows, (uint)Capacity, nameof(rows));
        _ = NativeMethods.DataChunks.DuckDBDataChunkSetSize(_handle, (ulong)rows);
    }

    /// <summary>Forgets rows and nulls, so that the chunk can be filled again.</summary>
    public void Reset() => NativeMethods.DataChunks.DuckDBDataChunkReset(_handle);

    public void Dispose() => _handle.Dispose();

    /// <summary>A chunk that DuckDB owns; disposing it leaves it alone.</summary>
    internal static DataChunk Borrow(IntPtr pointer, IReadOnlyList<SourceColumn> columns) =>
        new(new DuckDBDataChunk(pointer), columns.Select(c => c.Type));

    internal static DataChunk Adopt(DuckDBDataChunk handle, IEnumerable<ColumnType> types) => new(handle, types);
}
