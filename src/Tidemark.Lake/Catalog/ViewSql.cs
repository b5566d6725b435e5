using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>The SQL through which DuckDB sees exactly the live files of a table version.</summary>
internal static class ViewSql
{
    private const string FileColumn = "tidemark file";
    private const string PartitionColumnStem = "tidemark partition ";

    /// <summary>A FROM item that reads these files with the snapshot's columns, in order.</summary>
    /// <param name="snapshot">The version.</param>
    /// <param name="files">Files of it.</param>
    /// <param name="store">Where they are.</param>
    /// <param name="rows">A condition on <c>file_row_number</c>, for some of their rows only.</param>
    public static string Source(
        TableSnapshot snapshot,
        IEnumerable<AddAction> files,
        IObjectStore store,
        string? rows = null
    )
    {
        var where = rows is null ? "" : $" WHERE {rows}";
        var read = files
            .OrderBy(f => f.Path, StringComparer.Ordinal)
            .Select(f => (File: f, Path: store.ReadablePath(DeltaPath.KeyOf(snapshot.Table, f))))
            .ToArray();
        if (read.Length == 0)
        {
            return NoRows(snapshot.Columns);
        }

        var paths = $"[{string.Join(", ", read.Select(r => DuckDbPath.Literal(r.Path)))}]";
        if (snapshot.Table.IsForeign || (snapshot.IsPartitioned && !read.All(r => IsInOwnFolder(snapshot, r.File))))
        {
            return ForeignSource(snapshot, read, paths, where);
        }

        return HiveSource(snapshot, paths, where, hasOthers: !read.All(r => IsOurs(r.File)));
    }

    /// <param name="snapshot">One of our own tables.</param>
    /// <param name="paths">An expression that gives a list of paths.</param>
    /// <param name="where">What to leave out.</param>
    /// <param name="hasOthers">Whether some of the files are another program's, which spells types as it likes.</param>
    private static string HiveSource(TableSnapshot snapshot, string paths, string where, bool hasOthers)
    {
        var hive = snapshot.Partitioning switch
        {
            TablePartitioning.Day => $"hive_partitioning = true, hive_types = {{'{TableDefinition.DayColumn}': DATE}}",
            TablePartitioning.Month =>
                $"hive_partitioning = true, hive_types = {{'{TablePartition.MonthColumn}': VARCHAR}}",
            _ => "hive_partitioning = false",
        };
        if (!snapshot.SchemaChanged && !hasOthers)
        {
            return $"(SELECT {Names(snapshot.Columns)} FROM read_parquet({paths}, {hive}){where})";
        }

        // Older files lack columns, and perhaps all of them do: then the empty part brings name and type.
        var texts = hasOthers ? TextsOf(snapshot) : "";
        var rows = $"SELECT * FROM read_parquet({paths}, {hive}, union_by_name = true{texts}){where}";
        var columns = hasOthers
            ? string.Join(
                ", ",
                snapshot.Columns.Select(c =>
                    $"CAST({DuckDbSql.Identifier(c.Name)} AS {c.Type.SqlName}) AS {DuckDbSql.Identifier(c.Name)}"
                )
            )
            : Names(snapshot.Columns);
        return $"(SELECT {columns} FROM {WithAll(snapshot.Columns, rows)})";
    }

    // Some writers (ClickHouse) do not note that bytes are text.
    private static string TextsOf(TableSnapshot snapshot) =>
        snapshot.Columns.Any(c => c.Type.SqlName.Contains("BLOB", StringComparison.Ordinal))
            ? ""
            : ", binary_as_string = true";

    private static bool IsOurs(AddAction file) =>
        file.Tags is { } tags && (tags.ContainsKey(DeltaTags.Unit) || tags.ContainsKey(DeltaTags.Units));

    /// <summary>Any Delta table: what a file's partition is, the log says, whatever its folder is called.</summary>
    private static string ForeignSource(
        TableSnapshot snapshot,
        IReadOnlyList<(AddAction File, string Path)> read,
        string paths,
        string where
    )
    {
        IReadOnlyList<string> partition = snapshot.Metadata?.PartitionColumns ?? [];
        var inFiles = snapshot.Columns.Where(c => !partition.Contains(c.Name, StringComparer.Ordinal)).ToArray();
        var file = DuckDbSql.Identifier(FileColumn);
        var rows =
            $"SELECT * FROM read_parquet({paths}, hive_partitioning = false, union_by_name = true{TextsOf(snapshot)}, filename = {DuckDbSql.Literal(FileColumn)}){where}";
        if (partition.Count == 0)
        {
            return $"(SELECT {Names(snapshot.Columns)} FROM {WithAll(inFiles, rows)})";
        }

        var types = snapshot.Columns.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
        var values = read.Select(r =>
            $"({DuckDbSql.Literal(r.Path)}, {string.Join(", ", partition.Select(p => Value(r.File.PartitionValues.GetValueOrDefault(p), types[p])))})"
        );
        var named = partition.Select((_, i) => DuckDbSql.Identifier(PartitionColumnStem + i)).ToArray();
        var columns = snapshot.Columns.Select(c =>
        {
            var i = Array.IndexOf([.. partition], c.Name);
            return i < 0 ? $"r.{DuckDbSql.Identifier(c.Name)}" : $"p.{named[i]} AS {DuckDbSql.Identifier(c.Name)}";
        });
        return $"(SELECT {string.Join(", ", columns)} FROM {WithAll(inFiles, rows)} r "
            + $"JOIN (VALUES {string.Join(", ", values)}) p({file}, {string.Join(", ", named)}) ON r.{file} = p.{file})";
    }

    // The protocol writes partition values as text; an empty one is no value.
    private static string Value(string? text, LakeType type) =>
        string.IsNullOrEmpty(text) ? $"CAST(NULL AS {type.SqlName})"
        : type.SqlName == "BLOB" ? $"encode({DuckDbSql.Literal(text)})"
        : $"CAST({DuckDbSql.Literal(text)} AS {type.SqlName})";

    private static bool IsInOwnFolder(TableSnapshot snapshot, AddAction file) =>
        TablePartition.Of(file) is { First: not null } partition
        && partition.Partitioning == snapshot.Partitioning
        && file.Path.StartsWith(partition.Folder, StringComparison.Ordinal);

    private static string WithAll(IReadOnlyCollection<LakeColumn> columns, string rows) =>
        columns.Count == 0 ? $"({rows})" : $"(SELECT * FROM {NoRows(columns)} UNION ALL BY NAME {rows})";

    private static string Names(IEnumerable<LakeColumn> columns) =>
        string.Join(", ", columns.Select(c => DuckDbSql.Identifier(c.Name)));

    /// <summary>Statements that make schema, view and, for a table with days, the macro <c>{table}_dt('2022-06-01')</c>.</summary>
    public static string Create(TableSnapshot snapshot, IReadOnlyCollection<AddAction> files, IObjectStore store)
    {
        var view = Create(snapshot.Table, Source(snapshot, files, store), isPartitioned: false);
        return !HasMacro(snapshot) ? view
            : files.Count > 0 && files.All(f => IsInOwnFolder(snapshot, f)) ? view + FolderMacro(snapshot, files, store)
            : view + Macro(snapshot.Table, DuckDbSql.Identifier(snapshot.Table.Layer, snapshot.Table.Name));
    }

    /// <summary>The same for a table whose files are not on this machine: it can be described, and says so when it is read.</summary>
    public static string CreateAbsent(TableSnapshot snapshot)
    {
        var says = DuckDbSql.Literal(
            $"The files of {snapshot.Table} are not in this machine's cache. Read it through `tidemark sql`."
        );
        // In every column and in the filter: whatever a query leaves out, it needs one of them.
        var columns = snapshot.Columns.Select(c =>
            $"CAST(error({says}) AS {c.Type.SqlName}) AS {DuckDbSql.Identifier(c.Name)}"
        );
        return Create(
            snapshot.Table,
            $"(SELECT {string.Join(", ", columns)} WHERE CAST(error({says}) AS BOOLEAN))",
            HasMacro(snapshot)
        );
    }

    /// <summary>The same for a table that does not exist yet.</summary>
    public static string CreateEmpty(TableDefinition definition) =>
        Create(definition.Id, NoRows(definition.AllColumns), isPartitioned: definition.HasDays);

    private static bool HasMacro(TableSnapshot snapshot) => snapshot.IsPartitioned && !snapshot.Table.IsForeign;

    private static string Create(TableId table, string source, bool isPartitioned)
    {
        var schema = DuckDbSql.Identifier(table.Layer);
        var view = DuckDbSql.Identifier(table.Layer, table.Name);
        var sql =
            $"CREATE SCHEMA IF NOT EXISTS {schema};\n" + $"CREATE OR REPLACE VIEW {view} AS SELECT * FROM {source};\n";
        return isPartitioned ? sql + Macro(table, view) : sql;
    }

    /// <summary>The statement that makes the macro over a view or another source of the table's columns.</summary>
    public static string Macro(TableId table, string source)
    {
        // Where dt is the folder, the names are pruned before any file is opened; else row groups are, by their statistics.
        var macro = DuckDbSql.Identifier(table.Layer, table.Name + "_dt");
        return $"CREATE OR REPLACE MACRO {macro}(day) AS TABLE SELECT * FROM {source} WHERE dt = CAST(day AS DATE);\n";
    }

    /// <summary>
    /// The macro of a table with a folder a day or a month. It cuts the names of the day's folder out of one long text before it opens anything: a view over
    /// thousands of files is bound name by name at every query, which takes ten times as long as reading a day.
    /// </summary>
    private static string FolderMacro(TableSnapshot snapshot, IReadOnlyCollection<AddAction> files, IObjectStore store)
    {
        var column = TablePartition.ColumnOf(snapshot.Partitioning!.Value) + "=";
        var folder = store.ReadablePath(snapshot.Table.Prefix) + column;
        var names = files.Select(f => f.Path[column.Length..]).Order(StringComparer.Ordinal).ToArray();

        // The text is copied several times while a query is planned: what all names have in common after the day is left out of it.
        var (start, end) = Common([.. names.Select(n => n[(n.IndexOf('/', StringComparison.Ordinal) + 1)..])]);
        var shorter = names.Select(n =>
            n.Remove(n.Length - end.Length).Remove(n.IndexOf('/', StringComparison.Ordinal) + 1, start.Length)
        );

        // A list without files cannot be read: for a day that is not there it has one that the condition on dt drops unread. Any second file would
        // cost more than cutting out the first.
        const string Day = "CAST(CAST(day AS DATE) AS VARCHAR)";
        var wanted = snapshot.Partitioning == TablePartitioning.Month ? $"left({Day}, {"2010-01".Length})" : Day;
        var text = DuckDbSql.Literal($"|{string.Join('|', shorter)}|");
        var entries = $"'[|]' || {wanted} || '/[^|]*'";
        var rest = $"substr(entry, {names[0].IndexOf('/', StringComparison.Ordinal) + "|/".Length + 1})";
        var path =
            $"{DuckDbPath.Literal(folder)} || {wanted} || {DuckDbPath.Literal('/' + start)} || {rest} || {DuckDbPath.Literal(end)}";
        var none = DuckDbPath.Literal(folder + names[0]);
        var paths =
            files.Count == files.Select(TablePartition.Of).Distinct().Count()
                // One file a folder, as most tables have: a third of the time of the general form.
                ? $"list_transform([regexp_extract({text}, {entries})], lambda entry : CASE WHEN entry = '' THEN {none} ELSE {path} END)"
                : $"CASE WHEN contains({text}, '|' || {wanted} || '/') "
                    + $"THEN list_transform(regexp_extract_all({text}, {entries}), lambda entry : {path}) ELSE [{none}] END";
        return Macro(snapshot.Table, HiveSource(snapshot, paths, where: "", hasOthers: !files.All(IsOurs)));
    }

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

    private static string NoRows(IEnumerable<LakeColumn> columns)
    {
        var nulls = columns.Select(c => $"CAST(NULL AS {c.Type.SqlName}) AS {DuckDbSql.Identifier(c.Name)}");
        return $"(SELECT {string.Join(", ", nulls)} LIMIT 0)";
    }
}
