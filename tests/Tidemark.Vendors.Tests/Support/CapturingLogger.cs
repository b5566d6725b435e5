using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tidemark.Vendors.Tests.Support;

/// <summary>Keeps every line, with the exception's whole text if there is one.</summary>
internal sealed class CapturingLogger<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IReadOnlyList<(LogLevel Level, string Text)> Lines => [.. _lines];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _lines.Enqueue((logLevel, $"{formatter(state, exception)} {exception}"));
}
