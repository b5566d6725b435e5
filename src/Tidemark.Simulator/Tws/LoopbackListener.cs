using System.Net;
using System.Net.Sockets;

namespace Tidemark.Simulator.Tws;

/// <summary>Accepts connections on 127.0.0.1 and serves each until it ends or the listener is disposed.</summary>
internal sealed class LoopbackListener : IAsyncDisposable
{
    private const int Backlog = 128;

    private readonly Socket _socket;
    private readonly Func<Socket, CancellationToken, Task> _serve;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _connections = [];
    private readonly Task _accepting;

    private LoopbackListener(Socket socket, Func<Socket, CancellationToken, Task> serve)
    {
        _socket = socket;
        _serve = serve;
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <exception cref="IOException">The port is taken.</exception>
    public static LoopbackListener Start(int port, Func<Socket, CancellationToken, Task> serve)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(Backlog);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new IOException($"Port {port} of 127.0.0.1 cannot be listened on: {error.Message}.", error);
        }

        return new LoopbackListener(socket, serve);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _accepting;
        Task[] open;
        lock (_gate)
        {
            open = [.. _connections];
        }

        await Task.WhenAll(open);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _socket.AcceptAsync(_stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client left before it was accepted.
                continue;
            }

            var serving = ServeAsync(client);
            lock (_gate)
            {
                _connections.Add(serving);
            }

            _ = ForgetAsync(serving);
        }
    }

    private async Task ForgetAsync(Task serving)
    {
        await serving;
        lock (_gate)
        {
            _connections.Remove(serving);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await Task.Yield();
                await _serve(client, _stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or IOException)
            {
                // The connection has ended; nothing else is of interest.
            }
        }
    }
}
