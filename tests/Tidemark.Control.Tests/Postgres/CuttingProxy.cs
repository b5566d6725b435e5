using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tidemark.Control.Tests.Postgres;

/// <summary>What happens to a connection when its client says COMMIT.</summary>
internal enum Cut
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The server never hears it.</summary>
    Before,

    /// <summary>The server does it, and its answer never comes.</summary>
    After,

    /// <summary>The server does it, and neither an answer comes nor the connection's end.</summary>
    Silence,
}

/// <summary>
/// Stands between a client and a server of PostgreSQL, and cuts the connection at the next COMMIT as it was told to.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private static readonly byte[] s_commit = Encoding.ASCII.GetBytes("COMMIT\0");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port;
    private readonly Task _accepting;
    private int _next;
    private int _cuts;

    public CuttingProxy(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How often it has cut.</summary>
    public int Cuts => _cuts;

    /// <summary>What the next COMMIT meets; the one after it passes.</summary>
    public Cut Next
    {
        set => Interlocked.Exchange(ref _next, (int)value);
    }

    /// <summary>Lets no new connection through.</summary>
    public void Refuse() => _listener.Stop();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                var answered = new TaskCompletionSource();
                var silent = new StrongBox();
                var back = BackAsync(server.GetStream(), client.GetStream(), silent, answered);
                var buffer = new byte[64 * 1024];
                while (await client.GetStream().ReadAsync(buffer, _stop.Token) is var length and > 0)
                {
                    var cut = buffer.AsSpan(0, length).IndexOf(s_commit) >= 0 ? Take() : Cut.None;
                    if (cut == Cut.Before)
                    {
                        return;
                    }

                    silent.IsOn = cut is Cut.After or Cut.Silence;
                    await server.GetStream().WriteAsync(buffer.AsMemory(0, length), _stop.Token);
                    if (cut == Cut.After)
                    {
                        await answered.Task.WaitAsync(_stop.Token); // the server has done it
                        return;
                    }
                }

                server.Client.Shutdown(SocketShutdown.Send);
                await back;
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
                // One of the two has gone.
            }
        }
    }

    private async Task BackAsync(
        NetworkStream server,
        NetworkStream client,
        StrongBox silent,
        TaskCompletionSource answered
    )
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await server.ReadAsync(buffer, _stop.Token) is var length and > 0)
            {
                if (silent.IsOn)
                {
                    answered.TrySetResult();
                    continue;
                }

                await client.WriteAsync(buffer.AsMemory(0, length), _stop.Token);
            }
        }
        catch (Exception error)
            when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other direction notices it, too.
        }
        finally
        {
            answered.TrySetResult();
        }
    }

    private Cut Take()
    {
        var cut = (Cut)Interlocked.Exchange(ref _next, (int)Cut.None);
        if (cut != Cut.None)
        {
            Interlocked.Increment(ref _cuts);
        }

        return cut;
    }

    private sealed class StrongBox
    {
        public volatile bool IsOn;
    }
}
