using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;

namespace Tidemark.Lake.Catalog;

/// <summary>A text that was found to be one query.</summary>
/// <param name="Sql">The query, without a semicolon at its end.</param>
/// <param name="Explains">The prefix: <c>EXPLAIN</c> with its options, or empty.</param>
public sealed record JudgedQuery(string Sql, string Explains)
{
    /// <summary>The prefix and the query, as they may be run.</summary>
    public string Statement => Explains.Length == 0 ? Sql : $"{Explains}\n{Sql}";
}

/// <summary>
/// Decides whether a text is one query that only reads. The engine decides, never our own reading of the text. The
/// order ensures that nothing refused is called or bound first: the parser gives the tree of every statement (it has
/// trees of queries only), the tree is searched for functions, and only then the statement is prepared and its kind is
/// checked.
/// </summary>
public static class QueryJudge
{
    // The engine's own SHOW TABLES lists only the schema main, which is empty.
    private const string TablesOfTheLake =
        "SELECT schema || '.' || name AS name FROM (SHOW ALL TABLES) WHERE schema <> 'catalog_meta' ORDER BY 1";

    private static readonly HashSet<string> s_nodes = new(StringComparer.Ordinal)
    {
        "SELECT_NODE",
        "SET_OPERATION_NODE",
        "RECURSIVE_CTE_NODE",
        "CTE_NODE",
    };

    /// <summary>
    /// Checks that a text is one query that may run, and returns the query. Runs nothing, but opens the files that it
    /// reads.
    /// </summary>
    /// <param name="connection">The fenced connection (<see cref="QueryFence"/>) on which the query will run.</param>
    /// <param name="text">What a user wrote.</param>
    /// <param name="cancellationToken">Stops the prepare, which may look at many files.</param>
    /// <exception cref="TidemarkException">
    /// <c>SQL_NOT_A_QUERY</c>: it is empty, more than one statement, or no query. <c>SQL_FUNCTION_REFUSED</c>.
    /// </exception>
    /// <exception cref="DuckDbException">The text is no SQL, or names something that does not exist.</exception>
    public static JudgedQuery Judge(
        DuckDbConnection connection,
        string text,
        CancellationToken cancellationToken = default
    )
    {
        if (text.Contains('\0'))
        {
            throw NotAQuery("The text holds a NUL character.");
        }

        var explains = ExplainPrefix.Of(text);
        var whole = text[explains.Length..];
        var tree = CheckTree(connection, whole, QueryFunctions.AllowedTableFunctions);
        var judged = new JudgedQuery(IsShowTables(tree) ? TablesOfTheLake : Trimmed(whole), explains.Options);
        if (judged.Sql.Length < whole.Length)
        {
            CheckTree(connection, judged.Sql, QueryFunctions.AllowedTableFunctions);
        }

        // Prepare the text that was judged and will run; the engine says once more what it is.
        using var statement = connection.PrepareOnly(judged.Statement, cancellationToken);
        return statement?.Kind == (explains.Options.Length == 0 ? StatementKind.Select : StatementKind.Explain)
            ? judged
            : throw NotAQuery();
    }

    /// <summary>
    /// Refuses a text whose tree is not one query or that calls a refused function; returns the tree. Binds and runs
    /// nothing.
    /// </summary>
    /// <param name="connection">Any connection: it parses.</param>
    /// <param name="sql">The text.</param>
    /// <param name="tableFunctions">
    /// The engine's table functions that the text may call. It may always call the catalog's macros.
    /// </param>
    /// <exception cref="TidemarkException"><c>SQL_NOT_A_QUERY</c> or <c>SQL_FUNCTION_REFUSED</c>.</exception>
    /// <exception cref="DuckDbException">It does not parse.</exception>
    internal static JsonElement CheckTree(DuckDbConnection connection, string sql, IReadOnlySet<string> tableFunctions)
    {
        var tree = SqlTree.Of(connection, sql);
        if (tree.Statements is null)
        {
            throw tree.IsNoQuery ? NotAQuery() : ParserError(connection, sql, tree);
        }

        if (tree.Statements.Count != 1)
        {
            throw NotAQuery(
                tree.Statements.Count == 0 ? "There is no statement." : "Only one statement is allowed at once."
            );
        }

        var called = CheckNodes(tree.Statements[0], tableFunctions);
        if (called.Count > 0)
        {
            CheckMacros(connection, called);
        }

        return tree.Statements[0];
    }

    private static bool IsShowTables(JsonElement statement) =>
        statement.TryGetProperty("node", out var node)
        && node.TryGetProperty("from_table", out var from)
        && SqlTree.Text(from, "type") == "SHOW_REF"
        && SqlTree.Text(from, "show_type") == "SHOW_UNQUALIFIED"
        && SqlTree.Text(from, "table_name") == "\"tables\"";

    /// <summary>
    /// Refuses kinds of nodes, functions and views that no query may have; returns the called table functions that are
    /// on no list.
    /// </summary>
    private static HashSet<string> CheckNodes(JsonElement statement, IReadOnlySet<string> tableFunctions)
    {
        var unknown = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var node in SqlTree.Nodes(statement))
        {
            var type = SqlTree.Text(node, "type");
            if (type.EndsWith("_NODE", StringComparison.Ordinal) && !s_nodes.Contains(type))
            {
                throw NotAQuery();
            }

            if (type == "TABLE_FUNCTION" && node.TryGetProperty("function", out var function))
            {
                var name = SqlTree.Text(function, "function_name");
                if (name.Length == 0)
                {
                    throw NotAQuery();
                }

                if (QueryFunctions.RefusedTableFunctions.Contains(name))
                {
                    throw Refused($"function {name}()");
                }

                if (!tableFunctions.Contains(name))
                {
                    unknown.Add(name);
                }
            }

            if (type == "BASE_TABLE" && QueryFunctions.RefusedViews.Contains(SqlTree.Text(node, "table_name")))
            {
                throw Refused($"view {SqlTree.Text(node, "table_name")}");
            }

            if (
                SqlTree.Text(node, "function_name") is { Length: > 0 } called
                && QueryFunctions.RefusedFunctions.Contains(called)
            )
            {
                throw Refused($"function {called}()");
            }
        }

        return unknown;
    }

    // The catalog's own macros (ods_daily_dt, those of migrations) are not functions of the engine. When both have a
    // name, the name means the engine's function.
    private static void CheckMacros(DuckDbConnection connection, HashSet<string> called)
    {
        var macros = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var others = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        using var functions = connection.Query(
            "SELECT function_name, function_type = 'table_macro' AND NOT internal FROM duckdb_functions() "
                + "WHERE function_type IN ('table', 'table_macro', 'pragma')"
        );
        foreach (var row in functions.Rows())
        {
            (row[1] is true ? macros : others).Add((string)row[0]!);
        }

        foreach (var name in called.Order(StringComparer.Ordinal))
        {
            if (others.Contains(name))
            {
                throw Refused($"function {name}()");
            }

            if (!macros.Contains(name))
            {
                throw new DuckDbException($"Catalog Error: Table Function with name {name} does not exist!");
            }
        }
    }

    // The parser of the tree gives a position; the engine's own error shows the line.
    private static DuckDbException ParserError(DuckDbConnection connection, string sql, SqlTree tree)
    {
        try
        {
            connection.CountStatements(sql);
        }
        catch (DuckDbException e)
        {
            return e;
        }

        return new DuckDbException($"Parser Error: {tree.Message}", sql);
    }

    // A query is put in brackets when it is printed, and a semicolon cannot be inside them. If our reading of the text
    // is wrong, nothing is removed.
    private static string Trimmed(string text) =>
        SqlText.Statements(text) is [var only] ? only.Text.Trim() : text.Trim();

    private static TidemarkException Refused(string what) =>
        new(
            ErrorKind.BadRequest,
            "SQL_FUNCTION_REFUSED",
            $"The {what} is not allowed here, because it does more than read the lake. Remove it from the query."
        );

    private static TidemarkException NotAQuery(
        string message =
            "Only queries are allowed here (SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW, UNPIVOT, PIVOT with the values named by IN, EXPLAIN of a query)."
    ) => new(ErrorKind.BadRequest, "SQL_NOT_A_QUERY", message);
}
