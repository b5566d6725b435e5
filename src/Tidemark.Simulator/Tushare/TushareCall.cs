using System.Text.Json;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// A call, read as loosely as the vendor reads it: unknown members are ignored, values may be any scalar, empty texts
/// count as absent.
/// </summary>
internal sealed record TushareCall(
    string Api,
    string Token,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyList<string> Fields
)
{
    /// <summary>Reads a request body whatever its content type; null when it is not a JSON object.</summary>
    public static TushareCall? TryRead(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? new TushareCall(Text(root, "api_name"), Text(root, "token"), ReadParameters(root), ReadFields(root))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Names in a comma list, without blanks around them.</summary>
    public static IReadOnlyList<string> SplitFields(string fields) =>
        fields.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static Dictionary<string, string> ReadParameters(JsonElement root)
    {
        var parameters = new Dictionary<string, string>();
        if (!root.TryGetProperty("params", out var element) || element.ValueKind != JsonValueKind.Object)
        {
            return parameters;
        }

        foreach (var member in element.EnumerateObject())
        {
            var text = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString()!.Trim(),
                JsonValueKind.Number => member.Value.GetRawText(),
                JsonValueKind.Array => string.Join(',', member.Value.EnumerateArray().Select(item => item.ToString())),
                _ => "",
            };
            if (text.Length > 0)
            {
                parameters[member.Name] = text;
            }
        }

        return parameters;
    }

    private static IReadOnlyList<string> ReadFields(JsonElement root)
    {
        if (!root.TryGetProperty("fields", out var fields))
        {
            return [];
        }

        return fields.ValueKind switch
        {
            JsonValueKind.String => SplitFields(fields.GetString()!),
            JsonValueKind.Array =>
            [
                .. fields
                    .EnumerateArray()
                    .Where(item => item.ValueKind == JsonValueKind.String)
                    .Select(item => item.GetString()!.Trim()),
            ],
            _ => [],
        };
    }
}
