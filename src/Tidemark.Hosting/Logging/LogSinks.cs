using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Core.Secrets;

namespace Tidemark.Hosting.Logging;

/// <summary>Makes the logger factory of a workspace's logging options.</summary>
internal static class LogSinks
{
    /// <param name="options">What to log, and where.</param>
    /// <param name="clock">Gives the time of lines.</param>
    /// <param name="secrets">The secrets to mask in every line.</param>
    /// <param name="error">Standard error; null where there is none.</param>
    public static ILoggerFactory Open(LoggingOptions options, TimeProvider clock, SecretMask secrets, TextWriter? error)
    {
        if (options.Level == LogLevel.None || (options.File is null && error is null))
        {
            return NullLoggerFactory.Instance; // which costs nothing at all
        }

        ILogTarget target = options.File is { } file
            ? new RollingFile(file, options.FileBytes, options.Files, reason => error?.WriteLine(reason))
            : new WriterTarget(error!);
        var provider = new LineLoggerProvider(options.Level, new LogLine(options.Format, secrets), target, clock);
        var logs = new LoggerFactory([], new LoggerFilterOptions { MinLevel = options.Level });
        logs.AddProvider(provider); // and not by the constructor: what is given there is not disposed
        return logs;
    }
}
