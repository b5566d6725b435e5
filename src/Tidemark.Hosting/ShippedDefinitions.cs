using Tidemark.Definitions;
using Tidemark.Definitions.Files;

namespace Tidemark.Hosting;

/// <summary>The definitions beside the program.</summary>
public static class ShippedDefinitions
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "definitions");

    /// <summary>Theirs alone: what the simulated vendors go by, whatever a workspace has of its own.</summary>
    public static DefinitionBundle Alone() => new(new DefinitionFolders(Folder, Own: null), OffList.None);
}
