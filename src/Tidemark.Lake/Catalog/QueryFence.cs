using Tidemark.DuckDb;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>What a user's query may reach: the lake's files, to read them.</summary>
public static class QueryFence
{
    /// <summary>From now on nothing in the connection's database instance reaches another file or the network, and no setting can be changed.</summary>
    public static void Raise(DuckDbConnection connection, IObjectStore store)
    {
        var root = store.ReadablePath("").TrimEnd('/') + "/";
        connection.Execute(
            $"SET allowed_directories = {DuckDbSql.Literals([root, .. Elsewhere(root)])}; SET enable_external_access = false; SET lock_configuration = true"
        );
    }

    /// <summary>
    /// Where layers and tables really are that are symbolic links, to another disk for example: the engine compares real paths. Who can make a link there
    /// can read what it leads to.
    /// </summary>
    private static string[] Elsewhere(string root)
    {
        if (!Directory.Exists(root))
        {
            return [];
        }

        var layers = new DirectoryInfo(root).GetDirectories();
        return
        [
            .. layers
                .Concat(layers.Where(l => TableLayers.All.Contains(l.Name)).SelectMany(l => l.EnumerateDirectories()))
                .Select(f => f.ResolveLinkTarget(returnFinalTarget: true))
                .OfType<DirectoryInfo>()
                .Select(f => f.FullName.TrimEnd('/') + "/"),
        ];
    }
}
