using System.Globalization;
using Tidemark.Core.Errors;

namespace Tidemark.Operations.Query;

/// <summary>The time that a query may take, and the wish of who asks to stop it.</summary>
internal sealed class QueryLimit : IDisposable
{
    // Timers reach 49 days; what takes longer is not limited.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(40);

    private readonly TimeSpan? _timeout;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource? _either;

    public QueryLimit(TimeSpan? timeout, TimeProvider clock, CancellationToken caller)
    {
        _timeout = timeout;
        _caller = caller;
        _timer = timeout is { } time && time < s_longest ? new CancellationTokenSource(time, clock) : null;
        _either = _timer is null ? null : CancellationTokenSource.CreateLinkedTokenSource(caller, _timer.Token);
    }

    public CancellationToken Token => _either?.Token ?? _caller;

    /// <summary>Runs a part of the query; that the time is over is an error of its own.</summary>
    public T Run<T>(Func<T> part)
    {
        try
        {
            return part();
        }
        catch (OperationCanceledException) when (IsOver)
        {
            throw TimedOut();
        }
    }

    /// <inheritdoc cref="Run{T}"/>
    public async Task<T> RunAsync<T>(Func<Task<T>> part)
    {
        try
        {
            return await part();
        }
        catch (OperationCanceledException) when (IsOver)
        {
            throw TimedOut();
        }
    }

    public void Dispose()
    {
        _either?.Dispose();
        _timer?.Dispose();
    }

    private bool IsOver => _timer is { IsCancellationRequested: true } && !_caller.IsCancellationRequested;

    private TidemarkException TimedOut() =>
        new(
            ErrorKind.Transient,
            "SQL_TIMEOUT",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The query was stopped after {_timeout!.Value.TotalSeconds:0.###} s. Give it longer (--timeout), or ask for less: fewer days, fewer columns."
            )
        );
}
