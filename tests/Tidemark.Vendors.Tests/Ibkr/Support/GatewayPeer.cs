using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tidemark.Testing.Tws;

namespace Tidemark.Vendors.Tests.Ibkr.Support;

/// <summary>
/// The other end of the wire, played by a test: a socket on loopback whose every connection is given to the test's
/// script. It knows frames and fields, and what else is said is the script's.
/// </summary>
internal sealed class GatewayPeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _sessions = [];
    private readonly Func<PeerSession, Task> _play;
    private readonly Task _accepting;
    private int _connections;

    /// <param name="play">Called for each connection; when it returns, the connection is closed.</param>
    public GatewayPeer(Func<PeerSession, Task> play)
    {
        _play = play;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>What went wrong in scripts: a test that wants to know asks at its end.</summary>
    public ConcurrentQueue<Exception> Faults { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting; // before its listener goes: a listener that has stopped refuses the next wait
        _listener.Dispose();
        await Task.WhenAll(_sessions);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                var number = Interlocked.Increment(ref _connections);
                _sessions.Add(ServeAsync(new PeerSession(socket, number, _stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(PeerSession session)
    {
        using (session)
        {
            try
            {
                await Task.Yield();
                await _play(session);
            }
            catch (Exception e)
                when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The client went, or the test has ended.
            }
            catch (Exception e)
            {
                Faults.Enqueue(e);
            }
        }
    }
}

/// <summary>One connection of a client.</summary>
internal sealed class PeerSession(Socket socket, int number, CancellationToken stop) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    /// <summary>1 for the first connection.</summary>
    public int Number => number;

    public CancellationToken Stop => stop;

    /// <summary>Whether more has come than was read.</summary>
    public bool HasMore => _stream.DataAvailable;

    /// <summary>Greeting, start, and what makes a session ready; returns the client id.</summary>
    public async Task<int> StartAsync(string account = "DU1234567", int nextId = 1)
    {
        await HelloAsync();
        await SendAsync("176␀20251120 22:15:30 Eastern Standard Time␀");
        var start = await ReadAsync();
        start[0].ShouldBe("71");
        await SendAsync($"15␀1␀{account}␀", $"9␀1␀{nextId}␀");
        return int.Parse(start[2]);
    }

    public async Task HelloAsync()
    {
        (await ReadExactlyAsync(4)).ShouldBe("API\0"u8.ToArray());
        (await ReadAsync()).ShouldBe(["v100..176"]);
    }

    /// <summary>The fields of the client's next message.</summary>
    public async Task<string[]> ReadAsync()
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(await ReadExactlyAsync(sizeof(int)));
        var text = Encoding.ASCII.GetString(await ReadExactlyAsync(length));
        return text.TrimEnd('\0').Length == text.Length ? [text] : text[..^1].Split('\0');
    }

    public Task SendAsync(params string[] dumps) => SendAsync([.. dumps.SelectMany(GoldenFrames.BytesOf)]);

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes, stop);

    /// <summary>Ends without a farewell.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    /// <summary>Says nothing until the test has ended or the client has gone.</summary>
    public async Task StallAsync()
    {
        while (true)
        {
            await ReadExactlyAsync(1);
        }
    }

    public void Dispose() => _stream.Dispose();

    public async Task<byte[]> ReadExactlyAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, stop);
        return bytes;
    }
}
