using Tidemark.Core.Errors;

namespace Tidemark.Hosting.Workspace;

/// <summary>Finds the workspace that a command is about.</summary>
public static class WorkspaceLocator
{
    public const string EnvironmentVariable = "TIDEMARK_WORKSPACE";

    /// <summary>The error's code when there is no workspace.</summary>
    public const string NotFoundCode = "WORKSPACE_NOT_FOUND";

    /// <summary>
    /// <paramref name="option"/> (<c>--workspace DIR</c>), else <c>$TIDEMARK_WORKSPACE</c>, else the nearest folder from
    /// <paramref name="currentFolder"/> upwards that holds a <c>tidemark.yaml</c>. Absolute.
    /// </summary>
    /// <exception cref="TidemarkException">Code <c>WORKSPACE_NOT_FOUND</c>.</exception>
    public static string Find(string? option, IReadOnlyDictionary<string, string> environment, string currentFolder)
    {
        if (!string.IsNullOrEmpty(option))
        {
            return Named(Path.GetFullPath(option, currentFolder), "--workspace");
        }

        if (environment.TryGetValue(EnvironmentVariable, out var named) && named.Length > 0)
        {
            return Named(Path.GetFullPath(named, currentFolder), $"${EnvironmentVariable}");
        }

        for (var folder = Path.GetFullPath(currentFolder); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (IsWorkspace(folder))
            {
                return folder;
            }
        }

        throw NotFound(
            $"there is no {WorkspaceReader.FileName} in {Path.GetFullPath(currentFolder)} or a folder above it",
            "DIR"
        );
    }

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
