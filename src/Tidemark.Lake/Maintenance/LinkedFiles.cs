using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>
/// What must not be removed although no version names it by its own name: objects that a link leads to. A link inside
/// the table may give a needed file a second name; one from elsewhere in the lake makes what it leads to another's, so
/// that all of it stays.
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
    /// <param name="all">What <see cref="In"/> has found; with none, nothing is asked of the store.</param>
    /// <param name="needed">Paths of the files that have to stay, decoded, relative to the table.</param>
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

    /// <summary>Whether something that a version needs, or another table's, is the object under another name.</summary>
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
