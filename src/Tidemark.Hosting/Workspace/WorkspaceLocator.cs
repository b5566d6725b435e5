using Tidemark.Core.Errors;

namespace Tidemark.Hosting.Workspace;

/// <summary>Finds the workspace of a command.</summary>
public static class WorkspaceLocator
{
    public const string EnvironmentVariable = "TIDEMARK_WORKSPACE";

    /// <summary>The error's code when there is no workspace.</summary>
    public const string NotFoundCode = "WORKSPACE_NOT_FOUND";

    /// <summary>
    /// <paramref name="option"/> (<c>--workspace DIR</c>), else <c>$TIDEMARK_WORKSPACE</c>, else the nearest folder
    /// from <paramref name="currentFolder"/> upwards that holds a <c>tidemark.yaml</c>. Absolute.
    /// </summary>
    /// <exception cref="TidemarkException">Code <c>WORKSPACE_NOT_FOUND</c>.</exception>
    public static string Find(string? option, IReadOnlyDictionary<string, string> environment, string? currentFolder)
    {
        if (!string.IsNullOrEmpty(option))
        {
            return Named(FullPath(option, currentFolder), "--workspace");
        }

        if (environment.TryGetValue(EnvironmentVariable, out var named) && named.Length > 0)
        {
            return Named(FullPath(named, currentFolder), $"${EnvironmentVariable}");
        }

        var here = FullPath(".", currentFolder);
        for (string? folder = here; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (IsWorkspace(folder))
            {
                return folder;
            }
        }

        throw NotFound($"there is no {WorkspaceReader.FileName} in {here} or a folder above it", "DIR");
    }

    /// <summary>Makes a path absolute, relative to the current folder.</summary>
    /// <exception cref="TidemarkException">
    /// Code <c>FOLDER_GONE</c>: it is relative, and there is no current folder.
    /// </exception>
    public static string FullPath(string path, string? currentFolder) =>
        Path.IsPathFullyQualified(path) ? Path.GetFullPath(path)
        : currentFolder is not null ? Path.GetFullPath(path, currentFolder)
        : throw new TidemarkException(
            ErrorKind.Configuration,
            "FOLDER_GONE",
            $"The current folder no longer exists, so no workspace can be found from it. Change to another folder (`cd ~`), or give an absolute path: --workspace /DIR."
        );

    private static string Named(string folder, string source) =>
        IsWorkspace(folder)
            ? folder
            : throw NotFound($"{source} is {folder}, which holds no {WorkspaceReader.FileName}", folder);

    private static bool IsWorkspace(string folder) => File.Exists(Path.Combine(folder, WorkspaceReader.FileName));

    private static TidemarkException NotFound(string problem, string folder) =>
        new(
            ErrorKind.Configuration,
            NotFoundCode,
            $"No workspace: {problem}. Make one with 'tidemark init {folder}', or name one with --workspace DIR or ${EnvironmentVariable}."
        );
}
