using System.Globalization;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>The SQL through which DuckDB sees exactly the rows of some units.</summary>
internal static class SliceSql
{
    /// <summary>A FROM item with the snapshot's columns, in order.</summary>
    public static string Source(TableSnapshot snapshot, IReadOnlyList<UnitSlice> slices, IObjectStore store)
    {
        var whole = slices.Where(s => s.IsWholeFile).Select(s => s.File).ToArray();
        var parts = slices.Where(s => !s.IsWholeFile).Select(s => Part(snapshot, s, store));
        if (whole.Length > 0 || slices.Count == 0)
        {
            parts = parts.Prepend($"SELECT * FROM {ViewSql.Source(snapshot, whole, store)}");
        }

        return $"({string.Join(" UNION ALL ", parts)})";
    }

    private static string Part(TableSnapshot snapshot, UnitSlice slice, IObjectStore store)
    {
        var rows = string.Create(
            CultureInfo.InvariantCulture,
            $"file_row_number >= {slice.FirstRow} AND file_row_number < {slice.FirstRow + slice.Rows}"
        );
        return $"SELECT * FROM {ViewSql.Source(snapshot, [slice.File], store, rows)}";
    }
}
