using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Delta;

/// <summary>Paths in the log are URL-encoded and relative to the table.</summary>
internal static class DeltaPath
{
    /// <summary>The store's key of a file.</summary>
    /// <exception cref="TidemarkException">The file lies outside of the table, as those of a shallow clone do.</exception>
    public static string KeyOf(TableId table, AddAction file) =>
        file.Path.StartsWith('/')
        || file.Path.Contains(":/", StringComparison.Ordinal)
        || file.Path.Split('/').Contains("..", StringComparer.Ordinal)
            ? throw new TidemarkException(
                ErrorKind.Storage,
                "TABLE_UNSUPPORTED",
                $"{table} names the file {file.Path}, which lies outside of the table (a shallow clone?); Tidemark reads files within it. Use the engine that wrote it."
            )
            : table.Prefix + Uri.UnescapeDataString(file.Path);
}
