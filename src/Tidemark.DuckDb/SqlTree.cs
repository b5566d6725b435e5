using System.Globalization;
using System.Text.Json;

namespace Tidemark.DuckDb;

/// <summary>
/// Queries as DuckDB's parser sees them. Binds and runs nothing, so no function in the text is called.
/// </summary>
/// <param name="Statements">
/// A tree for each statement; null when the text does not parse or has a statement that is no query.
/// </param>
/// <param name="Message">Why there are no trees.</param>
/// <param name="Position">Where the parser stumbles, in bytes; null when it does not say.</param>
public sealed record SqlTree(IReadOnlyList<JsonElement>? Statements, string Message, long? Position)
{
    // A sum of 30 terms is nested deeper than the 64 levels that .NET reads by default. DuckDB's parser has a limit of
    // its own (1,000 expressions).
    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 1 << 20 };

    /// <summary>Whether the text parses, but has a statement that is no query.</summary>
    public bool IsNoQuery { get; private init; }

    /// <summary>Parses a text.</summary>
    /// <exception cref="DuckDbException">The engine fails.</exception>
    public static SqlTree Of(DuckDbConnection connection, string sql) => Read(Serialized(connection, sql));

    /// <summary>
    /// What the engine says of a text, for <see cref="Read"/>: JSON, also where the text does not parse.
    /// </summary>
    /// <exception cref="DuckDbException">The engine fails.</exception>
    public static string Serialized(DuckDbConnection connection, string sql)
    {
        using var result = connection.Query(
            "SELECT json_serialize_sql($1::VARCHAR, skip_null := true, skip_empty := true)",
            CancellationToken.None,
            sql
        );
        return (string)result.Rows().Single()[0]!;
    }

    /// <summary>The trees of what the engine said.</summary>
    public static SqlTree Read(string serialized)
    {
        // Not disposed: the result refers to parts of it.
        var root = JsonDocument.Parse(serialized, s_deep).RootElement;
        if (!root.GetProperty("error").GetBoolean())
        {
            return new SqlTree([.. root.GetProperty("statements").EnumerateArray()], "", null);
        }

        long? position = root.TryGetProperty("position", out var at)
            ? long.Parse(at.GetString()!, CultureInfo.InvariantCulture)
            : null;
        return new SqlTree(null, root.GetProperty("error_message").GetString()!, position)
        {
            IsNoQuery = root.GetProperty("error_type").GetString() == "not implemented",
        };
    }

    /// <summary>All objects of a tree, the outermost first.</summary>
    public static IEnumerable<JsonElement> Nodes(JsonElement tree)
    {
        // No recursion: the author of the text decides how deep its tree is.
        var left = new Stack<JsonElement>([tree]);
        while (left.TryPop(out var node))
        {
            if (node.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in node.EnumerateArray())
                {
                    left.Push(item);
                }
            }
            else if (node.ValueKind == JsonValueKind.Object)
            {
                yield return node;
                foreach (var member in node.EnumerateObject())
                {
                    left.Push(member.Value);
                }
            }
        }
    }

    /// <summary>A text member of a node; empty when the node has none of that name.</summary>
    public static string Text(JsonElement node, string member) =>
        node.ValueKind == JsonValueKind.Object
        && node.TryGetProperty(member, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
