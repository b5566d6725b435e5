using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>
/// The warehouse layers, from sources to applications; a table may read its own layer and those before it.
/// </summary>
public static class TableLayers
{
    public static IReadOnlyList<string> All => ObjectKeys.Layers;
}
