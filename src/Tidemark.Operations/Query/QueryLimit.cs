using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Storage;

namespace Tidemark.Operations.Query;

/// <summary>
/// Limits the time and memory of a query, and stops it when its caller asks. Where the engine does not stop in time,
/// tells the caller to give it up (<see cref="QueryRequest.GiveUp"/>).
/// </summary>
internal sealed class QueryLimit : IDisposable
{
    // Timers reach 49 days; longer timeouts have no effect.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(40);

    /// <summary>How long the engine may take to stop.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly QueryRequest _request;
    private readonly QueryMemory _memory;
    private readonly TimeProvider _clock;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource _tooLarge = new();
    private readonly CancellationTokenSource _any;
    private readonly QueryWatch _watch;
    private readonly QueryPipes _pipes;
    private readonly long _usedBefore;
    private long _stoppedAt;
    private volatile bool _isWorking;

    public QueryLimit(
        QueryRequest request,
        QueryMemory memory,
        IObjectStore store,
        TimeProvider clock,
        CancellationToken caller
    )
    {
        _request = request;
        _memory = memory;
        _clock = clock;
        _pipes = new QueryPipes(store, clock);
        _caller = caller;
        _timer = request.Timeout is { } time && time < s_longest ? new CancellationTokenSource(time, clock) : null;
        _any = CancellationTokenSource.CreateLinkedTokenSource(
            caller,
            _timer?.Token ?? CancellationToken.None,
            _tooLarge.Token
        );
        Token = _any.Token;
        _usedBefore = memory.Used();
        _watch = new QueryWatch(Look);
    }

    public CancellationToken Token { get; }

    /// <summary>
    /// Runs a part of the query. Running out of time or memory has its own error.
    /// </summary>
    public T Run<T>(Func<T> part)
    {
        try
        {
            Token.ThrowIfCancellationRequested();
            _isWorking = true;
            return part();
        }
        catch (OperationCanceledException) when (Reason() is not null)
        {
            throw Reason()!;
        }
        catch (DuckDbException e) when (e.EngineMessage.StartsWith("Out of Memory Error", StringComparison.Ordinal))
        {
            throw TooLarge();
        }
        finally
        {
            _isWorking = false;
        }
    }

    /// <inheritdoc cref="Run{T}"/>
    public async Task<T> RunAsync<T>(Func<Task<T>> part)
    {
        try
        {
            return await part();
        }
        catch (OperationCanceledException) when (Reason() is not null)
        {
            throw Reason()!;
        }
    }

    public void Dispose()
    {
        _watch.Dispose();
        _any.Dispose();
        _tooLarge.Dispose();
        _timer?.Dispose();
    }

    private bool Look()
    {
        var bytes = _memory.Used() - _usedBefore;
        if (bytes > _memory.Most && !_tooLarge.IsCancellationRequested)
        {
            _tooLarge.Cancel();
        }

        if (bytes > _memory.Utmost)
        {
            _request.GiveUp?.Invoke(TooLarge());
            return false;
        }

        if (_isWorking)
        {
            _pipes.Look();
        }

        if (!Token.IsCancellationRequested || !_isWorking)
        {
            _stoppedAt = 0;
            return true;
        }

        if (_stoppedAt == 0)
        {
            _stoppedAt = _clock.GetTimestamp();
        }
        else if (_clock.GetElapsedTime(_stoppedAt) > s_grace)
        {
            _request.GiveUp?.Invoke(Reason() ?? new OperationCanceledException(_caller) as Exception);
            return false;
        }

        return true;
    }

    /// <summary>Why the query was stopped; null when it was not, or when its caller stopped it.</summary>
    private TidemarkException? Reason() =>
        _caller.IsCancellationRequested ? null
        : _tooLarge.IsCancellationRequested ? TooLarge()
        : _timer is { IsCancellationRequested: true } ? TimedOut()
        : null;

    private TidemarkException TimedOut() =>
        new(
            ErrorKind.Transient,
            "SQL_TIMEOUT",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The query was stopped after {_request.Timeout!.Value.TotalSeconds:0.###} s. Give it longer (--timeout), or ask for less: fewer days, fewer columns."
            )
        );

    private TidemarkException TooLarge() =>
        new(
            ErrorKind.BadRequest,
            "SQL_TOO_LARGE",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The query was stopped: it needs more memory than it may use (engine.memory: {_memory.Engine >> 20} MB). What cannot be written to disk must fit in memory: groups, lists, and up to 2,048 rows at once with all their texts. Ask for fewer rows (--max-rows 100), for fewer or shorter columns, for a file that the engine writes itself (--format parquet -o FILE), or raise engine.memory in tidemark.yaml."
            )
        );
}
