using Tidemark.Definitions;
using Tidemark.Definitions.Files;

namespace Tidemark.Hosting;

/// <summary>The definitions beside the program.</summary>
public static class ShippedDefinitions
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "definitions");

    /// <summary>
    /// Only the shipped definitions: simulated vendors use them, whatever definitions a workspace has.
    /// </summary>
    public static DefinitionBundle Alone() => new(new DefinitionFolders(Folder, Own: null), Switches.None);
}
