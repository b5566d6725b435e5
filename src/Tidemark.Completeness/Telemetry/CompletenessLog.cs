using Microsoft.Extensions.Logging;

namespace Tidemark.Completeness.Telemetry;

/// <summary>The events of evaluations: 6001 ff.</summary>
internal static partial class CompletenessLog
{
    [LoggerMessage(
        EventId = 6001,
        EventName = "check.evaluated",
        Level = LogLevel.Information,
        Message = "{Check}: {Entities} entities on {Days} days in {Seconds:F2} s"
    )]
    public static partial void CheckEvaluated(
        this ILogger logger,
        string check,
        int entities,
        int days,
        double seconds
    );

    [LoggerMessage(
        EventId = 6002,
        EventName = "check.failed",
        Level = LogLevel.Warning,
        Message = "{Check} could not be evaluated. {Code}: {Reason}"
    )]
    public static partial void CheckFailed(this ILogger logger, string check, string code, string reason);
}
