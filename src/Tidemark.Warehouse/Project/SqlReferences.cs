using System.Runtime.CompilerServices;
using System.Text.Json;
using Tidemark.Core;

namespace Tidemark.Warehouse.Project;

/// <summary>A table or function that a query reads from, as written.</summary>
/// <param name="Schema">The part before the dot; empty when there is none.</param>
/// <param name="Name">Table or table function.</param>
/// <param name="IsFunction">Whether it is called with arguments.</param>
/// <param name="OfPartitionDate">Whether its only argument is the partition's date.</param>
/// <param name="Position">Byte position in the SQL.</param>
internal readonly record struct SqlReference(
    string Schema,
    string Name,
    bool IsFunction,
    bool OfPartitionDate,
    long Position
);

/// <summary>Finds what a query reads in DuckDB's parse tree; names that its WITH clauses define do not count.</summary>
internal static class SqlReferences
{
    /// <summary>
    /// Replaces <c>${PARTITION_DATE}</c> while a query is analysed: a day on which nothing is traded.
    /// </summary>
    public static DateOnly SampleDay { get; } = new(9973, 11, 29);

    public static List<SqlReference> Of(JsonElement statement)
    {
        var found = new List<SqlReference>();
        Walk(statement, [], found);
        return found;
    }

    private static void Walk(JsonElement node, HashSet<string> scope, List<SqlReference> found)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (node.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in node.EnumerateArray())
            {
                Walk(item, scope, found);
            }

            return;
        }

        if (node.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        scope = WithNames(node, scope);
        switch (Text(node, "type"))
        {
            case "BASE_TABLE":
                AddTable(node, scope, found);
                break;
            case "TABLE_FUNCTION" when node.TryGetProperty("function", out var function):
                found.Add(
                    new SqlReference(
                        Text(function, "schema"),
                        Text(function, "function_name"),
                        IsFunction: true,
                        IsPartitionDate(function),
                        Position(node)
                    )
                );
                break;
        }

        foreach (var member in node.EnumerateObject())
        {
            Walk(member.Value, scope, found);
        }
    }

    private static void AddTable(JsonElement node, HashSet<string> scope, List<SqlReference> found)
    {
        var schema = Text(node, "schema_name");
        var catalog = Text(node, "catalog_name");
        var name = Text(node, "table_name");
        if (schema.Length > 0 || !scope.Contains(name))
        {
            // A third part stays in the name: nothing declared has one, so the message shows it as written.
            found.Add(
                new SqlReference(
                    catalog.Length > 0 ? $"{catalog}.{schema}" : schema,
                    name,
                    IsFunction: false,
                    OfPartitionDate: false,
                    Position(node)
                )
            );
        }
    }

    /// <summary>The scope, with the names of the node's own WITH clause added.</summary>
    private static HashSet<string> WithNames(JsonElement node, HashSet<string> scope)
    {
        if (!node.TryGetProperty("cte_map", out var map) || !map.TryGetProperty("map", out var entries))
        {
            return scope;
        }

        var inner = new HashSet<string>(scope, StringComparer.OrdinalIgnoreCase);
        foreach (var entry in entries.EnumerateArray())
        {
            inner.Add(Text(entry, "key"));
        }

        return inner;
    }

    private static bool IsPartitionDate(JsonElement function)
    {
        if (!function.TryGetProperty("children", out var arguments) || arguments.GetArrayLength() != 1)
        {
            return false;
        }

        var argument = arguments[0];
        if (Text(argument, "type") == "OPERATOR_CAST")
        {
            if (!argument.TryGetProperty("cast_type", out var type) || Text(type, "id") != "DATE")
            {
                return false;
            }

            argument = argument.GetProperty("child");
        }

        return Text(argument, "type") == "VALUE_CONSTANT"
            && argument.TryGetProperty("value", out var value)
            && Text(value, "value") == SampleDay.ToIso();
    }

    private static string Text(JsonElement node, string member) =>
        node.ValueKind == JsonValueKind.Object
        && node.TryGetProperty(member, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private static long Position(JsonElement node) =>
        node.TryGetProperty("query_location", out var position) && position.TryGetInt64(out var value) ? value : 0;
}
