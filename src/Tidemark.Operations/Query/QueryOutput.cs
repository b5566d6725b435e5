using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.Lake.Storage;
using Tidemark.Operations.Workspaces;

namespace Tidemark.Operations.Query;

/// <summary>
/// Decides where an answer may be written: never over files of the workspace, nor over anything that is no file.
/// </summary>
public sealed class QueryOutput(WorkspaceFiles workspace)
{
    /// <param name="file">The file, absolute.</param>
    /// <exception cref="TidemarkException">Code <c>OUTPUT_TAKEN</c>.</exception>
    public void EnsureFree(string file)
    {
        if (DataFile.IsPipeOrDevice(file) || new FileInfo(file).LinkTarget is not null)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "OUTPUT_TAKEN",
                $"-o {file}: this is a link, a pipe or a device, and a file would take its place. Nothing was written. Name a file, or leave -o out and redirect stdout."
            );
        }

        if (RealPaths.IsWithin(file, workspace.Paths))
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "OUTPUT_TAKEN",
                $"-o {file}: this belongs to the workspace (its lake, control database, catalog, definitions or tidemark.yaml). Nothing was written. Name another file."
            );
        }
    }
}
