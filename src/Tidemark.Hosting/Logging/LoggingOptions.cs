using Microsoft.Extensions.Logging;

namespace Tidemark.Hosting.Logging;

/// <summary>What is logged, and where.</summary>
/// <param name="Level">The least level; <see cref="LogLevel.None"/> = nothing.</param>
/// <param name="Format">How a line is written.</param>
/// <param name="File">The file, absolute; null = standard error.</param>
/// <param name="FileBytes">The most that a file grows to before the next one is begun.</param>
/// <param name="Files">How many files a process at work keeps, the present one among them.</param>
public sealed record LoggingOptions(LogLevel Level, LogFormat Format, string? File, long FileBytes, int Files)
{
    /// <summary>The words of <c>logging.level</c>.</summary>
    public static IReadOnlyDictionary<string, LogLevel> Levels { get; } =
        new Dictionary<string, LogLevel>(StringComparer.Ordinal)
        {
            ["none"] = LogLevel.None,
            ["error"] = LogLevel.Error,
            ["warning"] = LogLevel.Warning,
            ["info"] = LogLevel.Information,
            ["debug"] = LogLevel.Debug,
        };

    /// <summary>How a level is written in a line.</summary>
    internal static string NameOf(LogLevel level) =>
        level switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            _ => "error",
        };
}
