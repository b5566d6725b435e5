using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tidemark.Lake.Delta;

/// <summary>
/// Reads <c>commitInfo</c> of any writer. The protocol leaves its members free, so members that don't have our form are
/// ignored.
/// </summary>
internal sealed class CommitInfoConverter : JsonConverter<CommitInfoAction>
{
    public override CommitInfoAction? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var rest = reader; // a copy: the strict reading may end in the middle
        try
        {
            return JsonSerializer.Deserialize(ref reader, DeltaJsonContext.Default.CommitInfoAction);
        }
        catch (JsonException)
        {
            reader = rest;
            using var document = JsonDocument.ParseValue(ref reader);
            return OfForeign(document.RootElement);
        }
    }

    public override void Write(Utf8JsonWriter writer, CommitInfoAction value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, DeltaJsonContext.Default.CommitInfoAction);

    private static CommitInfoAction OfForeign(JsonElement info)
    {
        return info.ValueKind != JsonValueKind.Object
            ? new CommitInfoAction()
            : new CommitInfoAction
            {
                Timestamp =
                    info.TryGetProperty("timestamp", out var time)
                    && time.ValueKind == JsonValueKind.Number
                    && time.TryGetInt64(out var milliseconds)
                        ? milliseconds
                        : null,
                Operation = Text("operation"),
                CommitId = Text("commitId"),
                RunId = Text("runId"),
                EngineInfo = Text("engineInfo"),
            };

        string? Text(string member) =>
            info.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }
}
