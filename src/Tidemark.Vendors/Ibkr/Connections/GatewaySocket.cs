using System.Net.Sockets;
using Tidemark.Vendors.Ibkr.Wire;

namespace Tidemark.Vendors.Ibkr.Connections;

/// <summary>A TCP connection to a gateway that has answered the greeting with version 176, and nothing more.</summary>
internal sealed class GatewaySocket : IDisposable
{
    private static readonly byte[] s_version = "176"u8.ToArray();
    private readonly Socket _socket;
    private readonly FrameBuffer _received = new();

    private GatewaySocket(Socket socket, string where) => (_socket, Where) = (socket, where);

    /// <summary>Host and port, for messages.</summary>
    public string Where { get; }

    /// <summary>Connects and greets.</summary>
    /// <exception cref="IbkrException">Nobody there, silent, dropped, no gateway, another version.</exception>
    public static async Task<GatewaySocket> OpenAsync(
        string host,
        int port,
        TimeSpan timeout,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var where = $"{host}:{port}";
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var gateway = new GatewaySocket(socket, where);
        try
        {
            using var deadline = new CancellationTokenSource(timeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            await gateway.ConnectAsync(host, port, cancellationToken, either.Token);
            await gateway.GreetAsync(timeout, cancellationToken, either.Token);
            return gateway;
        }
        catch
        {
            gateway.Dispose();
            throw;
        }
    }

    /// <summary>Whether a port that is silent when greeted answers a web request.</summary>
    public static async Task<bool> SpeaksHttpAsync(
        string host,
        int port,
        TimeSpan timeout,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, either.Token);
            await socket.SendAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), either.Token);
            var begin = new byte[4];
            var received = await socket.ReceiveAsync(begin, either.Token);
            return begin.AsSpan(0, received).SequenceEqual("HTTP"u8);
        }
        catch (Exception e)
            when (e is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var sent = await _socket.SendAsync(bytes, cancellationToken);
            bytes = bytes[sent..];
        }
    }

    /// <summary>Waits for more; false when the gateway has closed the connection.</summary>
    public async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        var bytes = await _socket.ReceiveAsync(_received.Free(), cancellationToken);
        _received.Commit(bytes);
        return bytes > 0;
    }

    /// <inheritdoc cref="FrameBuffer.TryRead"/>
    public bool TryRead(out ReadOnlySpan<byte> payload, out bool isGarbage) =>
        _received.TryRead(out payload, out isGarbage);

    public void Dispose() => _socket.Dispose();

    private async Task ConnectAsync(
        string host,
        int port,
        CancellationToken cancellationToken,
        CancellationToken timeLimited
    )
    {
        try
        {
            await _socket.ConnectAsync(host, port, timeLimited);
        }
        catch (SocketException e)
        {
            throw IbkrErrors.Unreachable(Where, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw IbkrErrors.Unreachable(Where, new TimeoutException("no connection in time", e));
        }
    }

    private async Task GreetAsync(TimeSpan timeout, CancellationToken cancellationToken, CancellationToken timeLimited)
    {
        var hello = new RequestWriter();
        hello.Hello();
        try
        {
            await SendAsync(hello.Written, timeLimited);
            while (!TryReadVersion())
            {
                if (!await ReceiveAsync(timeLimited))
                {
                    throw IbkrErrors.Dropped(Where, "without answering the greeting", inner: null);
                }
            }
        }
        catch (SocketException e)
        {
            throw IbkrErrors.Dropped(Where, "without answering the greeting", e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw IbkrErrors.Silent(Where, timeout, "answer to the greeting");
        }
    }

    private bool TryReadVersion()
    {
        // No gateway's answer is as long as what the first letters of another protocol make of its length.
        if (!TryRead(out var payload, out var isGarbage))
        {
            return isGarbage ? throw IbkrErrors.NotIb(Where, _received.Unread) : false;
        }

        var fields = new FieldReader(payload);
        var version = fields.Next();
        fields.Skip(1);
        if (fields.IsBroken)
        {
            throw IbkrErrors.NotIb(Where, payload);
        }

        return version.SequenceEqual(s_version) ? true : throw IbkrErrors.Version(Where, version);
    }
}
