using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>The SQL through which DuckDB sees exactly the live files of a table version.</summary>
internal static class ViewSql
{
    /// <summary>A table function call that reads these files with the snapshot's columns, in order.</summary>
    public static string Source(TableSnapshot snapshot, IEnumerable<AddAction> files, IObjectStore store)
    {
        var paths = files
            .OrderBy(f => f.Path, StringComparer.Ordinal)
            .Select(f => store.ReadablePath(snapshot.Table.Prefix + Uri.UnescapeDataString(f.Path)))
            .ToArray();
        if (paths.Length == 0)
        {
            var columns = snapshot.Columns.Select(c =>
                $"CAST(NULL AS {c.Type.SqlName}) AS {DuckDbSql.Identifier(c.Name)}"
            );
            return $"(SELECT {string.Join(", ", columns)} LIMIT 0)";
        }

        var hive = snapshot.IsPartitioned
            ? "hive_partitioning = true, hive_types = {'dt': DATE}"
            : "hive_partitioning = false";
        var union = snapshot.SchemaChanged ? ", union_by_name = true" : "";
        var read = $"read_parquet({DuckDbSql.Literals(paths)}, {hive}{union})";
        return $"(SELECT {string.Join(", ", snapshot.Columns.Select(c => DuckDbSql.Identifier(c.Name)))} FROM {read})";
    }

    /// <summary>Statements that make schema, view and, for a partitioned table, the macro <c>{table}_dt('2022-06-01')</c>.</summary>
    public static string Create(TableSnapshot snapshot, IObjectStore store)
    {
        var schema = DuckDbSql.Identifier(snapshot.Table.Layer);
        var view = DuckDbSql.Identifier(snapshot.Table.Layer, snapshot.Table.Name);
        var sql =
            $"CREATE SCHEMA IF NOT EXISTS {schema};\n"
            + $"CREATE OR REPLACE VIEW {view} AS SELECT * FROM {Source(snapshot, snapshot.Files.Values, store)};\n";
        if (snapshot.IsPartitioned)
        {
            // The folder names are pruned by dt before any file is opened.
            var macro = DuckDbSql.Identifier(snapshot.Table.Layer, snapshot.Table.Name + "_dt");
            sql +=
                $"CREATE OR REPLACE MACRO {macro}(day) AS TABLE SELECT * FROM {view} WHERE dt = CAST(day AS DATE);\n";
        }

        return sql;
    }
}
