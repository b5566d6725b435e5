using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;

namespace Tidemark.Lake.Catalog;

/// <summary>
/// A condition from a definition that becomes part of a query of ours. The engine's parser checks that it is one
/// expression and nothing more: it closes no bracket of ours, no clause or statement follows, and it calls nothing that
/// reads outside the query.
/// </summary>
public static class SqlPredicate
{
    // The expression comes last, so that anything after it, behind a comment or a bracket, becomes part of this
    // statement or an error.
    private const string Select = "SELECT ";

    /// <param name="connection">Any connection: it parses.</param>
    /// <param name="predicate">For example <c>suspend_type = 'S'</c>.</param>
    /// <exception cref="DuckDbException">It is not one expression.</exception>
    public static void Check(DuckDbConnection connection, string predicate)
    {
        try
        {
            QueryJudge.CheckTree(connection, Select + predicate, QueryFunctions.PureTableFunctions);
        }
        catch (TidemarkException e)
        {
            throw new DuckDbException($"'{predicate}' is no condition: {e.Message}", predicate);
        }

        var node = NodeOf(connection, Select + predicate);
        var plain = NodeOf(connection, Select + "true");
        var others = Others(node);
        if (
            !others.SequenceEqual(Others(plain))
            || node.GetProperty("select_list").GetArrayLength() != 1
            || SqlTree.Text(node.GetProperty("select_list")[0], "alias").Length > 0
        )
        {
            throw new DuckDbException($"'{predicate}' is more than one condition.", predicate);
        }
    }

    private static JsonElement NodeOf(DuckDbConnection connection, string sql) =>
        SqlTree.Of(connection, sql).Statements![0].GetProperty("node");

    /// <summary>The parts of a query other than what it selects.</summary>
    private static IEnumerable<string> Others(JsonElement node) =>
        node.EnumerateObject()
            .Where(m => m.Name != "select_list")
            .Select(m => m.Name == "from_table" ? SqlTree.Text(m.Value, "type") : $"{m.Name} {m.Value.GetRawText()}");
}
