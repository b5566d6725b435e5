using Microsoft.Extensions.Logging;

namespace Tidemark.Ingest.Telemetry;

/// <summary>The events of runs and units: 2001 ff.</summary>
internal static partial class IngestLog
{
    [LoggerMessage(
        EventId = 2001,
        EventName = "run.started",
        Level = LogLevel.Information,
        Message = "The run {RunId} of {Pool} ({Mode}, {Source}) begins with {Units} units"
    )]
    public static partial void RunStarted(
        this ILogger logger,
        string runId,
        string pool,
        string mode,
        string source,
        int units
    );

    [LoggerMessage(
        EventId = 2002,
        EventName = "run.blocked",
        Level = LogLevel.Warning,
        Message = "The run {RunId} of {Pool} is blocked at {Stage}. {Code}: {Reason}"
    )]
    public static partial void RunBlocked(
        this ILogger logger,
        string runId,
        string pool,
        string stage,
        string code,
        string reason
    );

    [LoggerMessage(
        EventId = 2003,
        EventName = "run.ended",
        Level = LogLevel.Information,
        Message = "The run {RunId} of {Pool} ended {Status} after {Seconds:F1} s: {Committed} units committed, {Open} open, {Failed} failed, {Rows} rows"
    )]
    public static partial void RunEnded(
        this ILogger logger,
        string runId,
        string pool,
        string status,
        double seconds,
        int committed,
        int open,
        int failed,
        long rows
    );

    [LoggerMessage(
        EventId = 2004,
        EventName = "run.broken",
        Level = LogLevel.Error,
        Message = "The run {RunId} of {Pool} ended early. {Code}: {Reason}"
    )]
    public static partial void RunBroken(
        this ILogger logger,
        string runId,
        string pool,
        string code,
        string reason,
        Exception? error
    );

    [LoggerMessage(
        EventId = 2005,
        EventName = "run.settled",
        Level = LogLevel.Information,
        Message = "The run {RunId} is settled {Status}: {Incomplete} units are not whole, {GivenUp} are given up"
    )]
    public static partial void RunSettled(
        this ILogger logger,
        string runId,
        string status,
        int incomplete,
        int givenUp
    );

    [LoggerMessage(
        EventId = 2006,
        EventName = "run.beat.failed",
        Level = LogLevel.Warning,
        Message = "The run {RunId} could not write that it is alive. {Code}: {Reason}"
    )]
    public static partial void BeatFailed(this ILogger logger, string runId, string code, string reason);

    [LoggerMessage(
        EventId = 2101,
        EventName = "unit.stage",
        Level = LogLevel.Debug,
        Message = "{Unit} {Stage}: {RowsIn} rows in, {RowsOut} out, {RowsDropped} dropped in {Seconds:F3} s (run {RunId})"
    )]
    public static partial void StageDone(
        this ILogger logger,
        string unit,
        string stage,
        long rowsIn,
        long rowsOut,
        long rowsDropped,
        double seconds,
        string runId
    );

    [LoggerMessage(
        EventId = 2102,
        EventName = "unit.committed",
        Level = LogLevel.Information,
        Message = "{Unit} is in {Table} with {RowCount} rows (version {Version}, run {RunId})"
    )]
    public static partial void UnitCommitted(
        this ILogger logger,
        string unit,
        string table,
        long rowCount,
        long version,
        string runId
    );

    [LoggerMessage(
        EventId = 2103,
        EventName = "unit.failed",
        Level = LogLevel.Warning,
        Message = "{Unit} failed at {Stage}. {Code}: {Reason} ({Api}, {Table}, run {RunId})"
    )]
    public static partial void UnitFailed(
        this ILogger logger,
        string unit,
        string stage,
        string code,
        string reason,
        string api,
        string table,
        string runId
    );

    [LoggerMessage(
        EventId = 2104,
        EventName = "unit.skipped",
        Level = LogLevel.Information,
        Message = "{Unit} is not done from {Stage} on: {Reason} (run {RunId})"
    )]
    public static partial void UnitSkipped(this ILogger logger, string unit, string stage, string reason, string runId);

    [LoggerMessage(
        EventId = 2105,
        EventName = "unit.overtaken",
        Level = LogLevel.Warning,
        Message = "{Unit} was changed by another writer while it was fetched; it is fetched again (run {RunId})"
    )]
    public static partial void UnitOvertaken(this ILogger logger, string unit, string runId);
}
