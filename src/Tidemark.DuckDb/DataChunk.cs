using Tidemark.DuckDb.Native;

namespace Tidemark.DuckDb;

/// <summary>Up to 2,048 rows, column by column: what DuckDB reads and appends. Not thread-safe.</summary>
public sealed class DataChunk : IDisposable
{
    private readonly ChunkHandle _handle;
    private readonly Vector[] _columns;

    private DataChunk(IntPtr pointer, IEnumerable<ColumnType> types, bool owned = true)
    {
        _handle = new ChunkHandle(owned);
        _handle.Adopt(pointer);
        _columns = types
            .Select((type, i) => new Vector(NativeMethods.DataChunkGetVector(_handle, (ulong)i), type, _handle))
            .ToArray();
    }

    /// <summary>The most rows that a chunk holds (2,048 in DuckDB as it is built).</summary>
    public static int Capacity { get; } = (int)NativeMethods.VectorSize();

    public int Count => (int)NativeMethods.DataChunkGetSize(_handle);

    public int ColumnCount => _columns.Length;

    public Vector this[int column] => _columns[column];

    internal ChunkHandle Handle => _handle;

    /// <summary>An empty chunk to be filled: write the vectors, then <see cref="SetCount"/>.</summary>
    public static unsafe DataChunk Create(IReadOnlyList<ColumnType> types)
    {
        var handles = types.Select(t => t.ToNative()).ToArray();
        try
        {
            var pointers = stackalloc IntPtr[handles.Length];
            for (var i = 0; i < handles.Length; i++)
            {
                pointers[i] = handles[i].DangerousGetHandle();
            }

            return new DataChunk(NativeMethods.CreateDataChunk(pointers, (ulong)handles.Length), types);
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
        NativeMethods.DataChunkSetSize(_handle, (ulong)rows);
    }

    /// <summary>Forgets rows and nulls, so that the chunk can be filled again.</summary>
    public void Reset() => NativeMethods.DataChunkReset(_handle);

    public void Dispose() => _handle.Dispose();

    /// <summary>A chunk that DuckDB owns; disposing it leaves it alone.</summary>
    internal static DataChunk Borrow(IntPtr pointer, IReadOnlyList<SourceColumn> columns) =>
        new(pointer, columns.Select(c => c.Type), owned: false);

    internal static DataChunk Adopt(IntPtr pointer, IEnumerable<ColumnType> types) => new(pointer, types);
}
