namespace Tidemark.Definitions.Files;

/// <summary>Where the definitions of a workspace are: those beside the program, and its own laid over them.</summary>
/// <param name="Shipped">The folder beside the program.</param>
/// <param name="Own">The workspace's folder; null when it has none.</param>
public sealed record DefinitionFolders(string Shipped, string? Own)
{
    /// <summary>
    /// The files of a kind that are in force. Read anew at each call: whoever holds the result has pinned it.
    /// </summary>
    public DefinitionFiles Read(DefinitionKind kind) =>
        DefinitionFiles.Read(PathOf(Shipped, kind), Own is null ? null : PathOf(Own, kind), kind);

    /// <summary>
    /// The one file of a name, where each folder may have one: the shipped first. For files that are laid over each
    /// other line by line.
    /// </summary>
    public IReadOnlyList<string> Layers(string name) =>
        [.. new[] { Shipped, Own }.OfType<string>().Select(folder => Path.Combine(folder, name)).Where(Path.Exists)];

    private static string PathOf(string folder, DefinitionKind kind) => Path.Combine(folder, kind.Folder);
}
