using System.Globalization;
using System.Text;
using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>A live file and where DuckDB reads it.</summary>
internal readonly record struct ReadFile(AddAction File, string Path);

/// <summary>
/// The values of the partition columns: the log has them, the files don't. When each file lies in the folders that the
/// log's values give (<c>dt=2022-06-01/underlying=SPY/</c> below the table), the values are cut out of its name at
/// known places: the engine then drops the files of other days from a query before it opens any. The names of folders
/// <i>above</i> the table mean nothing.
/// </summary>
internal static class PartitionSql
{
    /// <summary>
    /// The column name by which the engine knows a file and can skip it: with another name it looks into every file.
    /// </summary>
    private const string PrunedFileColumn = "filename";
    private const string FileColumn = "tidemark file";

    /// <summary>
    /// The n-th partition column's name before it gets its own: a file may have a column of that name, too.
    /// </summary>
    public static string Alias(int number) =>
        DuckDbSql.Identifier(string.Create(CultureInfo.InvariantCulture, $"tidemark partition {number}"));

    /// <summary>
    /// Whether the files lie in the folders that the log's values give, so that <see cref="FromNames"/> gives the log's
    /// values.
    /// </summary>
    public static bool AreInNames(TableSnapshot snapshot, IReadOnlyCollection<ReadFile> files, IObjectStore store)
    {
        var root = store.ReadablePath(snapshot.Table.Prefix);
        var columns = snapshot.PartitionColumns;
        return !snapshot.Columns.Any(c => IsFileColumn(c.Name))
            && columns.All(c => TypeOf(snapshot, c).SqlName is not "BLOB")
            && files.All(f => FolderOf(columns, f.File) is { } folder && IsIn(f.Path, root, folder));
    }

    /// <summary>
    /// Rows of files that lie in the folders of their partitions, with the partition columns under their aliases.
    /// </summary>
    /// <param name="snapshot">The version.</param>
    /// <param name="files">The files whose names are cut.</param>
    /// <param name="store">Where they are.</param>
    /// <param name="paths">An expression that gives a list of paths of such files.</param>
    /// <param name="options">Further options of the reader.</param>
    public static string FromNames(
        TableSnapshot snapshot,
        IReadOnlyCollection<ReadFile> files,
        IObjectStore store,
        string paths,
        string options
    )
    {
        var root = store.ReadablePath(snapshot.Table.Prefix);
        var values = new StringBuilder();
        var place = root.EnumerateRunes().Count() + 1; // SQL counts characters, from 1
        var isFixed = true;
        foreach (var (column, number) in snapshot.PartitionColumns.Select((c, i) => (c, i)))
        {
            place += column.EnumerateRunes().Count() + 1;
            var width = WidthOf(files, column);
            isFixed &= width is not null;
            var part = root.Count(c => c == '/') + number + 1;
            var value = isFixed
                ? $"substr({PrunedFileColumn}, {place}, {width})"
                : $"substr(split_part({PrunedFileColumn}, '/', {part}), {column.EnumerateRunes().Count() + 2})";
            values.Append(
                CultureInfo.InvariantCulture,
                $", CAST({value} AS {TypeOf(snapshot, column).SqlName}) AS {Alias(number)}"
            );
            place += (width ?? 0) + 1;
        }

        return $"SELECT *{values} FROM read_parquet({paths}, hive_partitioning = false, {PrunedFileColumn} = true{options})";
    }

    /// <summary>
    /// Rows of files that lie anywhere, with the partition columns under their aliases: a list pairs each file with its
    /// values.
    /// </summary>
    public static string FromList(
        TableSnapshot snapshot,
        IReadOnlyCollection<ReadFile> files,
        string paths,
        string options
    )
    {
        var columns = snapshot.PartitionColumns;
        var file = DuckDbSql.Identifier(FileColumn);
        var values = files.Select(f =>
            $"({DuckDbSql.Literal(f.Path)}, {string.Join(", ", columns.Select(c => Value(f.File.PartitionValues.GetValueOrDefault(c), TypeOf(snapshot, c))))})"
        );
        var aliases = string.Join(", ", columns.Select((_, i) => Alias(i)));
        return $"SELECT r.*, {string.Join(", ", columns.Select((_, i) => "p." + Alias(i)))} "
            + $"FROM read_parquet({paths}, hive_partitioning = false, filename = {DuckDbSql.Literal(FileColumn)}{options}) r "
            + $"JOIN (VALUES {string.Join(", ", values)}) p({file}, {aliases}) ON r.{file} = p.{file}";
    }

    /// <summary>
    /// The folder below the table's that the log's values give: <c>dt=2022-06-01/</c>; null when a value is missing or
    /// is spelled differently in a path.
    /// </summary>
    public static string? FolderOf(IReadOnlyList<string> columns, AddAction file)
    {
        var folder = new StringBuilder();
        foreach (var column in columns)
        {
            var value = file.PartitionValues.GetValueOrDefault(column);
            if (string.IsNullOrEmpty(value) || value.Contains('/'))
            {
                return null;
            }

            folder.Append(column).Append('=').Append(value).Append('/');
        }

        return folder.ToString();
    }

    private static bool IsIn(string path, string root, string folder) =>
        path.StartsWith(root, StringComparison.Ordinal)
        && path.AsSpan(root.Length).StartsWith(folder, StringComparison.Ordinal)
        && path.AsSpan(root.Length + folder.Length).IndexOf('/') < 0;

    // The length of the column's values, if all have the same length.
    private static int? WidthOf(IReadOnlyCollection<ReadFile> files, string column)
    {
        int? width = null;
        foreach (var file in files)
        {
            var own = file.File.PartitionValues[column]!.EnumerateRunes().Count();
            if (width is { } others && own != others)
            {
                return null;
            }

            width = own;
        }

        return width;
    }

    private static bool IsFileColumn(string name) => name.Equals(PrunedFileColumn, StringComparison.OrdinalIgnoreCase);

    private static LakeType TypeOf(TableSnapshot snapshot, string column) =>
        snapshot.Columns.First(c => c.Name == column).Type;

    // The protocol writes partition values as text; an empty text is no value.
    private static string Value(string? text, LakeType type) =>
        string.IsNullOrEmpty(text) ? $"CAST(NULL AS {type.SqlName})"
        : type.SqlName == "BLOB" ? $"encode({DuckDbSql.Literal(text)})"
        : $"CAST({DuckDbSql.Literal(text)} AS {type.SqlName})";
}
