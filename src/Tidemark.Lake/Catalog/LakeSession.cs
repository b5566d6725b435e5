using Tidemark.DuckDb;

namespace Tidemark.Lake.Catalog;

/// <summary>A DuckDB connection that sees chosen tables at fixed versions as <c>layer.table</c>. Dispose it.</summary>
public sealed class LakeSession : IDisposable
{
    private readonly string _database;

    internal LakeSession(DuckDbConnection connection, string database, IReadOnlyDictionary<string, long> versions)
    {
        Connection = connection;
        _database = database;
        Versions = versions;
    }

    public DuckDbConnection Connection { get; }

    /// <summary>The version of every table that the session sees, by <c>layer.table</c>.</summary>
    public IReadOnlyDictionary<string, long> Versions { get; }

    public void Dispose()
    {
        Connection.Execute($"USE memory; DETACH {_database}");
        Connection.Dispose();
    }
}
