using Microsoft.Extensions.Logging;

namespace Tidemark.Vendors.AkShare;

/// <summary>
/// The events of AkShare's client: 1201 ff. Retries at Warning, waits at Information, calls at Debug.
/// </summary>
internal static partial class AkShareLog
{
    [LoggerMessage(
        EventId = 1201,
        EventName = "akshare.call",
        Level = LogLevel.Debug,
        Message = "AkShare {Api}: {Rows} rows, {Bytes} bytes in {Milliseconds:F0} ms"
    )]
    public static partial void Call(this ILogger logger, string api, int rows, int bytes, double milliseconds);

    [LoggerMessage(
        EventId = 1202,
        EventName = "akshare.wait",
        Level = LogLevel.Information,
        Message = "AkShare {Api}: waiting {Seconds:F1} s for the rate limit of {Family}"
    )]
    public static partial void RateWait(this ILogger logger, string api, double seconds, string family);

    [LoggerMessage(
        EventId = 1203,
        EventName = "akshare.retry",
        Level = LogLevel.Warning,
        Message = "AkShare {Api}: trying again (repetition {Repetition}) in {Seconds:F1} s. {Reason}"
    )]
    public static partial void Retry(this ILogger logger, string api, int repetition, double seconds, string reason);
}
