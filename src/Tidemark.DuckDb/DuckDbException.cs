namespace Tidemark.DuckDb;

/// <summary>An error that DuckDB reported, with the statement that caused it.</summary>
public sealed class DuckDbException : Exception
{
    public DuckDbException(string message, string? sql = null)
        : base(sql is null ? message : $"{message}\n  in: {Shorten(sql)}")
    {
        EngineMessage = message;
        Sql = sql;
    }

    /// <summary>DuckDB's own words, for example <c>Catalog Error: Table with name x does not exist!</c>.</summary>
    public string EngineMessage { get; }

    /// <summary>The statement, or null when the error did not come from one.</summary>
    public string? Sql { get; }

    private static string Shorten(string sql) => sql.Length <= 2000 ? sql : string.Concat(sql.AsSpan(0, 2000), "…");
}
