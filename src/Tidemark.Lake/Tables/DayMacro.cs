using Tidemark.DuckDb;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>
/// How the macro of a table with a folder per day or month finds its files. It cuts the names in the day's folder out
/// of one long text before it opens anything. A view over thousands of files is bound name by name at every query,
/// which takes ten times as long as reading a day.
/// </summary>
internal static class DayMacro
{
    private const char Separator = '|';

    /// <summary>
    /// What the macro calls the day that it is asked for: not as a column of the table is called, for DuckDB takes
    /// neither for the other.
    /// </summary>
    public static string ParameterOf(IEnumerable<LakeColumn> columns) =>
        columns.Any(c => c.Name.Equals("day", StringComparison.OrdinalIgnoreCase)) ? "day_of_rows" : "day";

    /// <summary>
    /// An expression over the macro's parameter that gives the paths of its files; null when the folders are not
    /// ours or a name cannot be cut out of a text.
    /// </summary>
    public static string? PathsOfDay(TableSnapshot snapshot, IReadOnlyCollection<ReadFile> files, IObjectStore store)
    {
        if (
            files.Count == 0
            || ColumnOf(snapshot) is not { } column
            || !PartitionSql.AreInNames(snapshot, files, store)
            || files.Any(f => TablePartition.Of(f.File).First is null)
        )
        {
            return null;
        }

        var folder = store.ReadablePath(snapshot.Table.Prefix) + column + "=";
        var names = files.Select(f => f.Path[folder.Length..]).Order(StringComparer.Ordinal).ToArray();
        if (names.Any(n => n.AsSpan().IndexOfAny("|[*?") >= 0))
        {
            return null;
        }

        // The text is copied several times while a query is planned, so it leaves out what all names have in common
        // after the day.
        var (start, end) = Common([.. names.Select(n => n[(n.IndexOf('/', StringComparison.Ordinal) + 1)..])]);
        var shorter = names.Select(n =>
            n.Remove(n.Length - end.Length).Remove(n.IndexOf('/', StringComparison.Ordinal) + 1, start.Length)
        );

        // DuckDB cannot read an empty list of files. For an absent day the list has one file, which the condition on dt
        // skips unread. A second file would cost more than cutting out the first.
        var day = $"CAST(CAST({ParameterOf(snapshot.Columns)} AS DATE) AS VARCHAR)";
        var wanted = column == TablePartition.MonthColumn ? $"left({day}, {"2010-01".Length})" : day;
        var text = DuckDbSql.Literal($"{Separator}{string.Join(Separator, shorter)}{Separator}");
        var entries = $"'[|]' || {wanted} || '/[^|]*'";
        var rest = $"substr(entry, {names[0].IndexOf('/', StringComparison.Ordinal) + "|/".Length + 1})";
        var path =
            $"{DuckDbPath.Literal(folder)} || {wanted} || {DuckDbPath.Literal('/' + start)} || {rest} || {DuckDbPath.Literal(end)}";
        var none = DuckDbPath.Literal(folder + names[0]);
        return files.Count == files.Select(f => TablePartition.Of(f.File)).Distinct().Count()
            // Most tables have one file per folder: this takes a third of the general form's time.
            ? $"list_transform([regexp_extract({text}, {entries})], lambda entry : CASE WHEN entry = '' THEN {none} ELSE {path} END)"
            : $"CASE WHEN contains({text}, '|' || {wanted} || '/') "
                + $"THEN list_transform(regexp_extract_all({text}, {entries}), lambda entry : {path}) ELSE [{none}] END";
    }

    // Other columns may divide a day further.
    private static string? ColumnOf(TableSnapshot snapshot) =>
        snapshot.Partitioning == TablePartitioning.Month ? TablePartition.MonthColumn
        : snapshot.PartitionColumns is [TableDefinition.DayColumn, ..] ? TableDefinition.DayColumn
        : null;

    /// <summary>The common beginning and end of all names; together not longer than the shortest name.</summary>
    private static (string Start, string End) Common(IReadOnlyList<string> names)
    {
        var first = names[0];
        var start = names.Min(n => n.AsSpan().CommonPrefixLength(first));
        var end = 0;
        var most = names.Min(n => n.Length) - start;
        while (end < most && names.All(n => n[^(end + 1)] == first[^(end + 1)]))
        {
            end++;
        }

        return (first[..start], first[^end..]);
    }
}
