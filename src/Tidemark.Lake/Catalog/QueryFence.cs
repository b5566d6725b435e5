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
        // The engine looks at a pattern as it is written, and at what it finds by its name.
        string[] allowed = [root, .. Elsewhere(root)];
        connection.Execute(
            $"SET allowed_directories = {DuckDbSql.Literals(allowed.Concat(allowed.Select(DuckDbPath.Pattern)).Distinct())}; SET enable_external_access = false; SET lock_configuration = true"
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

        var reachable = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
        var layers = new DirectoryInfo(root).GetDirectories("*", reachable);
        return
        [
            .. layers
                .Concat(
                    layers
                        .Where(l => TableLayers.All.Contains(l.Name))
                        .SelectMany(l => l.EnumerateDirectories("*", reachable))
                )
                .Select(TargetOf)
                .OfType<DirectoryInfo>()
                .Select(f => f.FullName.TrimEnd('/') + "/"),
        ];
    }

    private static FileSystemInfo? TargetOf(DirectoryInfo folder)
    {
        try
        {
            return folder.ResolveLinkTarget(returnFinalTarget: true);
        }
        catch (IOException)
        {
            return null; // a link that leads in a circle leads nowhere, and stands in the way of no other table
        }
    }
}
