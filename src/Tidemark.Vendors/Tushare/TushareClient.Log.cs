using Microsoft.Extensions.Logging;

namespace Tidemark.Vendors.Tushare;

public sealed partial class TushareClient
{
    [LoggerMessage(
        Level = LogLevel.Debug,
        Message = "Tushare {Api} from {Offset}: {Rows} rows, {Bytes} bytes in {Milliseconds:F0} ms"
    )]
    private partial void LogCall(string api, int offset, int rows, int bytes, double milliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Tushare {Api}: waiting {Seconds:F1} s for the rate limit")]
    private partial void LogRateWait(string api, double seconds);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Tushare {Api}: asked too often by the vendor's count. {Reason}"
    )]
    private partial void LogRefusedForRate(string api, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tushare {Api}: reading all pages again. {Reason}")]
    private partial void LogReadAgain(string api, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Trying again (repetition {Repetition}) in {Seconds:F1} s. {Reason}"
    )]
    private partial void LogRetry(int repetition, double seconds, string reason);
}
