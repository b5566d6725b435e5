using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>The SQL through which DuckDB sees exactly the live files of a table version.</summary>
internal static class ViewSql
{
    /// <summary>A FROM item that reads these files with the snapshot's columns, in order.</summary>
    /// <param name="snapshot">The version.</param>
    /// <param name="files">Files of it.</param>
    /// <param name="store">Where they are.</param>
    /// <param name="rows">A condition on <c>file_row_number</c> when only some rows are wanted.</param>
    public static string Source(
        TableSnapshot snapshot,
        IEnumerable<AddAction> files,
        IObjectStore store,
        string? rows = null
    )
    {
        var read = Readable(snapshot, files, store);
        var paths = $"[{string.Join(", ", read.Select(r => DuckDbPath.Literal(r.Path)))}]";
        return read.Length == 0 ? NoRows(snapshot.Columns) : Source(snapshot, read, paths, store, rows);
    }

    /// <summary>
    /// Statements that make schema, view and, for a table with days, the macro <c>{table}_dt('2022-06-01')</c>.
    /// </summary>
    public static string Create(TableSnapshot snapshot, IReadOnlyCollection<AddAction> files, IObjectStore store)
    {
        var view = CreateView(snapshot.Table, Source(snapshot, files, store));
        if (!HasMacro(snapshot))
        {
            return view;
        }

        var read = Readable(snapshot, files, store);
        return view
            + (
                DayMacro.PathsOfDay(snapshot, read, store) is { } paths
                    ? Macro(snapshot.Table, snapshot.Columns, Source(snapshot, read, paths, store, rows: null))
                    : MacroOverView(snapshot.Table, snapshot.Columns)
            );
    }

    /// <summary>
    /// The same for a table whose files are not on this machine: it can be described, and reading it fails with the
    /// reason.
    /// </summary>
    public static string CreateAbsent(TableSnapshot snapshot)
    {
        var says = DuckDbSql.Literal(
            $"The files of {snapshot.Table} are not in this machine's cache. Read it through `tidemark sql`."
        );
        // In every column and in the filter, so that every query needs one of them, whatever it leaves out.
        var columns = snapshot.Columns.Select(c =>
            $"CAST(error({says}) AS {c.Type.SqlName}) AS {DuckDbSql.Identifier(c.Name)}"
        );
        return CreateBoth(
            snapshot.Table,
            snapshot.Columns,
            $"(SELECT {string.Join(", ", columns)} WHERE CAST(error({says}) AS BOOLEAN))",
            HasMacro(snapshot)
        );
    }

    /// <summary>The same for a table that does not exist yet.</summary>
    public static string CreateEmpty(TableDefinition definition) =>
        CreateBoth(definition.Id, definition.AllColumns, NoRows(definition.AllColumns), definition.HasDays);

    /// <summary>The statement that makes the macro over a view or another source of the table's columns.</summary>
    public static string Macro(TableId table, IEnumerable<LakeColumn> columns, string source)
    {
        // With a folder per day, DuckDB skips files by their names before it opens any; else it skips row groups by
        // their statistics.
        var macro = DuckDbSql.Identifier(table.Layer, table.Name + "_dt");
        var day = DayMacro.ParameterOf(columns);
        return $"CREATE OR REPLACE MACRO {macro}({day}) AS TABLE SELECT * FROM {source} WHERE dt = CAST({day} AS DATE);\n";
    }

    /// <summary>The same over the table's view.</summary>
    public static string MacroOverView(TableId table, IEnumerable<LakeColumn> columns) =>
        Macro(table, columns, DuckDbSql.Identifier(table.Layer, table.Name));

    private static string CreateBoth(TableId table, IEnumerable<LakeColumn> columns, string source, bool hasMacro)
    {
        var view = CreateView(table, source);
        return hasMacro ? view + MacroOverView(table, columns) : view;
    }

    public static string CreateView(TableId table, string source)
    {
        var schema = DuckDbSql.Identifier(table.Layer);
        var view = DuckDbSql.Identifier(table.Layer, table.Name);
        return $"CREATE SCHEMA IF NOT EXISTS {schema};\nCREATE OR REPLACE VIEW {view} AS SELECT * FROM {source};\n";
    }

    // Another program may divide a table by any columns.
    private static bool HasMacro(TableSnapshot snapshot) =>
        snapshot.IsPartitioned
        && !snapshot.Table.IsForeign
        && snapshot.Columns.Any(c => c.Name == TableDefinition.DayColumn && c.Type == LakeType.Date);

    private static ReadFile[] Readable(TableSnapshot snapshot, IEnumerable<AddAction> files, IObjectStore store) =>
        [
            .. files
                .Where(f => !IsOfNoFolder(snapshot, f))
                .OrderBy(f => f.Path, StringComparer.Ordinal)
                .Select(f => new ReadFile(f, store.ReadablePath(DeltaPath.KeyOf(snapshot.Table, f)))),
        ];

    // A unit without rows has no values for the columns that divide a day further. With its file, the values could not
    // be cut out of all names.
    private static bool IsOfNoFolder(TableSnapshot snapshot, AddAction file) =>
        snapshot.PartitionColumns.Count > 1 && DeltaStats.RowCount(file.Stats) == 0;

    /// <param name="snapshot">The version.</param>
    /// <param name="read">All files that may be read.</param>
    /// <param name="paths">An expression that gives the paths of all or some of them.</param>
    /// <param name="store">Where they are.</param>
    /// <param name="rows">A condition on <c>file_row_number</c>.</param>
    private static string Source(
        TableSnapshot snapshot,
        IReadOnlyCollection<ReadFile> read,
        string paths,
        IObjectStore store,
        string? rows
    )
    {
        // Files of other programs may have other types, and older files may lack columns, perhaps all of them. Then an
        // empty part brings names and types.
        var hasOthers = !read.All(r => IsOurs(r.File));
        // So may files that were written while another unit of their table adopted a column.
        var adopts = snapshot.Columns.Any(c => c.Adopted is not null);
        var areAlike = !hasOthers && !snapshot.SchemaChanged && !adopts;
        var options = (areAlike ? "" : ", union_by_name = true") + (hasOthers ? TextsOf(snapshot) : "");
        var partition = snapshot.PartitionColumns;
        var text =
            partition.Count == 0 ? $"SELECT * FROM read_parquet({paths}, hive_partitioning = false{options})"
            : PartitionSql.AreInNames(snapshot, read, store)
                ? PartitionSql.FromNames(snapshot, read, store, paths, options)
            : PartitionSql.FromList(snapshot, read, paths, options);
        var where = rows is null ? "" : $" WHERE {rows}";
        var inFiles = snapshot.Columns.Where(c => !partition.Contains(c.Name, StringComparer.Ordinal)).ToArray();
        var from =
            areAlike || inFiles.Length == 0
                ? $"({text}{where})"
                : $"(SELECT * FROM {NoRows(inFiles)} UNION ALL BY NAME {text}{where})";
        var columns = snapshot.Columns.Select(c =>
        {
            var number = partition.ToList().IndexOf(c.Name);
            var own = DuckDbSql.Identifier(c.Name);
            return number >= 0 ? $"{PartitionSql.Alias(number)} AS {own}"
                : hasOthers ? $"CAST({own} AS {c.Type.SqlName}) AS {own}"
                : own;
        });
        return $"(SELECT {string.Join(", ", columns)} FROM {from})";
    }

    // Some writers (ClickHouse) do not mark bytes as text.
    private static string TextsOf(TableSnapshot snapshot) =>
        snapshot.Columns.Any(c => c.Type.SqlName.Contains("BLOB", StringComparison.Ordinal))
            ? ""
            : ", binary_as_string = true";

    private static bool IsOurs(AddAction file) =>
        file.Tags is { } tags && (tags.ContainsKey(DeltaTags.Unit) || tags.ContainsKey(DeltaTags.Units));

    private static string NoRows(IEnumerable<LakeColumn> columns)
    {
        var nulls = columns.Select(c => $"CAST(NULL AS {c.Type.SqlName}) AS {DuckDbSql.Identifier(c.Name)}");
        return $"(SELECT {string.Join(", ", nulls)} LIMIT 0)";
    }
}
