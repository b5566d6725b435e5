using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>
/// Folders of the layers that are second names for something in the lake: a table, a part of one, a layer, or the lake.
/// A layer or a table may be a link to another disk; a second name for the same data must not make it count twice.
/// </summary>
internal static class LayerLinks
{
    public const string Code = "TABLE_IS_LINK";

    /// <summary>The folders among the given ones that are such names, each with its target.</summary>
    public static async Task<IReadOnlyDictionary<TableId, string>> FindAsync(
        DataLake lake,
        IReadOnlyList<TableId> folders,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<TableId, string>();
        if (lake.Store is not ILinks links)
        {
            return found;
        }

        var layers = RealLayers(links);
        var places = new List<(TableId Id, string Real)>();
        foreach (var id in folders)
        {
            if (links.RealPath(id.Prefix) is not { } real)
            {
                continue; // it went meanwhile
            }

            if (layers.Any(layer => Holds(real, layer)))
            {
                found[id] = "the lake itself";
            }
            else
            {
                places.Add((id, real));
            }
        }

        foreach (var (id, real) in places)
        {
            if (
                places.Select(p => (p.Id, p.Real)).FirstOrDefault(p => p.Real != real && Holds(p.Real, real)) is
                { Real: not null } whole
            )
            {
                found[id] = $"a part of {whole.Id}";
            }
        }

        foreach (var same in places.Where(p => !found.ContainsKey(p.Id)).GroupBy(p => p.Real, p => p.Id))
        {
            if (same.Count() > 1)
            {
                var own = await OwnNameAsync(lake, [.. same], cancellationToken);
                foreach (var other in same.Where(id => id != own))
                {
                    found[other] = own.ToString();
                }
            }
        }

        return found;
    }

    /// <summary>
    /// Whether a table's folder is not where its name says, so that it may be another table's. Reads no log.
    /// </summary>
    public static bool MayBe(IObjectStore store, TableId id) =>
        store is ILinks links
        && links.RealPath(id.Prefix) is { } real
        && real != $"{links.RealPath("")}/{id.Prefix.TrimEnd('/')}";

    /// <summary>Whether the place behind a key is part of the lake's tables, or contains them.</summary>
    public static bool LeadsToTables(ILinks links, string prefix) =>
        links.RealPath(prefix) is { } real && RealLayers(links).Any(layer => Holds(real, layer) || Holds(layer, real));

    public static LeftOut LeftOut(TableId id, string target) =>
        new(
            id.ToString(),
            Code,
            $"{id.Prefix} is a link to {target} and not a table of its own. It is not read, compacted or vacuumed. Remove the link."
        );

    private static string[] RealLayers(ILinks links) =>
        [.. TableLayers.All.Select(layer => links.RealPath(layer + "/")).OfType<string>()];

    private static bool Holds(string folder, string path) =>
        path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>
    /// Chooses the table's own name among several: the name of the real folder, else the name in its log, else the
    /// first.
    /// </summary>
    private static async Task<TableId> OwnNameAsync(
        DataLake lake,
        IReadOnlyList<TableId> names,
        CancellationToken cancellationToken
    )
    {
        if (names.Where(id => !MayBe(lake.Store, id)).ToArray() is [var folder])
        {
            return folder;
        }

        try
        {
            var known = (await lake.Table(names[0]).Log.SnapshotAsync(cancellationToken)).Metadata?.Name;
            return names.FirstOrDefault(id => id.ToString() == known, names[0]);
        }
        catch (TidemarkException)
        {
            return names[0]; // it is named by its own error
        }
    }
}
