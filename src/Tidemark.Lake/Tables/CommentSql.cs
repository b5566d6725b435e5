using System.Text;
using Tidemark.DuckDb;

namespace Tidemark.Lake.Tables;

/// <summary>
/// The declared descriptions of a table and its columns as DuckDB's comments: <c>duckdb_views().comment</c>,
/// <c>duckdb_columns().comment</c>.
/// </summary>
internal static class CommentSql
{
    /// <summary>Statements for the view of a table; empty when it has no descriptions.</summary>
    public static string Of(TableSnapshot snapshot)
    {
        var view = DuckDbSql.Identifier(snapshot.Table.Layer, snapshot.Table.Name);
        var sql = new StringBuilder();
        if (snapshot.Description is { Length: > 0 } description)
        {
            sql.Append($"COMMENT ON VIEW {view} IS {DuckDbSql.Literal(description)};\n");
        }

        foreach (var column in snapshot.Columns)
        {
            if (column.Comment is { } comment)
            {
                sql.Append(
                    $"COMMENT ON COLUMN {view}.{DuckDbSql.Identifier(column.Name)} IS {DuckDbSql.Literal(comment)};\n"
                );
            }
        }

        return sql.ToString();
    }
}
