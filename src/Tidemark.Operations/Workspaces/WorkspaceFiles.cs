namespace Tidemark.Operations.Workspaces;

/// <summary>What a workspace consists of on disk, absolute: nothing that a user asks for may take its place.</summary>
/// <param name="Paths">Files and folders; some may not be there.</param>
public sealed record WorkspaceFiles(IReadOnlyList<string> Paths);
