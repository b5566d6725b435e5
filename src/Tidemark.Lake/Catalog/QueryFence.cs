using Tidemark.DuckDb;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>What is settled about a connection before nothing can be settled any more.</summary>
/// <param name="TimeZone">In which moments are shown and days are cut; the machine's own is never used.</param>
/// <param name="WritableFile">
/// The one file outside of the lake that our own COPY is going to write, absolute; none when null.
/// </param>
public sealed record FenceTerms(string TimeZone = "UTC", string? WritableFile = null);

/// <summary>
/// What a user's query may reach: the lake's files. The engine's settings cannot tell reading from writing there, and
/// <c>COPY</c> could overwrite a log: what is going to run is judged besides (<see cref="QueryJudge"/>).
/// </summary>
public static class QueryFence
{
    /// <summary>
    /// From now on nothing in the connection's database instance reaches another file or the network, and no setting
    /// can be changed.
    /// </summary>
    public static void Raise(DuckDbConnection connection, IObjectStore store, FenceTerms? terms = null)
    {
        terms ??= new FenceTerms();
        var root = store.ReadablePath("").TrimEnd('/') + "/";
        // The engine looks at a pattern as it is written, and at what it finds by its name.
        string[] allowed = [root, .. Elsewhere(root)];
        connection.Execute(
            $"SET GLOBAL TimeZone = {DuckDbSql.Literal(terms.TimeZone)}; "
                + $"SET allowed_directories = {DuckDbSql.Literals(allowed.Concat(allowed.Select(DuckDbPath.Pattern)).Distinct())}; "
                + $"SET allowed_paths = {DuckDbSql.Literals(terms.WritableFile is null ? [] : [terms.WritableFile])}; "
                // The engine counts the rows that it works out ahead without their texts: a megabyte of them may be a
                // gigabyte. Of this connection alone.
                + "SET streaming_buffer_size = '1KB'; SET enable_external_access = false; SET lock_configuration = true"
        );
    }

    /// <summary>
    /// Where layers and tables really are that are symbolic links, to another disk for example: the engine compares
    /// real paths. Who can make a link there can read what it leads to.
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
