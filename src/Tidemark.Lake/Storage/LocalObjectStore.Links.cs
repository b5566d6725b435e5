using Tidemark.Core.Files;

namespace Tidemark.Lake.Storage;

/// <content>Links, and other things in an object's place.</content>
public sealed partial class LocalObjectStore
{
    public IReadOnlyList<string> LinksIn(string prefix)
    {
        var folder = FolderOf(ObjectKeys.CheckedPrefix(prefix));
        return Guarded(prefix, () => LocalListing.NamesOfLinks(folder));
    }

    public string? LinkTo(string key)
    {
        // The layer and the table may be links; nothing deeper may be one. What belongs to no table (raw payloads) may
        // be kept anywhere.
        if (key.StartsWith(ObjectKeys.RawPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var from = key.IndexOf('/', StringComparison.Ordinal);
        from = from < 0 ? from : key.IndexOf('/', from + 1);
        while (from >= 0 && from < key.Length - 1)
        {
            from = key.IndexOf('/', from + 1) is var next and >= 0 ? next : key.Length;
            var way = key[..from];
            if (new FileInfo(Path.Combine(_root, way)).LinkTarget is not null)
            {
                return way;
            }
        }

        return null;
    }

    private void EnsureNoLink(string key)
    {
        if (LinkTo(key) is { } link)
        {
            throw InnerLink.Refused(link);
        }
    }

    public IReadOnlyList<string> LinksBelow(string prefix)
    {
        var folder = FolderOf(ObjectKeys.CheckedPrefix(prefix));
        return Guarded(prefix, () => _listing.Links(folder).Order(StringComparer.Ordinal).ToArray());
    }

    public IReadOnlyList<string> StrangersIn(string prefix)
    {
        var folder = prefix.Length == 0 ? _root : FolderOf(ObjectKeys.CheckedPrefix(prefix));
        return Guarded(
            prefix,
            () =>
                Directory.Exists(folder)
                    ? Directory
                        .GetFileSystemEntries(folder)
                        .Where(entry => !Directory.Exists(entry))
                        .Select(entry => Path.GetFileName(entry)!)
                        .Order(StringComparer.Ordinal)
                        .ToArray()
                    : []
        );
    }

    public IReadOnlyList<string> Pipes() =>
        Guarded(
            "",
            () =>
                ObjectKeys
                    .Layers.SelectMany(layer => LocalListing.MaybePipes(FolderOf(layer)))
                    .Where(DataFile.IsPipeOrDevice)
                    .ToArray()
        );

    public bool IsTaken(string key)
    {
        var path = PathOf(key);
        return Directory.Exists(path)
            || (new FileInfo(path).LinkTarget is not null && PosixFile.RealPath(path) is null);
    }

    public string? RealPath(string key) =>
        PosixFile.RealPath(
            key.Length == 0 ? _root
            : key.EndsWith('/') ? FolderOf(ObjectKeys.CheckedPrefix(key))
            : PathOf(key)
        );
}
