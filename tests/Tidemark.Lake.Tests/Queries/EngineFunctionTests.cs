using Tidemark.Lake.Catalog;

namespace Tidemark.Lake.Tests.Queries;

/// <summary>
/// Every function that the engine has and that could do more than to read, and what is said of it. A new version of the engine with a new one fails here: decide then.
/// </summary>
public sealed class EngineFunctionTests(FencedCatalog catalog) : IClassFixture<FencedCatalog>
{
    // They give another value each time, and change nothing.
    private const string HarmlessVolatile = """
        random uuid uuidv4 uuidv7 gen_random_uuid current_transaction_id current_query current_query_id current_connection_id error
        """;

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

    private List<string> Names(string condition)
    {
        using var rows = catalog.Connection.Query(
            $"SELECT DISTINCT function_name FROM duckdb_functions() WHERE {condition} ORDER BY 1"
        );
        return [.. rows.Rows().Select(r => (string)r[0]!)];
    }

    private static string[] Words(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
