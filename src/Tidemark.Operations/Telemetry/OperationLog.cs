using Microsoft.Extensions.Logging;

namespace Tidemark.Operations.Telemetry;

/// <summary>The events of operations that may change something: 7001 ff.</summary>
internal static partial class OperationLog
{
    [LoggerMessage(
        EventId = 7001,
        EventName = "operation.started",
        Level = LogLevel.Debug,
        Message = "{Operation} begins"
    )]
    public static partial void Started(this ILogger logger, string operation);

    [LoggerMessage(
        EventId = 7002,
        EventName = "operation.ended",
        Level = LogLevel.Information,
        Message = "{Operation} is done after {Seconds:F1} s"
    )]
    public static partial void Ended(this ILogger logger, string operation, double seconds);

    [LoggerMessage(
        EventId = 7003,
        EventName = "operation.stopped",
        Level = LogLevel.Information,
        Message = "{Operation} was stopped after {Seconds:F1} s"
    )]
    public static partial void Stopped(this ILogger logger, string operation, double seconds);

    [LoggerMessage(
        EventId = 7004,
        EventName = "operation.refused",
        Level = LogLevel.Warning,
        Message = "{Operation} ended after {Seconds:F1} s. {Code}: {Reason}"
    )]
    public static partial void Refused(
        this ILogger logger,
        string operation,
        double seconds,
        string code,
        string reason
    );

    [LoggerMessage(
        EventId = 7005,
        EventName = "operation.broken",
        Level = LogLevel.Error,
        Message = "{Operation} broke after {Seconds:F1} s"
    )]
    public static partial void Broken(this ILogger logger, string operation, double seconds, Exception error);

    [LoggerMessage(
        EventId = 7006,
        EventName = "lane.unread",
        Level = LogLevel.Warning,
        Message = "What the lane {Lane} is asked to do could not be read or written; it is tried again. {Code}: {Reason}"
    )]
    public static partial void LaneUnread(this ILogger logger, string lane, string code, string reason);

    [LoggerMessage(
        EventId = 7007,
        EventName = "work.broken",
        Level = LogLevel.Error,
        Message = "Work of the lane {Lane} broke ({Work}); the next one goes on"
    )]
    public static partial void WorkBroken(this ILogger logger, string lane, string work, Exception error);

    [LoggerMessage(
        EventId = 7008,
        EventName = "serve.wake.failed",
        Level = LogLevel.Warning,
        Message = "What is due could not be told; it is tried again in a minute. {Code}: {Reason}"
    )]
    public static partial void WakeFailed(this ILogger logger, string code, string reason);
}
