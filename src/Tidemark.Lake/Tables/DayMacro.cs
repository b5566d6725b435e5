using Tidemark.DuckDb;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>
/// How the macro of a table with a folder a day or a month finds its files. It cuts the names of the day's folder out
/// of one long text before it opens anything: a view over thousands of files is bound name by name at every query,
/// which takes ten times as long as reading a day.
/// </summary>
internal static class DayMacro
{
    private const char Separator = '|';

    /// <summary>
    /// An expression over the parameter <c>day</c> that gives the paths of its files; null where the folders are none
    /// of ours, or a name is such that it cannot be cut out of a text.
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

        // The text is copied several times while a query is planned: what all names have in common after the day is
        // left out of it.
        var (start, end) = Common([.. names.Select(n => n[(n.IndexOf('/', StringComparison.Ordinal) + 1)..])]);
        var shorter = names.Select(n =>
            n.Remove(n.Length - end.Length).Remove(n.IndexOf('/', StringComparison.Ordinal) + 1, start.Length)
        );

        // A list without files cannot be read: for a day that is not there it has one that the condition on dt drops
        // unread. Any second file would cost more than cutting out the first.
        const string Day = "CAST(CAST(day AS DATE) AS VARCHAR)";
        var wanted = column == TablePartition.MonthColumn ? $"left({Day}, {"2010-01".Length})" : Day;
        var text = DuckDbSql.Literal($"{Separator}{string.Join(Separator, shorter)}{Separator}");
        var entries = $"'[|]' || {wanted} || '/[^|]*'";
        var rest = $"substr(entry, {names[0].IndexOf('/', StringComparison.Ordinal) + "|/".Length + 1})";
        var path =
            $"{DuckDbPath.Literal(folder)} || {wanted} || {DuckDbPath.Literal('/' + start)} || {rest} || {DuckDbPath.Literal(end)}";
        var none = DuckDbPath.Literal(folder + names[0]);
        return files.Count == files.Select(f => TablePartition.Of(f.File)).Distinct().Count()
            // One file a folder, as most tables have: a third of the time of the general form.
            ? $"list_transform([regexp_extract({text}, {entries})], lambda entry : CASE WHEN entry = '' THEN {none} ELSE {path} END)"
            : $"CASE WHEN contains({text}, '|' || {wanted} || '/') "
                + $"THEN list_transform(regexp_extract_all({text}, {entries}), lambda entry : {path}) ELSE [{none}] END";
    }

    // Whatever other columns divide a day further.
    private static string? ColumnOf(TableSnapshot snapshot) =>
        snapshot.Partitioning == TablePartitioning.Month ? TablePartition.MonthColumn
        : snapshot.PartitionColumns is [TableDefinition.DayColumn, ..] ? TableDefinition.DayColumn
        : null;

    /// <summary>What all names begin and end with; together no more than the shortest of them.</summary>
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
