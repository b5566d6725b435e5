using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>
/// One look at everything in the lake: the tables that can be read, and what is left out, with the reason.
/// </summary>
/// <param name="Tables">Tables that have at least one commit, by layer and name.</param>
/// <param name="LeftOut">Folders of a layer that are no tables, and tables that cannot be read.</param>
public sealed record LakeSurvey(IReadOnlyList<TableSnapshot> Tables, IReadOnlyList<LeftOut> LeftOut)
{
    private const string LostAndFound = "lost+found";

    internal static async Task<LakeSurvey> ReadAsync(DataLake lake, CancellationToken cancellationToken)
    {
        var tables = new List<TableSnapshot>();
        var leftOut = new List<LeftOut>();
        var folders = new List<TableId>();
        foreach (var layer in TableLayers.All)
        {
            foreach (var name in await NamesInAsync(lake.Store, layer, leftOut, cancellationToken))
            {
                if (IsOfTheSystem(name))
                {
                    continue;
                }

                if (TableId.IsName(name))
                {
                    folders.Add(new TableId(layer, name));
                }
                else
                {
                    leftOut.Add(NotATable(layer, name));
                }
            }
        }

        var links = await LayerLinks.FindAsync(lake, folders, cancellationToken);
        foreach (var id in folders)
        {
            if (links.TryGetValue(id, out var target))
            {
                leftOut.Add(LayerLinks.LeftOut(id, target));
                continue;
            }

            try
            {
                var snapshot = await lake.Table(id).SnapshotAsync(cancellationToken);
                if (snapshot.Exists)
                {
                    tables.Add(snapshot);
                }
                else if (await StrangerInAsync(lake.Store, id, cancellationToken) is { } stranger)
                {
                    leftOut.Add(WithoutLog(id, stranger));
                }
            }
            catch (TidemarkException e) when (IsOfTheTable(e))
            {
                leftOut.Add(Tidemark.Lake.LeftOut.Of(id, e));
            }
        }

        return new LakeSurvey(tables, leftOut);
    }

    // A layer that may not be read does not keep the others from being read.
    private static async Task<IReadOnlyList<string>> NamesInAsync(
        IObjectStore store,
        string layer,
        List<LeftOut> leftOut,
        CancellationToken cancellationToken
    )
    {
        try
        {
            leftOut.AddRange(StrangersIn(store, layer));
            return await store.ListFoldersAsync(layer + "/", cancellationToken);
        }
        catch (TidemarkException e) when (store is ILinks && IsOfTheTable(e))
        {
            leftOut.Add(new LeftOut(layer, e.Code, e.Message));
            return [];
        }
    }

    // Folders that file systems and desktops put everywhere.
    private static bool IsOfTheSystem(string name) => name.StartsWith('.') || name == LostAndFound;

    /// <summary>
    /// Names in the place of a layer or a table that are no folder: a file, or a link to a disk that is not there.
    /// </summary>
    private static IEnumerable<LeftOut> StrangersIn(IObjectStore store, string layer)
    {
        if (store is not ILinks links)
        {
            return [];
        }

        return links.StrangersIn("").Contains(layer)
            ? [Stranger(layer, layer, "layer")]
            : links
                .StrangersIn(layer + "/")
                .Where(name => !IsOfTheSystem(name))
                .Select(name => Stranger($"{layer}.{name}", $"{layer}/{name}", "table"));
    }

    private static LeftOut Stranger(string name, string path, string what) =>
        new(
            name,
            "TABLE_NO_FOLDER",
            $"{path} is not a {what}: it is a file, or a broken link (is its disk mounted?). Mount the disk, or move it out of the lake."
        );

    /// <summary>
    /// Whether an error concerns one table only. A server that refuses is no fault of one table; leaving out every
    /// table for it would show an empty lake.
    /// </summary>
    public static bool IsOfTheTable(TidemarkException error) =>
        error.Kind is ErrorKind.Storage or ErrorKind.Schema && !error.Code.StartsWith("S3_", StringComparison.Ordinal);

    // An interrupted first commit leaves only data files with our names; these are not worth reporting.
    private static async Task<string?> StrangerInAsync(
        IObjectStore store,
        TableId id,
        CancellationToken cancellationToken
    )
    {
        await foreach (var found in store.ListAsync(id.Prefix, null, cancellationToken))
        {
            return DataFileName.IsOwn(found.Key) ? null : found.Key;
        }

        return null;
    }

    private static LeftOut NotATable(string layer, string name) =>
        new(
            $"{layer}.{name}",
            "TABLE_NAME_INVALID",
            $"{layer}/{name}/ is not a table: names of tables have only lower-case letters, digits and underscores. "
                + "If it is a copy or belongs to another program, move it out of the lake."
        );

    private static LeftOut WithoutLog(TableId id, string stranger) =>
        new(
            id.ToString(),
            Tidemark.Lake.LeftOut.WithoutLogCode,
            $"{id.Prefix} is not a table: it holds files ({stranger}) but no {DeltaLog.Folder}. Move it out of the lake, "
                + "or restore its log from a backup."
        );
}
