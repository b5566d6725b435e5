namespace Tidemark.Definitions.Files;

/// <summary>A kind of definition: where its files are within their folder, and what of a file is its id.</summary>
/// <param name="Folder">Below <c>definitions/</c>, for example <c>datasets</c>.</param>
/// <param name="Extensions">
/// The endings of its files; one that is misspelt is among them where its reader refuses it by name.
/// </param>
/// <param name="ByLayer">Whether the files stand in a folder a layer; then the id is <c>layer.name</c>.</param>
/// <param name="ReadId">Reads the id from the file where its name is not enough; null to take the name.</param>
public sealed record DefinitionKind(
    string Folder,
    IReadOnlyList<string> Extensions,
    bool ByLayer = false,
    Func<string, string>? ReadId = null
)
{
    /// <summary>
    /// The files of this kind. Names that begin with a dot are an editor's or the system's, and none of them.
    /// </summary>
    internal IEnumerable<string> PathsIn(string folder)
    {
        // Those beside the layers' folders are listed too, so that their reader can say where they belong.
        var folders = ByLayer ? Directory.EnumerateDirectories(folder).Prepend(folder) : [folder];
        // A folder that is called like a file is listed too: nobody means it to be ignored.
        return folders
            .SelectMany(Directory.EnumerateFileSystemEntries)
            .Where(path =>
                Path.GetFileName(path)[0] != '.'
                && Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
            );
    }

    internal string IdOf(string path)
    {
        if (ReadId is not null)
        {
            return ReadId(path);
        }

        var name = Path.GetFileNameWithoutExtension(path);
        return ByLayer ? $"{Path.GetFileName(Path.GetDirectoryName(path))}.{name}" : name;
    }
}
