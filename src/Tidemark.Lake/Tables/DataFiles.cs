using System.Globalization;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>Where a table's data files are.</summary>
internal static class DataFiles
{
    private const string Stem = "part-";
    private const string Extension = ".parquet";
    private const int CommitIdLength = 36;

    /// <summary>The key of a file in the store; the log spells paths URL-encoded.</summary>
    public static string KeyOf(TableId table, AddAction file) => DeltaPath.KeyOf(table, file);

    /// <summary>The name of the n-th file of a commit.</summary>
    public static string NameOf(string commitId, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Stem}{commitId}-{number:D5}{Extension}");

    /// <summary>Whether the last part of a key is a name that <see cref="NameOf"/> gives.</summary>
    public static bool IsOwnName(string key)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        return name.StartsWith(Stem, StringComparison.Ordinal)
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && name.Length > Stem.Length + CommitIdLength
            && Guid.TryParseExact(name.AsSpan(Stem.Length, CommitIdLength), "D", out _);
    }

    /// <summary>The file as a store can fetch and check it.</summary>
    public static ImmutableObject ObjectOf(TableId table, AddAction file) =>
        new(KeyOf(table, file), file.Size, file.Sha256);
}
