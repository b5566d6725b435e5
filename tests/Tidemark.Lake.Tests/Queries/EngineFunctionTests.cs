using System.Text.RegularExpressions;
using Tidemark.Lake.Catalog;

namespace Tidemark.Lake.Tests.Queries;

/// <summary>
/// Every function that the engine has and that could do more than to read, and what is said of it. A new version of the
/// engine with a new one fails here: decide then.
/// </summary>
public sealed partial class EngineFunctionTests(FencedCatalog catalog) : IClassFixture<FencedCatalog>
{
    // They give another value each time, and change nothing.
    private const string HarmlessVolatile = """
        random uuid uuidv4 uuidv7 gen_random_uuid current_transaction_id current_query current_query_id current_connection_id error
        """;

    // Written down once more, so that moving one from the product's one list to the other is noticed.
    private const string Writing = """
        checkpoint force_checkpoint enable_logging disable_logging truncate_duckdb_logs enable_profiling disable_profiling enable_peg_parser
        disable_peg_parser query query_table json_execute_serialized_sql read_duckdb duckdb_secrets which_secret
        """;

    [Fact]
    public void TableFunctions_ThatDoMoreThanRead_AreOnNoListOfAllowedOnes()
    {
        foreach (var name in Words(Writing))
        {
            catalog.Try($"SELECT * FROM {name}()").ShouldBe("SQL_FUNCTION_REFUSED", name);
        }
    }

    [Fact]
    public void TableFunctions_OfTheEngine_AreEachAllowedOrRefused()
    {
        var all = Names("function_type IN ('table', 'table_macro') AND internal");

        all.Except(QueryFunctions.AllowedTableFunctions)
            .ShouldBe(
                QueryFunctions.RefusedTableFunctions,
                ignoreOrder: true,
                "a function is new: allow it or refuse it"
            );
        QueryFunctions.AllowedTableFunctions.Except(all).ShouldBeEmpty("allowed functions that the engine has not");
        QueryFunctions.PureTableFunctions.Except(QueryFunctions.AllowedTableFunctions).ShouldBeEmpty();
    }

    [Fact]
    public void TableFunctions_ThatAreNotAllowed_AreRefusedWhenCalled()
    {
        foreach (var name in QueryFunctions.RefusedTableFunctions)
        {
            catalog.Try($"SELECT * FROM {name}()").ShouldBe("SQL_FUNCTION_REFUSED", name);
        }
    }

    [Fact]
    public void ScalarFunctions_ThatAreVolatile_AreEachHarmlessOrRefused()
    {
        var all = Names("function_type = 'scalar' AND (stability = 'VOLATILE' OR has_side_effects)");

        all.Except(QueryFunctions.RefusedFunctions)
            .ShouldBe(Words(HarmlessVolatile), ignoreOrder: true, "a function is new: is it harmless?");
    }

    [Fact]
    public void Views_OfTheEngine_AreRefusedWhereWhatTheyReadIs()
    {
        HashSet<string> refused =
        [
            .. QueryFunctions.RefusedTableFunctions,
            .. QueryFunctions.RefusedFunctions,
            .. QueryFunctions.RefusedViews,
        ];
        var views = Pairs("SELECT schema_name || '.' || view_name, sql FROM duckdb_views() WHERE internal");
        views.Count.ShouldBeGreaterThan(30);

        foreach (var (view, sql) in views)
        {
            var name = view[(view.IndexOf('.', StringComparison.Ordinal) + 1)..];
            var body = sql[sql.IndexOf(" AS ", StringComparison.OrdinalIgnoreCase)..];
            var expected = Used(body).Any(refused.Contains) ? "SQL_FUNCTION_REFUSED" : null;

            QueryFunctions.RefusedViews.Contains(name).ShouldBe(expected is not null, view);
            foreach (var text in new[] { $"SELECT * FROM {view}", $"SUMMARIZE {view}", $"FROM system.{view}" })
            {
                catalog.Try(text).ShouldBe(expected, text);
            }
        }
    }

    [Fact]
    public void Macros_OfTheEngine_CallNothingThatIsRefused()
    {
        HashSet<string> refused = [.. QueryFunctions.RefusedTableFunctions, .. QueryFunctions.RefusedFunctions];
        var macros = Pairs(
            "SELECT function_name, macro_definition FROM duckdb_functions() WHERE internal AND macro_definition IS NOT NULL"
        );
        macros.Count.ShouldBeGreaterThan(30);

        foreach (var (macro, body) in macros)
        {
            (refused.Contains(macro) || !Used(body).Any(refused.Contains)).ShouldBeTrue($"{macro}: {body}");
        }
    }

    // What is called, and what is read.
    private static IEnumerable<string> Used(string sql) => Word().Matches(sql).Select(m => m.Groups["name"].Value);

    private List<string> Names(string condition) =>
        [
            .. Rows($"SELECT DISTINCT function_name FROM duckdb_functions() WHERE {condition} ORDER BY 1")
                .Select(r => r[0]),
        ];

    private List<(string Name, string Sql)> Pairs(string query) => [.. Rows(query).Select(r => (r[0], r[1]))];

    private List<string[]> Rows(string query)
    {
        using var rows = catalog.Connection.Query(query);
        return [.. rows.Rows().Select(r => r.Select(v => (string)v!).ToArray())];
    }

    [GeneratedRegex(
        @"(?<name>\w+)\s*\(|\bFROM\s+(\w+\.)*(?<name>\w+)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Word();

    private static string[] Words(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
