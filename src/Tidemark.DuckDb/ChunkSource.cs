namespace Tidemark.DuckDb;

/// <summary>A column that a <see cref="IChunkSource"/> offers.</summary>
public sealed record SourceColumn(string Name, ColumnType Type);

/// <summary>
/// Rows that DuckDB reads straight out of .NET's memory, as a table: no copy into a table of its own. Must be
/// thread-safe: DuckDB fills several chunks at once on its own threads. DuckDB may read a source any number of times;
/// the source must not change meanwhile.
/// </summary>
public interface IChunkSource
{
    IReadOnlyList<SourceColumn> Columns { get; }

    /// <summary>How many chunks there are.</summary>
    int ChunkCount { get; }

    /// <summary>The number of all rows.</summary>
    long RowCount { get; }

    /// <summary>
    /// Fills the chunk with this number and sets its count (at least 1, at most <see cref="DataChunk.Capacity"/>).
    /// </summary>
    void Fill(int number, DataChunk chunk);
}
