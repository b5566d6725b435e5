namespace Tidemark.Definitions.Yaml;

/// <summary>A key that a file may have.</summary>
/// <param name="Path">
/// With the keys around it: <c>request.row_cap</c>; <c>*</c> stands for names that the user chooses.
/// </param>
/// <param name="Kind">What stands behind it.</param>
/// <param name="Default">What holds without it, or when it is required.</param>
/// <param name="About">What it means.</param>
public sealed record KeyEntry(string Path, string Kind, string Default, string About)
{
    /// <summary>A file without it is wrong.</summary>
    public const string Required = "required";

    /// <summary>Without it there is nothing.</summary>
    public const string Nothing = "–";
}

/// <summary>
/// Every key of a kind of file, in the order in which a reader meets them. Its reader asks for no other
/// (<see cref="YamlSection.RejectUnknownKeys(KeyTable)"/>), and the page of the kind in docs/reference is made of it.
/// Immutable.
/// </summary>
public sealed class KeyTable(IReadOnlyList<KeyEntry> keys)
{
    private readonly HashSet<string> _paths = keys.Select(key => key.Path).ToHashSet(StringComparer.Ordinal);

    public IReadOnlyList<KeyEntry> Keys => keys;

    /// <summary>Whether a key is in it, itself or as the section of others.</summary>
    public bool Has(string path) =>
        _paths.Contains(path) || _paths.Any(each => each.StartsWith(path + ".", StringComparison.Ordinal));

    /// <summary>As a table of a Markdown page.</summary>
    public string ToMarkdown() =>
        "| key | what stands there | without it | meaning |\n|---|---|---|---|\n"
        + string.Concat(
            keys.Select(key =>
                $"| `{key.Path}` | {key.Kind} | {Shown(key.Default)} | {key.About.Replace("|", "\\|")} |\n"
            )
        );

    /// <summary>The words of an enum as files have them.</summary>
    public static string WordsOf<T>()
        where T : struct, Enum => OneOf(YamlScalars.Words<T>().Keys);

    /// <summary>Words as a page has them.</summary>
    public static string OneOf(IEnumerable<string> words) => string.Join(", ", words.Select(word => $"`{word}`"));

    private static string Shown(string text) =>
        text is KeyEntry.Required or KeyEntry.Nothing || text.Contains(' ') ? text : $"`{text}`";
}
