using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>Something in the lake that cannot be used as a table, and takes nothing else with it.</summary>
/// <param name="Name"><c>layer.folder</c>; or what else could not be made for want of it.</param>
/// <param name="Code">Of the error.</param>
/// <param name="Reason">What is wrong and what to do.</param>
/// <param name="Version">The version that could not be shown; −1 when none could be read.</param>
/// <param name="IsTable">Whether it is a table, or a folder in a table's place; else a migration that needs one.</param>
public sealed record LeftOut(string Name, string Code, string Reason, long Version = -1, bool IsTable = true)
{
    /// <summary>The error for who asks for just this.</summary>
    public TidemarkException ToException(Exception? inner) => new(ErrorKind.Storage, Code, Reason, inner);

    internal static LeftOut Of(TableId table, TidemarkException error) =>
        new(table.ToString(), error.Code, error.Message);
}

/// <summary>One look at everything in the lake: the tables that are well, and what is left out with its reason.</summary>
/// <param name="Tables">Tables that have at least one commit, by layer and name.</param>
/// <param name="LeftOut">Folders of a layer that are no tables, and tables that cannot be read.</param>
public sealed record LakeSurvey(IReadOnlyList<TableSnapshot> Tables, IReadOnlyList<LeftOut> LeftOut)
{
    private const string LostAndFound = "lost+found";

    internal static async Task<LakeSurvey> ReadAsync(DataLake lake, CancellationToken cancellationToken)
    {
        var tables = new List<TableSnapshot>();
        var leftOut = new List<LeftOut>();
        foreach (var layer in TableLayers.All)
        {
            foreach (var name in await lake.Store.ListFoldersAsync(layer + "/", cancellationToken))
            {
                if (name.StartsWith('.') || name == LostAndFound)
                {
                    continue; // what file systems and desktops put everywhere
                }

                if (!TableId.IsName(name))
                {
                    leftOut.Add(NotATable(layer, name));
                    continue;
                }

                var id = new TableId(layer, name);
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
                catch (TidemarkException e) when (e.Kind is ErrorKind.Storage or ErrorKind.Schema && !IsOfTheStore(e))
                {
                    leftOut.Add(Tidemark.Lake.LeftOut.Of(id, e));
                }
            }
        }

        return new LakeSurvey(tables, leftOut);
    }

    // A server that refuses is no fault of one table, and a lake without tables would be a lie.
    private static bool IsOfTheStore(TidemarkException error) => error.Code.StartsWith("S3_", StringComparison.Ordinal);

    // A first commit that was interrupted leaves files of its own name, and is nothing to tell of.
    private static async Task<string?> StrangerInAsync(
        IObjectStore store,
        TableId id,
        CancellationToken cancellationToken
    )
    {
        await foreach (var found in store.ListAsync(id.Prefix, null, cancellationToken))
        {
            return DataFiles.IsOwnName(found.Key) ? null : found.Key;
        }

        return null;
    }

    private static LeftOut NotATable(string layer, string name) =>
        new(
            $"{layer}.{name}",
            "TABLE_NAME_INVALID",
            $"{layer}/{name}/ is no table: names of tables have lower-case letters, digits and underscores only. "
                + "If it is a copy or belongs to another program, move it out of the lake."
        );

    private static LeftOut WithoutLog(TableId id, string stranger) =>
        new(
            id.ToString(),
            "TABLE_WITHOUT_LOG",
            $"{id.Prefix} is no table: it holds files ({stranger}) and no {DeltaLog.Folder}. Move it out of the lake, "
                + "or restore its log from a backup."
        );
}
