using Tidemark.DuckDb;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Catalog;

/// <summary>What a user's query may reach: the lake's files, to read them.</summary>
public static class QueryFence
{
    /// <summary>From now on nothing in the connection's database instance reaches another file or the network, and no setting can be changed.</summary>
    public static void Raise(DuckDbConnection connection, IObjectStore store)
    {
        var root = store.ReadablePath("").TrimEnd('/') + "/";
        connection.Execute(
            $"SET allowed_directories = {DuckDbSql.Literals([root])}; SET enable_external_access = false; SET lock_configuration = true"
        );
    }
}
