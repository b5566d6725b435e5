namespace Tidemark.Operations.Workspaces;

/// <summary>The paths of a workspace, absolute: no output that a user asks for may replace them.</summary>
/// <param name="Paths">Files and folders; some may not exist.</param>
public sealed record WorkspaceFiles(IReadOnlyList<string> Paths);
