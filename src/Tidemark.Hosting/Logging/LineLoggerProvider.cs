using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tidemark.Hosting.Logging;

/// <summary>Writes each event as a line at once, so that the lines of a process that is killed are not lost.</summary>
internal sealed class LineLoggerProvider(LogLevel level, LogLine format, ILogTarget target, TimeProvider clock)
    : ILoggerProvider,
        ISupportExternalScope
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, LineLogger> _loggers = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, c => new LineLogger(this, c));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => target.Dispose();

    private void Write(LogEntry entry)
    {
        var line = format.Render(entry, _scopes);
        lock (_lock)
        {
            target.Write(line);
        }
    }

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => provider._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= provider.Level && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(
                    new LogEntry(
                        provider.Now,
                        logLevel,
                        category,
                        eventId,
                        formatter(state, exception),
                        state as IReadOnlyList<KeyValuePair<string, object?>> ?? [],
                        exception
                    )
                );
            }
        }
    }

    private LogLevel Level => level;

    private DateTimeOffset Now => clock.GetUtcNow();
}

/// <summary>An event.</summary>
internal sealed record LogEntry(
    DateTimeOffset At,
    LogLevel Level,
    string Category,
    EventId Event,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Fields,
    Exception? Error
);
