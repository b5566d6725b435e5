using Microsoft.Extensions.Logging;

namespace Tidemark.Vendors.Sources;

/// <summary>The events of all vendors' sources: 1301 ff.</summary>
internal static partial class SourceLog
{
    [LoggerMessage(
        EventId = 1301,
        EventName = "source.down",
        Level = LogLevel.Warning,
        Message = "{Source} does not answer: not asked again before {Until:u}. {Reason}"
    )]
    public static partial void Down(this ILogger logger, string source, DateTimeOffset until, string reason);

    [LoggerMessage(
        EventId = 1302,
        EventName = "source.back",
        Level = LogLevel.Information,
        Message = "{Source} answers again; it did not since {Since:u}"
    )]
    public static partial void Back(this ILogger logger, string source, DateTimeOffset since);
}
