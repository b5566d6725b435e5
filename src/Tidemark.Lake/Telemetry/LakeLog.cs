using Microsoft.Extensions.Logging;

namespace Tidemark.Lake.Telemetry;

/// <summary>The events of the lake: 3001 ff.</summary>
internal static partial class LakeLog
{
    [LoggerMessage(
        EventId = 3001,
        EventName = "lake.committed",
        Level = LogLevel.Information,
        Message = "{Operation} {Status} {Table} version {Version}: {FileCount} files with {RowCount} rows in {Dt} (run {RunId}, {Location})"
    )]
    public static partial void Committed(
        this ILogger logger,
        string operation,
        string status,
        string table,
        long version,
        int fileCount,
        long rowCount,
        string dt,
        string? runId,
        string location
    );

    [LoggerMessage(
        EventId = 3002,
        EventName = "lake.version.lost",
        Level = LogLevel.Debug,
        Message = "{Table}: another writer made version {Version}; trying the next"
    )]
    public static partial void VersionLost(this ILogger logger, string table, long version);

    [LoggerMessage(
        EventId = 3003,
        EventName = "lake.conflict",
        Level = LogLevel.Warning,
        Message = "{Table}: another writer changed {Units} units since they were asked for (run {RunId})"
    )]
    public static partial void Conflict(this ILogger logger, string table, int units, string runId);

    [LoggerMessage(
        EventId = 3004,
        EventName = "lake.checkpoint.failed",
        Level = LogLevel.Warning,
        Message = "{Table}: no checkpoint of version {Version}. {Code}: {Reason}"
    )]
    public static partial void CheckpointFailed(
        this ILogger logger,
        string table,
        long version,
        string code,
        string reason
    );

    [LoggerMessage(
        EventId = 3005,
        EventName = "lake.markers.failed",
        Level = LogLevel.Warning,
        Message = "{Table}: version {Version} stands, its markers do not. {Code}: {Reason}"
    )]
    public static partial void MarkersFailed(
        this ILogger logger,
        string table,
        long version,
        string code,
        string reason
    );
}
