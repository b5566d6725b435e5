using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tidemark.Lake.Delta;

/// <summary>
/// <c>_last_checkpoint</c>: where to look for the newest checkpoint first. It may be missing, old or wrong; the listing
/// after it shows that.
/// </summary>
/// <param name="Version">The checkpoint's version.</param>
/// <param name="Size">Lines in it.</param>
/// <param name="Parts">Files of a checkpoint in several parts.</param>
/// <param name="SizeInBytes">The size of its file.</param>
/// <param name="NumOfAddFiles">Live files in it.</param>
internal sealed record CheckpointHint(
    long Version,
    long Size,
    int? Parts = null,
    long? SizeInBytes = null,
    long? NumOfAddFiles = null
)
{
    public const string FileName = "_last_checkpoint";

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CheckpointHintJson.Default.CheckpointHint);

    /// <summary>The hint, or null when it cannot be read: readers do without it.</summary>
    public static CheckpointHint? FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, CheckpointHintJson.Default.CheckpointHint) is { Version: >= 0 } hint
                ? hint
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(CheckpointHint))]
internal sealed partial class CheckpointHintJson : JsonSerializerContext;
