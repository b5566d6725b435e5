using System.Globalization;

namespace Tidemark.DuckDb;

/// <summary>Writes names and values into SQL text where parameters are not allowed. Nothing else may do that.</summary>
public static class DuckDbSql
{
    /// <summary>A quoted identifier: <c>"a""b"</c>.</summary>
    public static string Identifier(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A quoted, possibly qualified name: <c>"ods"."ods_daily"</c>.</summary>
    public static string Identifier(string schema, string name) => $"{Identifier(schema)}.{Identifier(name)}";

    /// <summary>A text literal: <c>'it''s'</c>.</summary>
    public static string Literal(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A date literal: <c>DATE '2022-06-01'</c>.</summary>
    public static string Literal(DateOnly value) =>
        $"DATE '{value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'";

    /// <summary>A list of text literals: <c>['a', 'b']</c>.</summary>
    public static string Literals(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Literal))}]";
}
