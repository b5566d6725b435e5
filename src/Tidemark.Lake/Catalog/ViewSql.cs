using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>The SQL through which DuckDB sees exactly the live files of a table version.</summary>
internal static class ViewSql
{
    /// <summary>A table function call that reads these files with the snapshot's columns, in order.</summary>
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
        var paths = files
            .OrderBy(f => f.Path, StringComparer.Ordinal)
            .Select(f => store.ReadablePath(snapshot.Table.Prefix + Uri.UnescapeDataString(f.Path)))
            .ToArray();
        if (paths.Length == 0)
        {
            return NoRows(snapshot.Columns);
        }

        var hive = snapshot.IsPartitioned
            ? "hive_partitioning = true, hive_types = {'dt': DATE}"
            : "hive_partitioning = false";
        var columns = string.Join(", ", snapshot.Columns.Select(c => DuckDbSql.Identifier(c.Name)));
        if (!snapshot.SchemaChanged)
        {
            return $"(SELECT {columns} FROM read_parquet({DuckDbSql.Literals(paths)}, {hive}){where})";
        }

        // Older files lack columns, and perhaps all of them do: then the empty part brings name and type.
        var read = $"read_parquet({DuckDbSql.Literals(paths)}, {hive}, union_by_name = true)";
        return $"(SELECT {columns} FROM (SELECT * FROM {NoRows(snapshot.Columns)} UNION ALL BY NAME SELECT * FROM {read}{where}))";
    }

    /// <summary>Statements that make schema, view and, for a partitioned table, the macro <c>{table}_dt('2022-06-01')</c>.</summary>
    public static string Create(TableSnapshot snapshot, IObjectStore store) =>
        Create(snapshot.Table, Source(snapshot, snapshot.Files.Values, store), snapshot.IsPartitioned);

    /// <summary>The same for a table that does not exist yet.</summary>
    public static string CreateEmpty(TableDefinition definition) =>
        Create(
            definition.Id,
            NoRows(definition.AllColumns),
            isPartitioned: definition.Partitioning == TablePartitioning.Day
        );

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
        // The folder names are pruned by dt before any file is opened.
        var macro = DuckDbSql.Identifier(table.Layer, table.Name + "_dt");
        return $"CREATE OR REPLACE MACRO {macro}(day) AS TABLE SELECT * FROM {source} WHERE dt = CAST(day AS DATE);\n";
    }

    private static string NoRows(IEnumerable<LakeColumn> columns)
    {
        var nulls = columns.Select(c => $"CAST(NULL AS {c.Type.SqlName}) AS {DuckDbSql.Identifier(c.Name)}");
        return $"(SELECT {string.Join(", ", nulls)} LIMIT 0)";
    }
}
