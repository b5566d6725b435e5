using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>
/// Objects that a link leads to: they must not be removed although no version names them. A link inside the table may
/// give a needed file a second name. A link from elsewhere in the lake makes its target another table's, so all of it
/// stays.
/// </summary>
internal sealed class LinkedFiles
{
    private readonly ILinks? _store;
    private readonly HashSet<string> _needed = new(StringComparer.Ordinal);
    private readonly List<string> _others = [];

    private LinkedFiles(ILinks? store) => _store = store;

    /// <summary>Links inside the table, by their keys.</summary>
    public IReadOnlyList<string> Inside { get; private init; } = [];

    /// <summary>All links in the layers of a lake, by their keys.</summary>
    public static IReadOnlyList<string> In(IObjectStore store) =>
        store is ILinks links ? [.. TableLayers.All.SelectMany(layer => links.LinksBelow(layer + "/"))] : [];

    /// <param name="table">The table.</param>
    /// <param name="store">Where it is.</param>
    /// <param name="all">The links from <see cref="In"/>; when there are none, the store is not asked.</param>
    /// <param name="needed">Decoded paths, relative to the table, of the files that have to stay.</param>
    public static LinkedFiles Of(
        TableId table,
        IObjectStore store,
        IReadOnlyList<string> all,
        IEnumerable<string> needed
    )
    {
        if (all.Count == 0 || store is not ILinks links)
        {
            return new LinkedFiles(null);
        }

        string[] inside = [.. all.Where(l => l.StartsWith(table.Prefix, StringComparison.Ordinal))];
        var found = new LinkedFiles(links) { Inside = inside };
        if (inside.Length > 0)
        {
            found._needed.UnionWith(needed.Select(path => links.RealPath(table.Prefix + path)).OfType<string>());
        }

        found._others.AddRange(all.Except(inside).Select(links.RealPath).OfType<string>());
        return found;
    }

    /// <summary>Whether the object is a second name for something that a version or another table needs.</summary>
    public bool Keeps(string key)
    {
        if (_store?.RealPath(key) is not { } real)
        {
            return false;
        }

        return _needed.Contains(real)
            || _others.Any(other => real == other || real.StartsWith(other + "/", StringComparison.Ordinal));
    }
}
