namespace Tidemark.Lake.Storage;

/// <summary>Which keys are keys: the same for every store, so that what one accepts no other refuses.</summary>
public static class ObjectKeys
{
    /// <summary>Names that begin with this are writes which have not ended; no key may have such a part.</summary>
    internal const string TemporaryPrefix = ".tmp-";

    /// <summary>Where vendors' answers are kept as received: the part of a store that is no table's.</summary>
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
    /// <exception cref="ArgumentException">It does not, or is no key before it.</exception>
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
