namespace Tidemark.Definitions.Files;

/// <summary>Whose a definition is.</summary>
public enum DefinitionOrigin
{
    /// <summary>It came with the program.</summary>
    Shipped,

    /// <summary>It stands in the workspace's own folder.</summary>
    Own,
}

/// <summary>A file that defines one thing.</summary>
/// <param name="Id">What it defines; an own file with the same one takes a shipped file's place.</param>
/// <param name="Path">
/// Where it stands, with its folder: messages name it so, which tells a shipped file from an own one of the same name.
/// </param>
/// <param name="Origin">Whose it is.</param>
public sealed record DefinitionFile(string Id, string Path, DefinitionOrigin Origin)
{
    /// <summary>Why it cannot be a definition, whatever it holds; null when it can.</summary>
    public string? Misfit { get; init; }

    /// <summary>The last part of the path.</summary>
    public string Name => System.IO.Path.GetFileName(Path);
}
