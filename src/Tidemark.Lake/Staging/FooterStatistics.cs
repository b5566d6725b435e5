using System.Globalization;
using Tidemark.DuckDb;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>What the row groups of a file say of its columns, put together and spelled by DuckDB as its COPY … RETURN_STATS does.</summary>
internal static class FooterStatistics
{
    /// <param name="connection">Any.</param>
    /// <param name="path">A file on this machine.</param>
    /// <param name="columns">Its columns, in their order.</param>
    /// <param name="cancellationToken">Interrupts the engine.</param>
    /// <returns>By column: null_count, and min and max where there are any; less where a row group says less.</returns>
    public static Dictionary<string, IReadOnlyDictionary<string, string>> Of(
        DuckDbConnection connection,
        string path,
        IReadOnlyList<LakeColumn> columns,
        CancellationToken cancellationToken
    )
    {
        var selects = columns.Select(
            (c, i) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"SELECT {i}, {Bounds(c.Type)} FROM chunks WHERE column_id = {i}"
                )
        );
        using var result = connection.Query(
            $"WITH chunks AS MATERIALIZED (SELECT * FROM parquet_metadata({DuckDbPath.Literal(path)})) {string.Join(" UNION ALL ", selects)}",
            cancellationToken
        );
        var stats = new Dictionary<string, IReadOnlyDictionary<string, string>>(columns.Count, StringComparer.Ordinal);
        foreach (var row in result.Rows())
        {
            var values = new Dictionary<string, string>(3, StringComparer.Ordinal);
            foreach (var (name, value) in new[] { ("null_count", row[1]), ("min", row[2]), ("max", row[3]) })
            {
                if (value is string text)
                {
                    values[name] = text;
                }
            }

            stats[columns[Convert.ToInt32(row[0], CultureInfo.InvariantCulture)].Name] = values;
        }

        return stats;
    }

    // A row group without bounds has none to add only if all of its values are null.
    private static string Bounds(LakeType type) =>
        $"CASE WHEN bool_and(stats_null_count IS NOT NULL) THEN sum(stats_null_count) END::VARCHAR, {Bound("min", type)}, {Bound("max", type)}";

    private static string Bound(string bound, LakeType type) =>
        $"CASE WHEN bool_and(stats_{bound}_value IS NOT NULL OR stats_null_count = num_values) "
        + $"THEN {bound}(TRY_CAST(stats_{bound}_value AS {type.SqlName})) END::VARCHAR";
}
