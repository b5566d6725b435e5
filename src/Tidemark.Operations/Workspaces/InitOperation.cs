using Tidemark.Core.Errors;

namespace Tidemark.Operations.Workspaces;

/// <summary>Create a workspace.</summary>
/// <param name="Folder">Its folder, absolute.</param>
public sealed record InitRequest(string Folder);

/// <summary>The workspace that was created.</summary>
/// <param name="Workspace">The folder.</param>
/// <param name="File">Its <c>tidemark.yaml</c>.</param>
public sealed record InitResponse(string Workspace, string File);

/// <summary><c>init</c>: writes a <c>tidemark.yaml</c> with every key present and commented.</summary>
public sealed class InitOperation(IWorkspaces workspaces)
{
    /// <exception cref="TidemarkException">There is one already, or nothing can be written there.</exception>
    public InitResponse Run(InitRequest request) =>
        new(request.Folder, workspaces.Create(request.Folder, new Dictionary<string, string>()));
}
