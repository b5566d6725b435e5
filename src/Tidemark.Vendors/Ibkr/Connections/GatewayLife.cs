using Microsoft.Extensions.Logging;

namespace Tidemark.Vendors.Ibkr.Connections;

/// <summary>
/// The connection that there is now. When it ends, another is made with the same client id, again and again, until the
/// caller's limit; who needs one waits for it.
/// </summary>
internal sealed class GatewayLife : IAsyncDisposable
{
    /// <summary>Ids of a pool that are tried when the gateway says that one is in use.</summary>
    private const int IdsTried = 5;

    private const int StandardClientId = 1;
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(30);

    private readonly IbkrClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly Random _jitter;
    private readonly ILogger _logger;
    private readonly GatewayCounters _counters;
    private readonly MessageBudget _budget;
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource<GatewayConnection> _current = NewSource();
    private ClientIdLease? _lease;
    private int? _port;
    private int _lastId;
    private Task _watch = Task.CompletedTask;

    public GatewayLife(
        IbkrClientOptions options,
        TimeProvider clock,
        Random jitter,
        ILogger logger,
        GatewayCounters counters,
        MessageBudget budget
    )
    {
        (_options, _clock, _jitter, _logger) = (options, clock, jitter, logger);
        (_counters, _budget, MarketDataType) = (counters, budget, options.MarketDataType);
    }

    /// <summary>The kind of quotes that every new connection asks for.</summary>
    public MarketDataType MarketDataType { get; set; }

    /// <summary>The last connection that was ready; it may have ended.</summary>
    public GatewayConnection? Last { get; private set; }

    /// <exception cref="IbkrException">The first connection cannot be made.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var first = await OpenAsync(cancellationToken);
        _current.SetResult(first);
        _watch = WatchAsync(first);
    }

    /// <summary>A connection whose gateway has its link to IBKR. Waits while there is none.</summary>
    /// <exception cref="IbkrException">There will be none.</exception>
    public async ValueTask<GatewayConnection> ConnectedAsync(string request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var connection = await Volatile.Read(ref _current).Task.WaitAsync(cancellationToken);
            if (!connection.Link.IsCompleted)
            {
                await WaitForLinkAsync(connection, request, cancellationToken);
            }

            if (!connection.Closed.IsCompleted)
            {
                return connection;
            }

            // It has just ended, and the watch is about to take it away.
            await Task.Yield();
        }
    }

    /// <summary>A number that no request of this client has had.</summary>
    public int NextId() => Interlocked.Increment(ref _lastId);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch;
        if (Last is { } connection)
        {
            await connection.DisposeAsync();
        }

        _lease?.Dispose();
        _stop.Dispose();
    }

    private string Where => $"{_options.Host}:{_port ?? _options.Port}";

    private static TaskCompletionSource<GatewayConnection> NewSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WaitForLinkAsync(
        GatewayConnection connection,
        string request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await Task.WhenAny(connection.Link, connection.Closed)
                .WaitAsync(_options.ReconnectFor, _clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw IbkrErrors.LinkDown(request, connection.Where, _options.ReconnectFor);
        }
    }

    private async Task WatchAsync(GatewayConnection connection)
    {
        while (true)
        {
            var reason = await connection.Closed.WaitAsync(_stop.Token).ContinueWith(Result, TaskScheduler.Default);
            Volatile.Write(ref _current, NewSource());
            if (reason is null)
            {
                _current.SetException(IbkrErrors.Disposed("connect"));
                return;
            }

            _logger.Lost(reason.Message);
            _port = connection.NextPort ?? _port;
            await connection.DisposeAsync();
            try
            {
                connection = await ReopenAsync(reason);
                Interlocked.Increment(ref _counters.Reconnects);
                _logger.Back(connection.Where);
                _current.TrySetResult(connection);
            }
            catch (OperationCanceledException)
            {
                _current.TrySetException(IbkrErrors.Disposed("connect"));
                return;
            }
            catch (Exception e)
            {
                // No connection is tried after this, whatever the error: the waiting requests must end with it.
                _logger.GaveUp(e.Message);
                _current.TrySetException(e as IbkrException ?? IbkrErrors.Lost(Where, e.Message, e));
                return;
            }
        }

        static IbkrException? Result(Task<IbkrException> closed) => closed.IsCanceled ? null : closed.Result;
    }

    private async Task<GatewayConnection> ReopenAsync(IbkrException reason)
    {
        var began = _clock.GetTimestamp();
        var delay = TimeSpan.Zero;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Task.Delay(delay, _clock, _stop.Token);
                return await OpenAsync(_stop.Token);
            }
            catch (IbkrException e) when (e.Code != IbkrErrorCodes.Version)
            {
                reason = e;
                delay = Delay(attempt);
                if (_clock.GetElapsedTime(began) + delay > _options.ReconnectFor)
                {
                    throw IbkrErrors.GaveUp(Where, _clock.GetElapsedTime(began), reason);
                }
            }
        }
    }

    private TimeSpan Delay(int attempt)
    {
        var median = _options.ReconnectDelay * Math.Pow(2, Math.Min(attempt, 10));
        var jittered = (median < s_longestDelay ? median : s_longestDelay) * (0.5 + _jitter.NextDouble());
        return jittered;
    }

    private async Task<GatewayConnection> OpenAsync(CancellationToken cancellationToken)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                var connection = await OpenAsync(Id(), cancellationToken);
                Last = connection;
                if (MarketDataType != MarketDataType.Live)
                {
                    // Only once it is the last one: from now on, a change of the kind reaches it directly.
                    connection.SendMarketDataType(MarketDataType);
                }

                return connection;
            }
            catch (IbkrException e)
                when (e.Code == IbkrErrorCodes.ClientId && _options.ClientId is null && tried < IdsTried)
            {
                if (_options.ClientIds is not { } pool || _lease is not { } refused)
                {
                    throw;
                }

                // Given back only when the next is taken, so that it is not the same one again.
                _lease = pool.Take(refused.Id);
                refused.Dispose();
            }
        }
    }

    private int Id() => _options.ClientId ?? (_lease ??= _options.ClientIds?.Take(null))?.Id ?? StandardClientId;

    private async Task<GatewayConnection> OpenAsync(int clientId, CancellationToken cancellationToken)
    {
        var port = _port ?? _options.Port;
        var connection = await GatewayConnection.OpenAsync(
            _options,
            port,
            clientId,
            _clock,
            _counters,
            _budget,
            cancellationToken
        );
        _lastId = Math.Max(_lastId, connection.FirstId - 1);
        return connection;
    }
}
