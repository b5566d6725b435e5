using System.Globalization;

namespace Tidemark.Lake.Storage;

/// <summary>The names of data files: no two commits make the same one.</summary>
internal static class DataFileName
{
    private const string Stem = "part-";
    private const string Extension = ".parquet";
    private const int CommitIdLength = 36;

    /// <summary>The name of a commit's n-th file.</summary>
    public static string Of(string commitId, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Stem}{commitId}-{number:D5}{Extension}");

    /// <summary>Whether the last part of a key has the form that <see cref="Of"/> makes.</summary>
    public static bool IsOwn(string key)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        return name.StartsWith(Stem, StringComparison.Ordinal)
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && name.Length > Stem.Length + CommitIdLength
            && Guid.TryParseExact(name.AsSpan(Stem.Length, CommitIdLength), "D", out _);
    }
}
