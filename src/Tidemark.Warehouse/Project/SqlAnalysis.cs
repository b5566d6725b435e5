using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tidemark.DuckDb;

namespace Tidemark.Warehouse.Project;

/// <summary>A fault in SQL and the line that DuckDB gives for it.</summary>
internal readonly record struct SqlFault(int Line, string Text);

/// <summary>
/// DuckDB as a parser and binder of SQL: an engine in memory that holds no rows and reads no files. Not thread-safe.
/// </summary>
internal sealed partial class SqlAnalysis : IDisposable
{
    private readonly DuckDbDatabase _database = DuckDbDatabase.Open(settings: new DuckDbSettings(Threads: 1));

    public SqlAnalysis()
    {
        Connection = _database.Connect();
        Connection.Execute("SET enable_external_access = false");
    }

    public DuckDbConnection Connection { get; }

    /// <summary>The parse trees of a text's statements, or the place of the parser's error.</summary>
    public (JsonElement[]? Statements, SqlFault? Fault) Parse(string sql)
    {
        SqlTree tree;
        try
        {
            tree = SqlTree.Of(Connection, sql);
        }
        catch (DuckDbException e)
        {
            return (null, new SqlFault(1, e.EngineMessage.ReplaceLineEndings(" ")));
        }

        return tree switch
        {
            { Statements: { } statements } => ([.. statements], null),
            { IsNoQuery: true } => (
                null,
                new SqlFault(1, "the file must hold one SELECT (or WITH … SELECT) and nothing else")
            ),
            _ => (null, new SqlFault(tree.Position is { } at ? LineAt(sql, at) : 1, tree.Message)),
        };
    }

    /// <summary>The result columns of a query over tables that this engine knows, or the fault.</summary>
    public (IReadOnlyList<(string Name, string Type)>? Columns, SqlFault? Fault) Describe(string sql)
    {
        try
        {
            using var result = Connection.Query($"DESCRIBE SELECT * FROM ({sql}\n)");
            return ([.. result.Rows().Select(r => ((string)r[0]!, (string)r[1]!))], null);
        }
        catch (DuckDbException e)
        {
            var match = LineNumber().Match(e.EngineMessage);
            var line = match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 1;
            var end = e.EngineMessage.IndexOf("\n\n", StringComparison.Ordinal);
            var text = end < 0 ? e.EngineMessage : e.EngineMessage[..end];
            return (null, new SqlFault(line, text.ReplaceLineEndings(" ")));
        }
    }

    /// <summary>The line of a byte position in a text.</summary>
    public static int LineAt(string sql, long position)
    {
        var utf8 = Encoding.UTF8.GetBytes(sql);
        return 1 + utf8.AsSpan(0, (int)Math.Clamp(position, 0, utf8.Length)).Count((byte)'\n');
    }

    public void Dispose()
    {
        Connection.Dispose();
        _database.Dispose();
    }

    [GeneratedRegex(@"\nLINE (\d+):")]
    private static partial Regex LineNumber();
}
