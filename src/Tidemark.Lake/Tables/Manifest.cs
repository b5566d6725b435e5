using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tidemark.Lake.Tables;

/// <summary>A file of a partition, as <c>manifest.json</c> lists it.</summary>
public sealed record ManifestFile(string Path, long Rows, long Bytes, string? Sha256);

/// <summary>
/// <c>manifest.json</c> of a partition: its content, for people and scripts. Made from the log after the commit, and
/// can be made again from it; engines never read it.
/// </summary>
public sealed record Manifest(
    string Table,
    string? Dt,
    long Version,
    string? RunId,
    IReadOnlyList<ManifestFile> Files,
    long RowCount,
    string SchemaHash,
    DateTimeOffset CommittedAt,
    IReadOnlyDictionary<string, long> Inputs
)
{
    /// <summary>
    /// The partition of a table with a folder a month, <c>2022-06</c>; there <see cref="Dt"/> is null.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Month { get; init; }

    /// <summary>The days that a month has so far, with rows or without.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Days { get; init; }

    public const string FileName = "manifest.json";
    public const string SuccessFileName = "_SUCCESS";

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJsonContext.Default.Manifest);

    public static Manifest? FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ManifestJsonContext.Default.Manifest);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJsonContext : JsonSerializerContext;
