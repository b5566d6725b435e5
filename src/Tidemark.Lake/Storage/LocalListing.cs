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

    private delegate bool NamePredicate(ReadOnlySpan<char> name);

    /// <summary>Keys of the objects in a folder, unordered; only those after a key.</summary>
    public IEnumerable<string> Keys(string folder, string? after)
    {
        bool IsAfter(string key) => after is null || string.CompareOrdinal(key, after) > 0;
        // Skip a folder whose keys all come before the wanted ones.
        bool MayHoldAfter(string below) =>
            after is null || after.StartsWith(below, StringComparison.Ordinal) || IsAfter(below);
        return !Directory.Exists(folder)
            ? []
            : Files(folder, MayHoldAfter, name => !IsTemporary(name), IsWithinTable(folder) ? s_noLinks : s_everything)
                .Where(IsAfter);
    }

    /// <summary>Keys of unfinished writes, except in folders that may not be read.</summary>
    public IEnumerable<string> Temporaries() => Files(root, below => true, IsTemporary, s_reachable);

    /// <summary>
    /// Keys of the links that are not followed, except in folders that may not be read: nobody can reach anything
    /// through those.
    /// </summary>
    public IEnumerable<string> Links(string folder) =>
        !Directory.Exists(folder)
            ? []
            : new FileSystemEnumerable<string>(folder, (ref entry) => KeyOf(entry.ToFullPath()), s_reachable)
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

    private FileSystemEnumerable<string> Files(
        string folder,
        Func<string, bool> visits,
        NamePredicate includes,
        EnumerationOptions options
    ) =>
        new(folder, (ref entry) => KeyOf(entry.ToFullPath()), options)
        {
            ShouldIncludePredicate = (ref entry) =>
                !entry.IsDirectory && includes(entry.FileName) && (options == s_noLinks || !IsInnerLink(ref entry)),
            ShouldRecursePredicate = (ref entry) =>
                (options == s_noLinks || !IsInnerLink(ref entry)) && visits(KeyOf(entry.ToFullPath()) + "/"),
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

    private string KeyOf(string path) => path[(root.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/');
}
