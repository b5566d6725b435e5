using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;

namespace Tidemark.Operations.Query;

/// <summary>
/// The rows of a query, computed as they are read: only a chunk or two of up to 2,048 rows are in memory. Values are
/// texts (<see cref="QueryForm"/>). Dispose it.
/// </summary>
public sealed class QueryRows : IDisposable
{
    private readonly CatalogReader _reader;
    private readonly DuckDbStatement _statement;
    private readonly DuckDbResult _result;
    private readonly QueryLimit _limit;
    private long _left;

    internal QueryRows(
        CatalogReader reader,
        DuckDbStatement statement,
        DuckDbResult result,
        QueryLimit limit,
        IReadOnlyList<QueryColumn> columns,
        bool isExplained,
        long? maxRows
    )
    {
        _reader = reader;
        _statement = statement;
        _result = result;
        _limit = limit;
        _left = maxRows ?? long.MaxValue;
        Columns = columns;
        IsExplained = isExplained;
    }

    /// <summary>The columns, in order.</summary>
    public IReadOnlyList<QueryColumn> Columns { get; }

    /// <summary>Whether this is the result of EXPLAIN: a drawing of a plan instead of rows.</summary>
    public bool IsExplained { get; }

    /// <summary>
    /// Whether there are more rows than allowed; known once <see cref="Next"/> has returned null.
    /// </summary>
    public bool IsCut { get; private set; }

    /// <summary>The next rows and how many of them count; null after the last.</summary>
    /// <exception cref="Core.Errors.TidemarkException"><c>SQL_TIMEOUT</c>.</exception>
    /// <exception cref="DuckDbException">The query fails here.</exception>
    public (DataChunk Chunk, int Rows)? Next()
    {
        while (_limit.Run(_result.NextChunk) is { } chunk)
        {
            if (chunk.Count == 0)
            {
                continue;
            }

            if (_left == 0)
            {
                IsCut = true;
                return null;
            }

            var rows = (int)Math.Min(chunk.Count, _left);
            IsCut = rows < chunk.Count;
            _left -= rows;
            return (chunk, rows);
        }

        return null;
    }

    public void Dispose()
    {
        _result.Dispose();
        _statement.Dispose();
        _reader.Dispose();
        _limit.Dispose();
    }
}
