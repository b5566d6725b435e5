using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Files;

/// <summary>A file in force and the text that it had when it was read.</summary>
/// <param name="File">Which.</param>
/// <param name="Text">All of it; empty where it cannot be read.</param>
/// <param name="Unreadable">Why it cannot be read; null where it can.</param>
public sealed record DefinitionSource(DefinitionFile File, string Text, string? Unreadable)
{
    /// <summary>What it defines.</summary>
    public string Id => File.Id;

    /// <summary>Where it stands.</summary>
    public string Path => File.Path;

    /// <summary>Reads a file.</summary>
    public static DefinitionSource Of(DefinitionFile file)
    {
        if (file.Misfit is not null)
        {
            return new DefinitionSource(file, "", file.Misfit);
        }

        var text = DefinitionText.TryRead(file.Path, out var fault);
        return new DefinitionSource(file, text ?? "", fault);
    }

    /// <summary>The text; that it cannot be read is noted, and then there is nothing else to say of it.</summary>
    public bool TryText(YamlProblems problems, out string text)
    {
        text = Text;
        if (Unreadable is not null)
        {
            problems.Add(new YamlOrigin(Path, 0), Unreadable);
        }

        return Unreadable is null;
    }
}

/// <summary>The files of one kind that are in force, each read once.</summary>
/// <param name="Files">Which, and which they have replaced.</param>
/// <param name="Sources">In the order of the files.</param>
public sealed record DefinitionSet(DefinitionFiles Files, IReadOnlyList<DefinitionSource> Sources)
{
    /// <summary>Reads all of them.</summary>
    public static DefinitionSet Of(DefinitionFiles files) => new(files, [.. files.All.Select(DefinitionSource.Of)]);
}
