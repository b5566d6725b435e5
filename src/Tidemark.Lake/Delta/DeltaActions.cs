using System.Text.Json.Serialization;

namespace Tidemark.Lake.Delta;

/// <summary>
/// One line of a Delta log entry: exactly one member is set. Names and meanings are those of the public Delta protocol
/// (reader version 1, writer version 2); a table with actions of later versions says so in its protocol action.
/// </summary>
public sealed record DeltaLine
{
    public ProtocolAction? Protocol { get; init; }
    public MetadataAction? MetaData { get; init; }
    public AddAction? Add { get; init; }
    public RemoveAction? Remove { get; init; }
    public TransactionAction? Txn { get; init; }

    [JsonConverter(typeof(CommitInfoConverter))]
    public CommitInfoAction? CommitInfo { get; init; }
}

/// <summary>The least versions that a program must speak to read and write the table.</summary>
public sealed record ProtocolAction(
    int MinReaderVersion,
    int MinWriterVersion,
    IReadOnlyList<string>? ReaderFeatures = null,
    IReadOnlyList<string>? WriterFeatures = null
);

public sealed record FormatSpec(string Provider, IReadOnlyDictionary<string, string> Options);

/// <summary>The table's identity, schema (Spark's JSON in a string), partition columns and properties.</summary>
public sealed record MetadataAction(
    string Id,
    string? Name,
    string? Description,
    FormatSpec Format,
    string SchemaString,
    IReadOnlyList<string> PartitionColumns,
    long? CreatedTime,
    IReadOnlyDictionary<string, string> Configuration
);

/// <summary>A data file that belongs to the table from this version on.</summary>
/// <param name="Path">Relative to the table, URL-encoded.</param>
/// <param name="Stats">JSON with numRecords, minValues, maxValues, nullCount.</param>
/// <param name="Tags">Ours: <c>unit</c> (who wrote it), <c>run</c>, <c>sha256</c>.</param>
public sealed record AddAction(
    string Path,
    IReadOnlyDictionary<string, string?> PartitionValues,
    long Size,
    long ModificationTime,
    bool DataChange,
    string? Stats = null,
    IReadOnlyDictionary<string, string>? Tags = null
)
{
    /// <summary>
    /// The rows of the file that are deleted. Tidemark cannot read a file that has one and refuses it.
    /// </summary>
    public DeletionVectorSpec? DeletionVector { get; init; }

    [JsonIgnore]
    public string? Unit => Tags is not null && Tags.TryGetValue(DeltaTags.Unit, out var unit) ? unit : null;

    [JsonIgnore]
    public string? Sha256 => Tags is not null && Tags.TryGetValue(DeltaTags.Sha256, out var hash) ? hash : null;
}

/// <summary>Shows that there is a deletion vector.</summary>
public sealed record DeletionVectorSpec(string? StorageType);

/// <summary>A data file that no longer belongs to the table.</summary>
public sealed record RemoveAction(
    string Path,
    long? DeletionTimestamp,
    bool DataChange,
    bool? ExtendedFileMetadata = null,
    IReadOnlyDictionary<string, string?>? PartitionValues = null,
    long? Size = null
);

/// <summary>A streaming writer's high-water mark; read and kept.</summary>
public sealed record TransactionAction(string AppId, long Version, long? LastUpdated = null);

/// <summary>Who did what, when and from which inputs.</summary>
public sealed record CommitInfoAction
{
    public long? Timestamp { get; init; }

    /// <summary><see cref="Timestamp"/>, as far as .NET's range goes; null where the writer did not say.</summary>
    [JsonIgnore]
    public DateTimeOffset? CommittedAt =>
        Timestamp is { } milliseconds
            ? DateTimeOffset.FromUnixTimeMilliseconds(
                Math.Clamp(
                    milliseconds,
                    DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
                    DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                )
            )
            : null;
    public string? Operation { get; init; }

    /// <summary>
    /// Identifies the attempt: a writer that does not know whether its entry was written reads it back and compares.
    /// </summary>
    public string? CommitId { get; init; }
    public string? RunId { get; init; }

    /// <summary>Table → version of every input that the rows were derived from.</summary>
    public IReadOnlyDictionary<string, long>? Inputs { get; init; }
    public string? EngineInfo { get; init; }
    public string? TidemarkVersion { get; init; }

    /// <summary>
    /// How many lines the entry has, including this one. Without it an entry that was cut between two lines would read
    /// like a smaller commit.
    /// </summary>
    public int? TidemarkLines { get; init; }

    /// <summary>Why a commit was allowed to hold fewer rows than what it replaced.</summary>
    public string? ShrinkReason { get; init; }

    /// <summary>What the operation was asked to do. Other writers put any JSON here; it is read as text.</summary>
    [JsonConverter(typeof(LooseTexts))]
    public IReadOnlyDictionary<string, string>? OperationParameters { get; init; }
    public IReadOnlyDictionary<string, string>? OperationMetrics { get; init; }
}

/// <summary>Keys of <see cref="AddAction.Tags"/>.</summary>
public static class DeltaTags
{
    public const string Unit = "unit";
    public const string Run = "run";
    public const string Sha256 = "sha256";

    /// <summary>
    /// Instead of <see cref="Unit"/>, in a file that holds several: see <see cref="Tables.UnitSlice"/>.
    /// </summary>
    public const string Units = "units";

    /// <summary>
    /// The hash of the file in which a unit's rows were first written; set when they are written again.
    /// </summary>
    public const string Content = "content";

    /// <summary>The unit's day, in a table whose partitions are months.</summary>
    public const string Day = "dt";

    /// <summary>
    /// Instead of <see cref="Day"/> where a unit has rows of several days of the month: the days, with commas between
    /// them.
    /// </summary>
    public const string Days = "days";

    /// <summary>
    /// How a compaction compressed the file, or tried to and gained nothing: <c>snappy</c> or <c>zstd</c>. Absent when
    /// no compaction has looked at the file.
    /// </summary>
    public const string Codec = "codec";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(DeltaLine))]
[JsonSerializable(typeof(CommitInfoAction))]
internal sealed partial class DeltaJsonContext : JsonSerializerContext;
