using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Tidemark.Vendors.Ibkr.Wire;

namespace Tidemark.Vendors.Ibkr.Connections;

/// <summary>
/// One connection from greeting to end: a thread of execution that reads and decodes, one that writes, and the requests
/// that are open on it. It is never made whole again: its end ends all its requests, and the client opens another.
/// </summary>
internal sealed partial class GatewayConnection : IAsyncDisposable
{
    private readonly GatewaySocket _socket;
    private readonly TimeProvider _clock;
    private readonly GatewayCounters _counters;
    private readonly MessageBudget _budget;
    private readonly FrameDecoder _decoder;
    private readonly ConcurrentDictionary<int, GatewayRequest> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _written = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    private readonly TaskCompletionSource<IbkrException> _closed = NewSource<IbkrException>();
    private readonly TaskCompletionSource _ready = NewSource();
    private readonly Lock _writing = new();
    private RequestWriter _toWrite = new();

    /// <summary>The kind of quotes that the gateway was told last; what every connection begins with.</summary>
    private MarketDataType _told = MarketDataType.Live;
    private long _lastArrival;
    private Task _work = Task.CompletedTask;

    private GatewayConnection(
        GatewaySocket socket,
        int clientId,
        TimeProvider clock,
        GatewayCounters counters,
        MessageBudget budget
    )
    {
        (_socket, ClientId, _clock, _counters, _budget) = (socket, clientId, clock, counters, budget);
        _decoder = new FrameDecoder(this);
        _lastArrival = clock.GetTimestamp();
    }

    public int ClientId { get; }

    public string Where => _socket.Where;

    /// <summary>Completes when the connection has ended, with the reason.</summary>
    public Task<IbkrException> Closed => _closed.Task;

    /// <summary>Connects, starts the api and waits until the session is ready.</summary>
    /// <exception cref="IbkrException">
    /// Nobody there, silent, dropped, no gateway, another version, client id in use, no account.
    /// </exception>
    public static async Task<GatewayConnection> OpenAsync(
        IbkrClientOptions options,
        int port,
        int clientId,
        TimeProvider clock,
        GatewayCounters counters,
        MessageBudget budget,
        CancellationToken cancellationToken
    )
    {
        var socket = await GatewaySocket.OpenAsync(
            options.Host,
            port,
            options.ConnectTimeout,
            clock,
            cancellationToken
        );
        var connection = new GatewayConnection(socket, clientId, clock, counters, budget);
        try
        {
            await connection.StartAsync(options, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a request; when the connection has ended, the request ends as lost.</summary>
    public void Send(GatewayRequest request, int id)
    {
        request.Id = id;
        _open[id] = request;
        lock (_writing)
        {
            Interlocked.Increment(ref _counters.Sent);
            request.OnSending(_told);
            request.Write(_toWrite);
        }

        _written.Writer.TryWrite(true);
        if (_closed.Task.IsCompleted && _open.TryRemove(id, out _))
        {
            request.End(RequestEnd.Lost, _closed.Task.Result);
        }
    }

    /// <summary>Answers to this request are dropped from now on.</summary>
    public void Forget(GatewayRequest request) => _open.TryRemove(request.Id, out _);

    public void SendCancel(GatewayRequest request) => Write(request, static (r, writer) => r.WriteCancel(writer));

    public void SendMarketDataType(MarketDataType type) =>
        Write(
            (this, type),
            static (told, writer) =>
            {
                told.Item1._told = told.type;
                writer.MarketDataType(told.type);
            }
        );

    /// <summary>The gateway's clock. The answer belongs to no request: all who wait get the same.</summary>
    public Task<long> CurrentTimeAsync()
    {
        var answer = _time;
        Write(0, static (_, writer) => writer.CurrentTime());
        return answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        Close(IbkrErrors.Disposed("connect"));
        await _work;
        _stop.Dispose();
        _socket.Dispose();
    }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task StartAsync(IbkrClientOptions options, CancellationToken cancellationToken)
    {
        _work = Task.WhenAll(ReadAsync(), WriteAsync(), BeatAsync(options.Heartbeat, options.ConnectTimeout));
        Write(ClientId, static (id, writer) => writer.StartApi(id));
        try
        {
            await Task.WhenAny(_ready.Task, _closed.Task).WaitAsync(options.ConnectTimeout, _clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw _hasId
                ? IbkrErrors.NoAccount(Where)
                : IbkrErrors.Silent(Where, options.ConnectTimeout, "sign that the session is ready");
        }

        if (_closed.Task.IsCompleted)
        {
            throw _closed.Task.Result;
        }
    }

    private void Write<T>(T state, Action<T, RequestWriter> write)
    {
        lock (_writing)
        {
            Interlocked.Increment(ref _counters.Sent);
            write(state, _toWrite);
        }

        _written.Writer.TryWrite(true);
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _socket.ReceiveAsync(_stop.Token))
            {
                Volatile.Write(ref _lastArrival, _clock.GetTimestamp());
                if (!DecodeAll())
                {
                    Close(IbkrErrors.Garbled(Where, "a length that no message has"));
                    return;
                }
            }

            Close(
                _ready.Task.IsCompleted
                    ? IbkrErrors.Lost(Where, "it closed it")
                    : IbkrErrors.Dropped(Where, "after the session was asked for", inner: null)
            );
        }
        catch (Exception e)
        {
            // Whatever the error, this connection is no longer read: it is over, and every open request must end.
            Close(
                _ready.Task.IsCompleted
                    ? IbkrErrors.Lost(Where, e.Message, e)
                    : IbkrErrors.Dropped(Where, "after the session was asked for", e)
            );
        }
    }

    private bool DecodeAll()
    {
        var messages = 0;
        bool isGarbage;
        while (_socket.TryRead(out var payload, out isGarbage))
        {
            _decoder.Decode(payload);
            messages++;
        }

        Interlocked.Add(ref _counters.Received, messages);
        return !isGarbage;
    }

    private async Task WriteAsync()
    {
        var full = new RequestWriter();
        try
        {
            while (await _written.Reader.WaitToReadAsync(_stop.Token))
            {
                _written.Reader.TryRead(out _);
                lock (_writing)
                {
                    (full, _toWrite) = (_toWrite, full);
                }

                await _socket.SendAsync(full.Written, _stop.Token);
                full.Clear();
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The reader sees the same end, and perhaps the gateway's last words before it.
        }
    }

    /// <summary>
    /// Silence is legal on a calm day, and a dead peer is silent too: after a while without data it is asked for the
    /// time, and must answer.
    /// </summary>
    private async Task BeatAsync(TimeSpan quiet, TimeSpan patience)
    {
        try
        {
            while (true)
            {
                var sinceLast = _clock.GetElapsedTime(Volatile.Read(ref _lastArrival));
                if (sinceLast < quiet)
                {
                    await Task.Delay(quiet - sinceLast, _clock, _stop.Token);
                    continue;
                }

                var before = Volatile.Read(ref _lastArrival);
                _budget.TakeNow();
                _ = CurrentTimeAsync();
                await Task.Delay(patience, _clock, _stop.Token);
                if (Volatile.Read(ref _lastArrival) == before)
                {
                    Close(IbkrErrors.Lost(Where, "it answers no more"));
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
    }

    private void Close(IbkrException reason)
    {
        if (!_closed.TrySetResult(reason))
        {
            return;
        }

        _stop.Cancel();
        _socket.Dispose();
        foreach (var (id, request) in _open)
        {
            if (_open.TryRemove(id, out _))
            {
                request.End(RequestEnd.Lost, reason);
            }
        }

        _time.TrySetException(reason);
        _link.TrySetResult();
    }
}
