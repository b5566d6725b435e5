using Tidemark.Core.Errors;

namespace Tidemark.Definitions.Files;

/// <summary>
/// The files of one kind of definition that are in force: those shipped with the program, and the workspace's own laid
/// over them. An own file of the same id replaces, one of a new id adds. Immutable; a file's text is read by whoever
/// understands it.
/// <code>
///   shipped  datasets/tushare.daily.yaml   datasets/tushare.adj_factor.yaml
///   own      datasets/tushare.daily.yaml                                      datasets/tushare.weekly.yaml
///   in force          own                            shipped                            own
/// </code>
/// </summary>
public sealed class DefinitionFiles
{
    private DefinitionFiles(
        IReadOnlyList<string> folders,
        IReadOnlyList<DefinitionFile> all,
        IReadOnlyList<DefinitionFile> replaced
    )
    {
        Folders = folders;
        All = all;
        Replaced = replaced;
    }

    /// <summary>Where was looked: the shipped folder first, then the own one when there is any.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>
    /// The files in force, by id. Two own files of one id are both here: which of them is meant nobody can know.
    /// </summary>
    public IReadOnlyList<DefinitionFile> All { get; }

    /// <summary>Where those in force stand, in their order.</summary>
    public IReadOnlyList<string> Paths => [.. All.Select(file => file.Path)];

    /// <summary>The shipped files whose place an own one has taken.</summary>
    public IReadOnlyList<DefinitionFile> Replaced { get; }

    /// <summary>Files in force that came with the program.</summary>
    public int Shipped => All.Count(file => file.Origin == DefinitionOrigin.Shipped);

    /// <summary>Files in force that are the workspace's own.</summary>
    public int Own => All.Count(file => file.Origin == DefinitionOrigin.Own);

    /// <summary>The folders as a message names them.</summary>
    public string Where => string.Join(" and ", Folders);

    /// <summary>Lays the files of one folder over those of another.</summary>
    /// <param name="shipped">The folder beside the program; without it the installation is broken.</param>
    /// <param name="own">The workspace's folder of this kind; null or absent when it has none.</param>
    /// <param name="kind">How the files are named and what tells what they define.</param>
    /// <exception cref="TidemarkException">
    /// Code <c>DEFINITIONS_MISSING</c>: the shipped folder is not there, or one cannot be read.
    /// </exception>
    public static DefinitionFiles Read(string shipped, string? own, DefinitionKind kind)
    {
        if (!Directory.Exists(shipped))
        {
            throw Missing($"There is no folder {shipped}.");
        }

        if (Path.GetDirectoryName(own) is { } parent && File.Exists(parent))
        {
            throw Missing($"{parent} is a file, and the folder of your own definitions must be in its place.");
        }

        var folders = own is not null && Path.Exists(own) ? new[] { shipped, own } : [shipped];
        List<DefinitionFile> mine =
            folders.Length == 1 ? []
            : File.Exists(own) ? [Misplaced(own, kind)]
            : Files(own!, DefinitionOrigin.Own, kind);
        var taken = mine.Select(file => file.Id).ToHashSet(StringComparer.Ordinal);
        var theirs = Files(shipped, DefinitionOrigin.Shipped, kind);
        return new DefinitionFiles(
            folders,
            [
                .. theirs
                    .Where(file => !taken.Contains(file.Id))
                    .Concat(mine)
                    .OrderBy(file => file.Id, StringComparer.Ordinal)
                    .ThenBy(file => file.Path, StringComparer.Ordinal),
            ],
            [.. theirs.Where(file => taken.Contains(file.Id))]
        );
    }

    private static List<DefinitionFile> Files(string folder, DefinitionOrigin origin, DefinitionKind kind)
    {
        try
        {
            return
            [
                .. kind.PathsIn(folder)
                    .Order(StringComparer.Ordinal)
                    .Select(path => new DefinitionFile(kind.IdOf(path), path, origin)),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Missing($"The folder {folder} cannot be read: {e.Message}");
        }
    }

    // Left out by name like any other: what was meant to stand in the folder is not used.
    private static DefinitionFile Misplaced(string path, DefinitionKind kind) =>
        new(kind.Folder, path, DefinitionOrigin.Own)
        {
            Misfit =
                $"is a file, and the folder of your own {kind.Folder} must be in its place. Rename the file, or move it away.",
        };

    private static TidemarkException Missing(string problem) =>
        new(
            ErrorKind.Configuration,
            "DEFINITIONS_MISSING",
            $"{problem} Definitions come with the program, and 'definitions' in tidemark.yaml names the folder of your own: check both."
        );
}
