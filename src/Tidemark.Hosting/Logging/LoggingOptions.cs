using Microsoft.Extensions.Logging;

namespace Tidemark.Hosting.Logging;

/// <summary>What is logged, and where.</summary>
/// <param name="Level">The lowest level to log; <see cref="LogLevel.None"/> for nothing.</param>
/// <param name="Format">The format of a line.</param>
/// <param name="File">The file, absolute; null for standard error.</param>
/// <param name="FileBytes">The size at which the next file is begun.</param>
/// <param name="Files">The number of files that a running process keeps, the present one included.</param>
public sealed record LoggingOptions(LogLevel Level, LogFormat Format, string? File, long FileBytes, int Files)
{
    /// <summary>The values of <c>logging.level</c>.</summary>
    public static IReadOnlyDictionary<string, LogLevel> Levels { get; } =
        new Dictionary<string, LogLevel>(StringComparer.Ordinal)
        {
            ["none"] = LogLevel.None,
            ["error"] = LogLevel.Error,
            ["warning"] = LogLevel.Warning,
            ["info"] = LogLevel.Information,
            ["debug"] = LogLevel.Debug,
        };

    /// <summary>The name of a level in a line.</summary>
    internal static string NameOf(LogLevel level) =>
        level switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            _ => "error",
        };
}
