using Microsoft.Extensions.Logging;

namespace Tidemark.Warehouse.Telemetry;

/// <summary>The events of builds: 5001 ff.</summary>
internal static partial class WarehouseLog
{
    [LoggerMessage(
        EventId = 5001,
        EventName = "build.table",
        Level = LogLevel.Information,
        Message = "{Table}: {Built} partitions built with {RowCount} rows, {Failed} failed, in {Seconds:F2} s (version {Version}, build {RunId})"
    )]
    public static partial void TableBuilt(
        this ILogger logger,
        string table,
        int built,
        long rowCount,
        int failed,
        double seconds,
        long version,
        string runId
    );

    [LoggerMessage(
        EventId = 5002,
        EventName = "build.table.fresh",
        Level = LogLevel.Debug,
        Message = "{Table} is left as it is (build {RunId})"
    )]
    public static partial void TableLeft(this ILogger logger, string table, string runId);

    [LoggerMessage(
        EventId = 5003,
        EventName = "build.failed",
        Level = LogLevel.Warning,
        Message = "{Table} {Dt} could not be built. {Code}: {Reason} (build {RunId})"
    )]
    public static partial void PartitionFailed(
        this ILogger logger,
        string table,
        string? dt,
        string code,
        string reason,
        string runId
    );

    [LoggerMessage(
        EventId = 5004,
        EventName = "build.blocked",
        Level = LogLevel.Warning,
        Message = "{Table} was not looked at: {Reason} (build {RunId})"
    )]
    public static partial void TableBlocked(this ILogger logger, string table, string reason, string runId);
}
