using Tidemark.Hosting.Workspace;

namespace Tidemark.Hosting;

/// <summary>Where the definitions are: the workspace's own, else those shipped beside the program.</summary>
public sealed class DefinitionFolders(WorkspaceOptions options)
{
    public string Root { get; } = options.Definitions ?? Path.Combine(AppContext.BaseDirectory, "definitions");

    public string Datasets => Path.Combine(Root, "datasets");

    public string Calendars => Path.Combine(Root, "calendars");

    public string Checks => Path.Combine(Root, "checks");

    public string Warehouse => Path.Combine(Root, "warehouse");
}
