using Tidemark.DuckDb;

namespace Tidemark.Lake.Catalog;

/// <summary>The catalog, open for one caller's queries. Dispose it.</summary>
public sealed class CatalogReader : IDisposable
{
    private readonly DuckDbDatabase _database;
    private readonly IDisposable? _readable;

    internal CatalogReader(
        DuckDbDatabase database,
        DuckDbConnection connection,
        IReadOnlyList<LeftOut> leftOut,
        IDisposable? readable
    )
    {
        _database = database;
        _readable = readable;
        LeftOut = leftOut;
        Connection = connection;
    }

    public DuckDbConnection Connection { get; }

    /// <summary>What the catalog does not show, with its reasons.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; }

    /// <summary>Why a query that failed could not find what it names; null when it names nothing that is left out.</summary>
    public LeftOut? WhyMissing(string sql) => NamedIn(sql, LeftOut);

    internal static LeftOut? NamedIn(string sql, IReadOnlyList<LeftOut> leftOut) =>
        leftOut.FirstOrDefault(l =>
            l.IsTable
            && QueryReach.FirstNamed(sql, QueryReach.NamesOf(l.Name).ToHashSet(StringComparer.OrdinalIgnoreCase))
                is not null
        );

    public void Dispose()
    {
        Connection.Dispose();
        _database.Dispose();
        _readable?.Dispose();
    }
}
