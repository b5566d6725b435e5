using Tidemark.DuckDb;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>The settings of a connection that are made before the fence locks its configuration.</summary>
/// <param name="TimeZone">The zone in which moments are shown and days begin; the machine's own is never used.</param>
/// <param name="WritableFile">
/// The absolute path of the one file outside the lake that our own COPY may write; null = none.
/// </param>
public sealed record FenceTerms(string TimeZone = "UTC", string? WritableFile = null);

/// <summary>
/// Limits what a user's query can reach to the lake's files. There the engine's settings cannot tell reading from
/// writing, and a <c>COPY</c> could overwrite a log, so every query is judged as well (<see cref="QueryJudge"/>).
/// </summary>
public static class QueryFence
{
    /// <summary>
    /// After this call nothing in the connection's database instance reaches another file or the network, and no
    /// setting can be changed.
    /// </summary>
    public static void Raise(DuckDbConnection connection, IObjectStore store, FenceTerms? terms = null)
    {
        terms ??= new FenceTerms();
        var root = store.ReadablePath("").TrimEnd('/') + "/";
        // The engine checks a pattern as it is written, and each file that it finds by the file's name.
        string[] allowed = [root, .. Elsewhere(root)];
        connection.Execute(
            $"SET GLOBAL TimeZone = {DuckDbSql.Literal(terms.TimeZone)}; "
                + $"SET allowed_directories = {DuckDbSql.Literals(allowed.Concat(allowed.Select(DuckDbPath.Pattern)).Distinct())}; "
                + $"SET allowed_paths = {DuckDbSql.Literals(terms.WritableFile is null ? [] : [terms.WritableFile])}; "
                // The engine counts the rows that it buffers without their texts: what it counts as a megabyte may be a
                // gigabyte. Set for this connection only.
                + "SET streaming_buffer_size = '1KB'; SET enable_external_access = false; SET lock_configuration = true"
        );
    }

    /// <summary>
    /// The real places of layers and tables that are symbolic links, to another disk for example: the engine compares
    /// real paths. A user who can make a link there can read what it leads to.
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
