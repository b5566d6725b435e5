using Tidemark.Core.Secrets;
using Tidemark.Definitions.Files;
using Tidemark.Hosting.Logging;
using Tidemark.Lake.Parquet;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols.Targets;
using Tidemark.Operations.Tables;
using Tidemark.Vendors;

namespace Tidemark.Hosting.Workspace;

/// <summary>
/// <c>tidemark.yaml</c> as read, checked and frozen: paths are absolute, durations parsed, defaults filled in. Only
/// secrets are read later (see <see cref="SecretReference"/>), because a command that calls no vendor needs none.
/// </summary>
public sealed record WorkspaceOptions
{
    /// <summary>The folder that holds <c>tidemark.yaml</c>; absolute.</summary>
    public required string Folder { get; init; }

    /// <summary>Time zone of the China schedule.</summary>
    public required TimeZoneInfo TimeZone { get; init; }

    /// <summary>A folder or <c>s3://bucket/prefix</c>.</summary>
    public required StoreLocation Lake { get; init; }

    /// <summary>
    /// A SQLite file, or a database of PostgreSQL: <c>postgres://user:password@host/db</c>.
    /// </summary>
    public required StoreLocation Control { get; init; }

    /// <summary>The folder with the keys of the stored tokens; absolute.</summary>
    public string ControlKeys => Control.IsUrl ? Path.Combine(Folder, "control.keys") : Control.Path + ".keys";

    /// <summary>The DuckDB file with views over the lake; absolute.</summary>
    public required string Catalog { get; init; }

    /// <summary>
    /// The workspace's own definitions folder, laid over those shipped; absolute and existing, null when there is none.
    /// </summary>
    public required string? Definitions { get; init; }

    /// <summary>
    /// The definitions that this workspace disables. Whether they exist is checked when the definitions are read.
    /// </summary>
    public required Switches Switches { get; init; }

    public required S3Options S3 { get; init; }

    /// <summary>The sections of the registered vendors.</summary>
    public required VendorOptions Vendors { get; init; }

    /// <summary>Every secret that the file names, whether it is set or not.</summary>
    public required IReadOnlyList<SecretReference> Secrets { get; init; }

    /// <summary>The addresses of all vendors; an address may hold a password.</summary>
    public required IReadOnlyList<Uri> Addresses { get; init; }

    public required PoolOptions Pools { get; init; }

    public required ScheduleOptions Schedule { get; init; }

    public required EngineOptions Engine { get; init; }

    public required PlanOptions Plan { get; init; }

    public required RawOptions Raw { get; init; }

    public required LoggingOptions Logging { get; init; }

    /// <summary>Keys that differ from their defaults although nothing reads them yet.</summary>
    public required IReadOnlyList<string> Unread { get; init; }

    /// <summary>How many days tables keep. Whether the tables exist is checked when it is used.</summary>
    public required RetentionOptions Retention { get; init; }

    /// <summary>
    /// The files and folders that the workspace consists of, without its log: nothing else may be written there.
    /// </summary>
    public IReadOnlyList<string> Places()
    {
        string?[] places =
        [
            Path.Combine(Folder, WorkspaceReader.FileName),
            Catalog,
            Definitions,
            S3.Cache,
            Lake.IsUrl ? null : Lake.Path,
            ControlKeys,
            .. Control.IsUrl ? [] : new[] { "", "-wal", "-shm", "-journal" }.Select(end => Control.Path + end),
        ];
        return [.. places.OfType<string>()];
    }
}

/// <param name="Endpoint">Null for Amazon's own for the region.</param>
/// <param name="Region">For example <c>us-east-1</c>.</param>
/// <param name="AccessKey">Read only when the lake is on S3.</param>
/// <param name="SecretKey">Read only when the lake is on S3.</param>
/// <param name="PathStyle">Whether the bucket is part of the path instead of the host name.</param>
/// <param name="Cache">The folder with local copies of immutable files; absolute.</param>
/// <param name="CacheBytes">The most bytes that these copies may take.</param>
public sealed record S3Options(
    Uri? Endpoint,
    string Region,
    SecretReference AccessKey,
    SecretReference SecretKey,
    bool PathStyle,
    string Cache,
    long CacheBytes
);

/// <param name="Targets">What the user watches.</param>
/// <param name="Lease">How long a process that does not answer keeps its lane.</param>
public sealed record PoolOptions(TargetPoolOptions Targets, TimeSpan Lease);

/// <summary>When the daily run of China starts, unless <c>tidemark schedule set</c> says otherwise.</summary>
/// <param name="China">The time of day in the workspace's time zone.</param>
/// <param name="Scope"><c>targets</c>, <c>universe</c> or <c>both</c>.</param>
public sealed record ScheduleOptions(TimeOnly China, string Scope);

/// <param name="Threads">0 for all cores.</param>
/// <param name="Memory">The most memory that DuckDB may use.</param>
/// <param name="Codec">The compression of files with new rows.</param>
public sealed record EngineOptions(int Threads, MemoryLimit Memory, ParquetCodec Codec = ParquetCodec.Snappy);

/// <summary>Raw payloads, kept as received.</summary>
public sealed record RawOptions(bool Enabled, TimeSpan Keep);
