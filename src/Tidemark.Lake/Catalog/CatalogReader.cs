using Tidemark.DuckDb;

namespace Tidemark.Lake.Catalog;

/// <summary>The catalog, open for one caller's queries. Dispose it.</summary>
public sealed class CatalogReader : IDisposable
{
    private readonly DuckDbDatabase _database;
    private readonly IDisposable? _readable;

    internal CatalogReader(DuckDbDatabase database, IDisposable? readable)
    {
        _database = database;
        _readable = readable;
        Connection = database.Connect();
    }

    public DuckDbConnection Connection { get; }

    public void Dispose()
    {
        Connection.Dispose();
        _database.Dispose();
        _readable?.Dispose();
    }
}
