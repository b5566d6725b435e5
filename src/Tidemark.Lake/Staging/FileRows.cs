using System.Globalization;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// The rows of data files as SQL, in the order of the files and of the rows in them, perhaps without some. Says which
/// rows a file made from them must hold, and at which places.
/// </summary>
/// <param name="Paths">The files, where DuckDB reads them.</param>
/// <param name="Condition">Which of their rows, or null for all.</param>
/// <param name="Position">The place of a row among all, from 0, as an expression.</param>
/// <param name="Count">How many rows there have to be, as the log says.</param>
internal sealed record FileRows(IReadOnlyList<string> Paths, string? Condition, string Position, long Count)
{
    /// <summary>All rows of one or more files of a partition, each with its slices.</summary>
    public static FileRows Of(TableId table, IReadOnlyList<IReadOnlyList<UnitSlice>> files, IObjectStore store)
    {
        var offsets = new List<long>(files.Count);
        var count = 0L;
        foreach (var slices in files)
        {
            offsets.Add(count);
            count += slices.Sum(s => s.Rows);
        }

        var position =
            files.Count == 1
                ? "file_row_number"
                : $"([{string.Join(", ", offsets)}]::BIGINT[])[file_index::BIGINT + 1] + file_row_number";
        return new FileRows(
            [.. files.Select(f => store.ReadablePath(DataFiles.KeyOf(table, f[0].File)))],
            null,
            position,
            count
        );
    }

    /// <summary>The rows that remain of a file.</summary>
    public static FileRows Of(TableId table, Remainder remainder, IObjectStore store)
    {
        var dropped = remainder.Dropped.Where(s => s.Rows > 0).ToArray();
        var filter = string.Join(
            " AND ",
            dropped.Select(s =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"NOT (file_row_number >= {s.FirstRow} AND file_row_number < {s.FirstRow + s.Rows})"
                )
            )
        );
        var before = dropped.Select(s =>
            string.Create(
                CultureInfo.InvariantCulture,
                $" - CASE WHEN file_row_number >= {s.FirstRow} THEN {s.Rows} ELSE 0 END"
            )
        );
        return new FileRows(
            [store.ReadablePath(DataFiles.KeyOf(table, remainder.File))],
            filter.Length == 0 ? null : filter,
            "file_row_number" + string.Concat(before),
            remainder.Kept.Sum(s => s.Rows)
        ).Without(remainder.Given);
    }

    /// <summary>The same without the rows that have these numbers in the file, which are in order.</summary>
    private FileRows Without(IReadOnlyList<long> numbers)
    {
        if (numbers.Count == 0)
        {
            return this;
        }

        var list = $"[{string.Join(", ", numbers)}]::BIGINT[]";
        var others = $"NOT list_contains({list}, file_row_number)";
        return this with
        {
            Condition = Condition is null ? others : $"{Condition} AND {others}",
            Position = $"{Position} - len(list_filter({list}, lambda row : row < file_row_number))",
            Count = Count - numbers.Count,
        };
    }

    /// <summary>All rows of a file on this machine.</summary>
    public static FileRows Of(string localPath, long count) => new([localPath], null, "file_row_number", count);

    /// <summary>The files as a FROM item.</summary>
    /// <param name="sameColumns">Whether all files have the same columns.</param>
    public string Sql(bool sameColumns) =>
        $"read_parquet({DuckDbPath.Literals(Paths)}, hive_partitioning = false{(sameColumns ? "" : ", union_by_name = true")})";
}
