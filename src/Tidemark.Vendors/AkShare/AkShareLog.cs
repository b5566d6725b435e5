using Microsoft.Extensions.Logging;
using Tidemark.Vendors.Http;

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

/// <summary>The same as <see cref="VendorCalls"/> tells them.</summary>
internal sealed class AkShareCallLog(ILogger logger) : ICallLog
{
    public void Call(CallRoute route, int rows, int bytes, TimeSpan took) =>
        logger.Call(route.Api, rows, bytes, took.TotalMilliseconds);

    public void RateWait(CallRoute route, TimeSpan wait) =>
        logger.RateWait(route.Api, wait.TotalSeconds, route.CountedAs);

    /// <summary>Nothing: sites say no in other ways.</summary>
    public void RefusedForRate(CallRoute route, string reason) { }

    public void Retry(string api, int repetition, TimeSpan wait, string reason) =>
        logger.Retry(api, repetition, wait.TotalSeconds, reason);
}
