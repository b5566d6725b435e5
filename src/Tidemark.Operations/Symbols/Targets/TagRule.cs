namespace Tidemark.Operations.Symbols.Targets;

/// <summary>One tag, as it was written: <c>industry:银行</c>.</summary>
/// <param name="Text">All of it; where its prefix ends, the registry knows.</param>
public readonly record struct Tag(string Text)
{
    /// <summary>What stands before its last colon: its prefix, unless the value has a colon.</summary>
    public string Prefix => Text[..Text.LastIndexOf(':')];

    /// <summary>The value where the tag has this prefix; else null.</summary>
    public string? ValueOf(string prefix) =>
        Text.Length > prefix.Length + 1
        && Text[prefix.Length] == ':'
        && Text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            ? Text[(prefix.Length + 1)..].Trim()
            : null;
}

/// <summary>
/// Instruments that have a tag, or every one of several: <c>ind:sw:l1:银行</c>, <c>kind:stock &amp; exchange:BSE</c>.
/// </summary>
/// <param name="Text">As it is written everywhere.</param>
/// <param name="Tags">The tags, at least one.</param>
public sealed record TagRule(string Text, IReadOnlyList<Tag> Tags)
{
    public const string Expected = "a tag like industry:银行, or several joined by &, like kind:stock & exchange:BSE";

    /// <summary>Null when it is none.</summary>
    public static TagRule? TryParse(string text)
    {
        var parts = text.Split('&', StringSplitOptions.TrimEntries);
        return parts.All(IsTag) ? new TagRule(string.Join(" & ", parts), [.. parts.Select(p => new Tag(p))]) : null;
    }

    public bool Equals(TagRule? other) => other?.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    private static bool IsTag(string text) =>
        text.IndexOf(':', StringComparison.Ordinal) > 0 && text[^1] != ':' && !text.Any(char.IsControl);
}
