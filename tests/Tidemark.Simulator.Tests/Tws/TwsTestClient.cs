using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tidemark.Testing.Tws;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>A client that knows frames and nothing else: it sends dumps and reads dumps.</summary>
internal sealed class TwsTestClient : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[1 << 20];
    private int _have;

    private TwsTestClient() => _socket.NoDelay = true;

    /// <summary>How long an answer may take before a test fails; nothing is measured by it.</summary>
    private static TimeSpan Patience => TimeSpan.FromSeconds(30);

    public static async Task<TwsTestClient> ConnectAsync(int port)
    {
        var client = new TwsTestClient();
        await client._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return client;
    }

    /// <summary>A client that has been through everything that happens when it connects.</summary>
    public static async Task<TwsTestClient> StartAsync(int port, int clientId = 1, string greeting = "v100..176")
    {
        var client = await ConnectAsync(port);
        await client.SendAsync($"API␀ {greeting}");
        await client.ReadAsync();
        await client.SendAsync($"71␀2␀{clientId}␀␀");
        for (var i = 0; i < 5; i++)
        {
            await client.ReadAsync();
        }

        return client;
    }

    public async Task SendAsync(params string[] dumps)
    {
        foreach (var dump in dumps)
        {
            await SendBytesAsync(GoldenFrames.BytesOf(dump));
        }
    }

    public async Task SendBytesAsync(byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length; )
        {
            sent += await _socket.SendAsync(bytes.AsMemory(sent));
        }
    }

    /// <summary>The next frame with its prefix.</summary>
    public async Task<byte[]> ReadBytesAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (_have < 4 || _have < 4 + Length())
        {
            var length = await _socket.ReceiveAsync(_buffer.AsMemory(_have), patience.Token);
            if (length == 0)
            {
                throw new EndOfStreamException("The gateway has closed the connection.");
            }

            _have += length;
        }

        var whole = 4 + Length();
        var frame = _buffer[..whole];
        Buffer.BlockCopy(_buffer, whole, _buffer, 0, _have - whole);
        _have -= whole;
        return frame;
    }

    /// <summary>The next frame as a dump.</summary>
    public async Task<string> ReadAsync() =>
        Encoding.ASCII.GetString((await ReadBytesAsync()).AsSpan(4)).Replace('\0', '␀');

    /// <summary>The frames up to the one that begins so, that one included.</summary>
    public async Task<List<string>> ReadUntilAsync(string beginning)
    {
        var frames = new List<string>();
        do
        {
            frames.Add(await ReadAsync());
        } while (!frames[^1].StartsWith(beginning, StringComparison.Ordinal));

        return frames;
    }

    /// <summary>
    /// What comes before the answer to a question about the time: everything that has been said so far.
    /// </summary>
    public async Task<List<string>> ReadAllAsync()
    {
        await SendAsync("49␀1␀");
        var frames = await ReadUntilAsync("49␀1␀");
        frames.RemoveAt(frames.Count - 1);
        return frames;
    }

    /// <summary>Reads to the end of the connection: everything that still came.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var bytes = new List<byte>(_buffer[.._have]);
        try
        {
            while (await _socket.ReceiveAsync(_buffer, patience.Token) is var length and > 0)
            {
                bytes.AddRange(_buffer.AsSpan(0, length));
            }
        }
        catch (SocketException)
        {
            // A reset is an end as well.
        }

        return [.. bytes];
    }

    /// <summary>Says that nothing more will be asked.</summary>
    public void CloseSending() => _socket.Shutdown(SocketShutdown.Send);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private int Length() => BinaryPrimitives.ReadInt32BigEndian(_buffer);
}
