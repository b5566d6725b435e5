using Microsoft.Extensions.Logging;
using Tidemark.Vendors.Http;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// The events of Tushare's client: 1001 ff. Retries at Warning, waits at Information, calls at Debug.
/// </summary>
internal static partial class TushareLog
{
    [LoggerMessage(
        EventId = 1001,
        EventName = "tushare.call",
        Level = LogLevel.Debug,
        Message = "Tushare {Api} from {Offset}: {Rows} rows, {Bytes} bytes in {Milliseconds:F0} ms"
    )]
    public static partial void Call(
        this ILogger logger,
        string api,
        int offset,
        int rows,
        int bytes,
        double milliseconds
    );

    [LoggerMessage(
        EventId = 1002,
        EventName = "tushare.wait",
        Level = LogLevel.Information,
        Message = "Tushare {Api}: waiting {Seconds:F1} s for the rate limit"
    )]
    public static partial void RateWait(this ILogger logger, string api, double seconds);

    [LoggerMessage(
        EventId = 1003,
        EventName = "tushare.refused.rate",
        Level = LogLevel.Warning,
        Message = "Tushare {Api}: asked too often by the vendor's count. {Reason}"
    )]
    public static partial void RefusedForRate(this ILogger logger, string api, string reason);

    [LoggerMessage(
        EventId = 1004,
        EventName = "tushare.pages.again",
        Level = LogLevel.Warning,
        Message = "Tushare {Api}: reading all pages again. {Reason}"
    )]
    public static partial void ReadAgain(this ILogger logger, string api, string reason);

    [LoggerMessage(
        EventId = 1005,
        EventName = "tushare.retry",
        Level = LogLevel.Warning,
        Message = "Tushare {Api}: trying again (repetition {Repetition}) in {Seconds:F1} s. {Reason}"
    )]
    public static partial void Retry(this ILogger logger, string api, int repetition, double seconds, string reason);

    [LoggerMessage(
        EventId = 1006,
        EventName = "tushare.pages.resumed",
        Level = LogLevel.Information,
        Message = "Tushare {Api}: going on behind {Pages} pages with {Rows} rows that an earlier fetch has kept"
    )]
    public static partial void Resumed(this ILogger logger, string api, int pages, int rows);

    [LoggerMessage(
        EventId = 1007,
        EventName = "tushare.account.out",
        Level = LogLevel.Warning,
        Message = "Tushare's {Account} is left out from now on. {Reason}"
    )]
    public static partial void AccountOut(this ILogger logger, string account, string reason);

    [LoggerMessage(
        EventId = 1008,
        EventName = "tushare.account.closed",
        Level = LogLevel.Information,
        Message = "Tushare's {Account} is not asked for {Api} any more. {Reason}"
    )]
    public static partial void AccountClosed(this ILogger logger, string account, string api, string reason);
}

/// <summary>The same as <see cref="VendorCalls"/> tells them.</summary>
internal sealed class TushareCallLog(ILogger logger) : ICallLog
{
    public void Call(CallRoute route, int rows, int bytes, TimeSpan took) =>
        logger.Call(route.Api, route.Offset, rows, bytes, took.TotalMilliseconds);

    public void RateWait(CallRoute route, TimeSpan wait) => logger.RateWait(route.Api, wait.TotalSeconds);

    public void RefusedForRate(CallRoute route, string reason) => logger.RefusedForRate(route.Api, reason);

    public void Retry(string api, int repetition, TimeSpan wait, string reason) =>
        logger.Retry(api, repetition, wait.TotalSeconds, reason);
}
