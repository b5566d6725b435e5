namespace Tidemark.Vendors;

/// <summary>A key of a vendor's section in <c>tidemark.yaml</c>.</summary>
/// <param name="Name">The key.</param>
/// <param name="Default">Its value where the section has none, as it is written there.</param>
/// <param name="About">What a new workspace says beside it; empty where the name says it.</param>
public sealed record VendorKey(string Name, string Default, string About = "")
{
    /// <summary>What stands there, for the page that has every key.</summary>
    public string Kind { get; init; } = "text";

    /// <summary>
    /// Whether it holds a secret: that is read when it is needed and not with the file, and masked everywhere.
    /// </summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether it holds a list of what it holds; its default is empty.</summary>
    public bool IsList { get; init; }

    /// <summary>
    /// The entry whose value <see cref="Default"/> is, where the key holds names and values; null where it holds text.
    /// </summary>
    public string? Entry { get; init; }

    /// <summary>Whether no code reads it yet. `doctor` says so where a workspace sets it.</summary>
    public bool IsUnread { get; init; }
}
