using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>
/// Folders of the layers that are other names for something that the lake has already: for a table, for a part of one,
/// for a layer, for the lake. A layer or a table may be a link to another disk; what is here under another name is not
/// there twice.
/// </summary>
internal static class LayerLinks
{
    public const string Code = "TABLE_IS_LINK";

    /// <summary>Those among some folders, each with where it leads.</summary>
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

    /// <summary>Whether a table is not where its name says, so that it may be another one's. Asks for no log.</summary>
    public static bool MayBe(IObjectStore store, TableId id) =>
        store is ILinks links
        && links.RealPath(id.Prefix) is { } real
        && real != $"{links.RealPath("")}/{id.Prefix.TrimEnd('/')}";

    /// <summary>Whether what lies below a key is a part of the lake's tables, or they are a part of it.</summary>
    public static bool LeadsToTables(ILinks links, string prefix) =>
        links.RealPath(prefix) is { } real && RealLayers(links).Any(layer => Holds(real, layer) || Holds(layer, real));

    public static LeftOut LeftOut(TableId id, string target) =>
        new(
            id.ToString(),
            Code,
            $"{id.Prefix} is another name for {target}, and no table of its own: it is not read, compacted or vacuumed. Remove the link."
        );

    private static string[] RealLayers(ILinks links) =>
        [.. TableLayers.All.Select(layer => links.RealPath(layer + "/")).OfType<string>()];

    private static bool Holds(string folder, string path) =>
        path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>
    /// Which of several names is the table's: that of the folder itself, else the one that its log knows it by, else
    /// the first.
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
