using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>Where a table's data files are.</summary>
internal static class DataFiles
{
    /// <summary>The key of a file in the store; the log spells paths URL-encoded.</summary>
    public static string KeyOf(TableId table, AddAction file) => DeltaPath.KeyOf(table, file);

    /// <summary>The file as a store can fetch and check it.</summary>
    public static ImmutableObject ObjectOf(TableId table, AddAction file) =>
        new(KeyOf(table, file), file.Size, file.Sha256);
}
