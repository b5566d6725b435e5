using Tidemark.Hosting.Workspace;

namespace Tidemark.Hosting;

/// <summary>Where definitions are, by kind.</summary>
public sealed record DefinitionFolders(string Root)
{
    /// <summary>Those beside the program.</summary>
    public static DefinitionFolders Shipped { get; } = new(Path.Combine(AppContext.BaseDirectory, "definitions"));

    /// <summary>The workspace's own, else those beside the program.</summary>
    public static DefinitionFolders Of(WorkspaceOptions options) =>
        options.Definitions is { } own ? new DefinitionFolders(own) : Shipped;

    public string Datasets => Path.Combine(Root, "datasets");

    public string Calendars => Path.Combine(Root, "calendars");

    public string Checks => Path.Combine(Root, "checks");

    public string Warehouse => Path.Combine(Root, "warehouse");

    /// <summary>Migrations of <c>catalog.duckdb</c>.</summary>
    public string Catalog => Path.Combine(Root, "catalog");
}
