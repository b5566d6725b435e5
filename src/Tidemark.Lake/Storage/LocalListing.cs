using System.IO.Enumeration;

namespace Tidemark.Lake.Storage;

/// <summary>
/// Decides which files below a folder are objects. Unfinished writes are not, nor is anything behind a link, except a
/// layer (<c>ods</c>) or a table (<c>ods/ods_daily</c>) that is a link itself: a deeper link may lead back into the
/// table or out of the lake.
/// </summary>
internal sealed class LocalListing(string root)
{
    private static readonly EnumerationOptions s_everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        RecurseSubdirectories = true,
        ReturnSpecialDirectories = false,
    };

    // Follow no link within a table. The directory says which entries are links; asking about each file would take
    // longer than everything else that a reader of a log does.
    private static readonly EnumerationOptions s_noLinks = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
        RecurseSubdirectories = true,
        ReturnSpecialDirectories = false,
    };

    // For searches that skip folders that may not be read: a caller that needs such a folder gets the error when it
    // opens it.
    private static readonly EnumerationOptions s_reachable = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = true,
        RecurseSubdirectories = true,
        ReturnSpecialDirectories = false,
    };

    // What the enumeration says of a file that went before it was asked about.
    private static readonly DateTimeOffset s_gone = new(DateTime.FromFileTimeUtc(0));

    // What FileInfo says of a file that is not there.
    private const FileAttributes Nothing = (FileAttributes)(-1);

    /// <summary>Keys of the objects in a folder, unordered.</summary>
    public IEnumerable<string> Keys(string folder) => Files(folder, after: null, (ref entry) => KeyOf(ref entry));

    /// <summary>
    /// The objects in a folder, unordered; only those after a key. The enumeration asks about each file once, and only
    /// about these: a log has many files, and a reader wants the last few.
    /// </summary>
    public IEnumerable<StoredObject> Objects(string folder, string? after) =>
        Files(folder, after, (ref entry) => new StoredObject(KeyOf(ref entry), entry.Length, entry.LastWriteTimeUtc))
            .Where(o => o.Modified != s_gone);

    /// <summary>
    /// The sizes of the named objects, of those that a listing would show. Asks about these files alone: a lake has
    /// markers beside each file that a version names, and a folder for each day.
    /// </summary>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be searched.</exception>
    public IReadOnlyDictionary<string, long> Sizes(
        IReadOnlyCollection<string> keys,
        Func<string, bool> isBehindLink,
        CancellationToken cancellationToken
    )
    {
        var sizes = new Dictionary<string, long>(keys.Count, StringComparer.Ordinal);
        var hidden = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var folder = key[..(key.LastIndexOf('/') + 1)];
            if (!hidden.TryGetValue(folder, out var isHidden))
            {
                isHidden = isBehindLink(folder);
                hidden.Add(folder, isHidden);
            }

            if (!isHidden && SizeOf(Path.Combine(root, ObjectKeys.Checked(key))) is { } bytes)
            {
                sizes[key] = bytes;
            }
        }

        return sizes;
    }

    private static long? SizeOf(string path)
    {
        var file = new FileInfo(path);
        var attributes = file.Attributes;
        return
            attributes == Nothing
            || attributes.HasFlag(FileAttributes.ReparsePoint)
            || attributes.HasFlag(FileAttributes.Directory)
            ? null
            : file.Length;
    }

    private IEnumerable<T> Files<T>(string folder, string? after, FileSystemEnumerable<T>.FindTransform transform)
    {
        bool IsAfter(string key) => after is null || string.CompareOrdinal(key, after) > 0;
        // Skip a folder whose keys all come before the wanted ones.
        bool MayHoldAfter(string below) =>
            after is null || after.StartsWith(below, StringComparison.Ordinal) || IsAfter(below);
        return !Directory.Exists(folder)
            ? []
            : Files(
                folder,
                (ref entry) => after is null || MayHoldAfter(KeyOf(ref entry) + "/"),
                (ref entry) => !IsTemporary(entry.FileName) && (after is null || IsAfter(KeyOf(ref entry))),
                IsWithinTable(folder) ? s_noLinks : s_everything,
                transform
            );
    }

    /// <summary>Keys of unfinished writes, except in folders that may not be read.</summary>
    public IEnumerable<string> Temporaries() =>
        Files(
            root,
            (ref _) => true,
            (ref entry) => IsTemporary(entry.FileName),
            s_reachable,
            (ref entry) => KeyOf(ref entry)
        );

    /// <summary>
    /// Keys of the links that are not followed, except in folders that may not be read: nobody can reach anything
    /// through those.
    /// </summary>
    public IEnumerable<string> Links(string folder) =>
        !Directory.Exists(folder)
            ? []
            : new FileSystemEnumerable<string>(folder, (ref entry) => KeyOf(ref entry), s_reachable)
            {
                ShouldIncludePredicate = (ref entry) => IsInnerLink(ref entry),
                ShouldRecursePredicate = (ref entry) => !IsInnerLink(ref entry),
            };

    /// <summary>
    /// Names of the links directly in a folder, in ordinal order: the entries that a listing without links leaves out.
    /// So the directory says it, and no entry has to be asked about.
    /// </summary>
    public static IReadOnlyList<string> NamesOfLinks(string folder) =>
        !Directory.Exists(folder)
            ? []
            :
            [
                .. NamesIn(folder, FileAttributes.None)
                    .Except(NamesIn(folder, FileAttributes.ReparsePoint), StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ];

    /// <summary>Paths of data files that may be pipes: those without a length, and links.</summary>
    public static IEnumerable<string> MaybePipes(string folder) =>
        !Directory.Exists(folder)
            ? []
            : new FileSystemEnumerable<string>(folder, (ref entry) => entry.ToFullPath(), s_reachable)
            {
                ShouldIncludePredicate = (ref entry) =>
                    entry.FileName.EndsWith(".parquet", StringComparison.Ordinal)
                    && (entry.Attributes.HasFlag(FileAttributes.ReparsePoint) || entry.Length == 0),
                // A table may be on another disk; deeper links are not followed.
                ShouldRecursePredicate = (ref entry) =>
                    entry.Directory.SequenceEqual(folder) || !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
            };

    private static FileSystemEnumerable<string> NamesIn(string folder, FileAttributes skipped) =>
        new(
            folder,
            (ref entry) => entry.FileName.ToString(),
            new EnumerationOptions { AttributesToSkip = skipped, IgnoreInaccessible = true }
        );

    private FileSystemEnumerable<T> Files<T>(
        string folder,
        FileSystemEnumerable<T>.FindPredicate visits,
        FileSystemEnumerable<T>.FindPredicate includes,
        EnumerationOptions options,
        FileSystemEnumerable<T>.FindTransform transform
    ) =>
        new(folder, transform, options)
        {
            ShouldIncludePredicate = (ref entry) =>
                !entry.IsDirectory && (options == s_noLinks || !IsInnerLink(ref entry)) && includes(ref entry),
            ShouldRecursePredicate = (ref entry) =>
                (options == s_noLinks || !IsInnerLink(ref entry)) && visits(ref entry),
        };

    private bool IsWithinTable(string folder) =>
        folder.Length > root.Length && folder.AsSpan(root.Length + 1).Contains(Path.DirectorySeparatorChar);

    private bool IsInnerLink(ref FileSystemEntry entry)
    {
        if (!entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return false;
        }

        var parent = entry.Directory.Length > root.Length ? entry.Directory[(root.Length + 1)..] : default;
        return !entry.IsDirectory || parent.Contains(Path.DirectorySeparatorChar);
    }

    private static bool IsTemporary(ReadOnlySpan<char> name) =>
        name.StartsWith(ObjectKeys.TemporaryPrefix, StringComparison.Ordinal);

    private string KeyOf(ref FileSystemEntry entry) =>
        entry.ToFullPath()[(root.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/');
}
