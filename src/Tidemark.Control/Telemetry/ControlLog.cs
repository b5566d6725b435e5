using Microsoft.Extensions.Logging;

namespace Tidemark.Control.Telemetry;

/// <summary>The events of the control database: 4001 ff.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(
        EventId = 4001,
        EventName = "control.opened",
        Level = LogLevel.Debug,
        Message = "The control database {Location} is open (read-only: {IsReadOnly})"
    )]
    public static partial void Opened(this ILogger logger, string location, bool isReadOnly);

    [LoggerMessage(
        EventId = 4002,
        EventName = "control.failed",
        Level = LogLevel.Warning,
        Message = "The control database refused a transaction ({Access}). {Code}: {Reason}"
    )]
    public static partial void Refused(this ILogger logger, string access, string code, string reason);

    [LoggerMessage(
        EventId = 4003,
        EventName = "control.lease.taken",
        Level = LogLevel.Information,
        Message = "The lane {Lane} is taken under epoch {Epoch} by {Owner}"
    )]
    public static partial void LeaseTaken(this ILogger logger, string lane, long epoch, string owner);

    [LoggerMessage(
        EventId = 4004,
        EventName = "control.lease.busy",
        Level = LogLevel.Warning,
        Message = "The lane {Lane} is held by {Owner}"
    )]
    public static partial void LeaseBusy(this ILogger logger, string lane, string owner);

    [LoggerMessage(
        EventId = 4005,
        EventName = "control.lease.lost",
        Level = LogLevel.Warning,
        Message = "The lane {Lane} is not held by {Owner} any more"
    )]
    public static partial void LeaseLost(this ILogger logger, string lane, string owner);

    [LoggerMessage(
        EventId = 4006,
        EventName = "control.run.stale",
        Level = LogLevel.Warning,
        Message = "The run {RunId} has no heartbeat any more, and is closed as failed"
    )]
    public static partial void RunClosed(this ILogger logger, string runId);
}
