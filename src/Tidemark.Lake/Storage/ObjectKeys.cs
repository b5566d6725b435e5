namespace Tidemark.Lake.Storage;

/// <summary>Which keys are valid: the same for every store, so that no store refuses what another accepts.</summary>
public static class ObjectKeys
{
    /// <summary>Names with this prefix are unfinished writes; no part of a key may have it.</summary>
    internal const string TemporaryPrefix = ".tmp-";

    /// <summary>The prefix of vendors' answers, kept as received; no table is below it.</summary>
    public const string RawPrefix = "raw/";

    /// <summary>The folders in which tables are.</summary>
    internal static IReadOnlyList<string> Layers { get; } = ["ods", "dim", "dwd", "dwm", "dws", "ads"];

    /// <summary>The key itself.</summary>
    /// <exception cref="ArgumentException">It is empty, absolute, climbs (<c>..</c>) or has an empty part.</exception>
    public static string Checked(string key)
    {
        foreach (var part in key.AsSpan().Split('/'))
        {
            var name = key.AsSpan()[part];
            if (name is "" or "." or ".." || name.StartsWith(TemporaryPrefix, StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{key}' is no key: the part '{name}' is not allowed", nameof(key));
            }
        }

        return key.Contains('\0') ? throw new ArgumentException("A key cannot hold a NUL", nameof(key)) : key;
    }

    /// <summary>
    /// The prefix itself, which ends with <c>/</c>: without it, a table would reach a sibling whose name it begins.
    /// </summary>
    /// <exception cref="ArgumentException">The prefix does not end with <c>/</c>, or the rest is no key.</exception>
    public static string CheckedPrefix(string prefix)
    {
        if (!prefix.EndsWith('/'))
        {
            throw new ArgumentException($"The prefix '{prefix}' does not end with '/'", nameof(prefix));
        }

        Checked(prefix[..^1]);
        return prefix;
    }
}
