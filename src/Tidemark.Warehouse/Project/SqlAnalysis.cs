using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tidemark.Core.Answers;
using Tidemark.DuckDb;

namespace Tidemark.Warehouse.Project;

/// <summary>A fault in SQL and the line that DuckDB gives for it.</summary>
internal readonly record struct SqlFault(int Line, string Text);

/// <summary>
/// DuckDB as a parser and binder of SQL: an engine in memory that holds no rows and reads no files. It is loaded for
/// the first question whose answer is not kept. Not thread-safe.
/// </summary>
/// <param name="kept">Where answers outlive the process; null to ask each time.</param>
internal sealed partial class SqlAnalysis(IKeptAnswers? kept) : IDisposable
{
    private const string Question = "how the engine reads the warehouse's SQL";

    /// <summary>Grows whenever the engine is asked, or what it says is kept, in another way.</summary>
    private const int Rules = 1;

    private static readonly string s_basis = $"{Rules} {DuckDbDatabase.PackageVersion}";

    private readonly Dictionary<string, string> _before = Kept(kept);
    private readonly Dictionary<string, string> _answers = new(StringComparer.Ordinal);
    private readonly StringBuilder _definitions = new();
    private DuckDbDatabase? _database;
    private DuckDbConnection? _connection;

    /// <summary>The parse trees of a text's statements, or the place of the parser's error.</summary>
    public (JsonElement[]? Statements, SqlFault? Fault) Parse(string sql)
    {
        SqlTree tree;
        try
        {
            tree = SqlTree.Read(Answer("parse", sql, connection => SqlTree.Serialized(connection, sql)));
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

    /// <summary>Has the engine know a table or a macro from now on.</summary>
    public void Define(string sql)
    {
        _definitions.Append(sql).Append(";\n");
        _connection?.Execute(sql);
    }

    /// <summary>The result columns of a query over tables that are defined, or the fault.</summary>
    public (IReadOnlyList<(string Name, string Type)>? Columns, SqlFault? Fault) Describe(string sql)
    {
        try
        {
            var columns = Answer("describe", $"{_definitions}\n{sql}", connection => Columns(connection, sql));
            return ([.. AnswerTable.Parse(columns).Rows.Select(r => (r[0], r[1]))], null);
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

    /// <summary>Keeps the answers that were needed, and no others.</summary>
    public void Dispose()
    {
        _connection?.Dispose();
        _database?.Dispose();
        if (_database is not null)
        {
            var table = new AnswerTable([.. _answers.Select(a => (string[])[a.Key, a.Value])]);
            kept?.KeepAsync(Question, s_basis, table.ToString(), CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    private static Dictionary<string, string> Kept(IKeptAnswers? kept)
    {
        var text = kept?.FindAsync(Question, s_basis, CancellationToken.None).GetAwaiter().GetResult();
        return AnswerTable.Parse(text ?? "").Rows.ToDictionary(r => r[0], r => r[1], StringComparer.Ordinal);
    }

    private static string Columns(DuckDbConnection connection, string sql)
    {
        using var result = connection.Query($"DESCRIBE SELECT * FROM ({sql}\n)");
        return new AnswerTable([.. result.Rows().Select(r => (string[])[(string)r[0]!, (string)r[1]!])]).ToString();
    }

    /// <summary>An answer for exactly this text; an error is not kept.</summary>
    private string Answer(string verb, string text, Func<DuckDbConnection, string> ask)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{verb}\n{text}")));
        return _answers[key] = _before.TryGetValue(key, out var known) ? known : ask(Connection());
    }

    private DuckDbConnection Connection()
    {
        if (_connection is null)
        {
            _database = DuckDbDatabase.Open(settings: new DuckDbSettings(Threads: 1));
            _connection = _database.Connect();
            _connection.Execute($"SET enable_external_access = false;\n{_definitions}");
        }

        return _connection;
    }

    [GeneratedRegex(@"\nLINE (\d+):")]
    private static partial Regex LineNumber();
}
