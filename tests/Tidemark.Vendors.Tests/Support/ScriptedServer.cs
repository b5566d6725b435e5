using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Tidemark.Vendors.Tests.Support;

/// <summary>
/// An HTTP server on loopback that answers each request with the next line of a script, byte for byte as the script
/// says: it can drop, reset, stall and lie about lengths, which no well-behaved server would.
/// </summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Reply> _script = new();
    private readonly ConcurrentQueue<JsonElement> _requests = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private int _connections;

    public ScriptedServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}/dataapi");

    /// <summary>The JSON bodies received, in order.</summary>
    public IReadOnlyList<JsonElement> Requests => [.. _requests];

    public int Connections => _connections;

    public ScriptedServer Then(params Reply[] replies)
    {
        foreach (var reply in replies)
        {
            _script.Enqueue(reply);
        }

        return this;
    }

    public ScriptedServer Then(params string[] bodies) => Then([.. bodies.Select(Reply.Json)]);

    /// <summary>Until one more request has arrived than at the last call.</summary>
    public Task RequestArrivedAsync() => _arrived.WaitAsync();

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var socket = await _listener.AcceptSocketAsync(_stop.Token);
            Interlocked.Increment(ref _connections);
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            await using var stream = new NetworkStream(socket);
            while (await ReadRequestAsync(stream) is { } body)
            {
                _requests.Enqueue(JsonDocument.Parse(body).RootElement);
                var hasReply = _script.TryDequeue(out var reply);
                _arrived.Release();
                if (!hasReply)
                {
                    return; // out of script: a dropped connection, which the test will notice
                }

                if (!await reply!.SendAsync(socket, stream, _stop.Token))
                {
                    return;
                }
            }
        }
    }

    private async Task<byte[]?> ReadRequestAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        var length = head.ToString()
            .Split("\r\n")
            .Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Split(':')[1];
        var body = new byte[int.Parse(length)];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return body;
    }
}

/// <summary>One line of the script. The function sends and says whether the connection stays open.</summary>
internal sealed record Reply(Func<Socket, NetworkStream, CancellationToken, Task<bool>> SendAsync)
{
    public static Reply Json(string body) => Bytes(Encoding.UTF8.GetBytes(body));

    public static Reply Bytes(byte[] body, string status = "200 OK", string headers = "") =>
        Raw(Head(status, headers, body.Length), body, keepAlive: true);

    public static Reply Status(string status, string body = "<html>upstream</html>", string headers = "") =>
        Bytes(Encoding.UTF8.GetBytes(body), status, headers);

    public static Reply Gzip(string body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(body));
        }

        return Bytes(packed.ToArray(), headers: "Content-Encoding: gzip\r\n");
    }

    /// <summary>Announces the whole body and sends a part of it.</summary>
    public static Reply DropAfter(string body, int bytes)
    {
        var all = Encoding.UTF8.GetBytes(body);
        return Raw(Head("200 OK", "", all.Length), all[..bytes], keepAlive: false);
    }

    /// <summary>A body that ends with the connection, as HTTP/1.0 has it: a cut cannot be told from the end.</summary>
    public static Reply WithoutLength(string body) =>
        Raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", Encoding.UTF8.GetBytes(body), keepAlive: false);

    /// <summary>A good answer on a connection that is then closed without having said so.</summary>
    public static Reply ThenClose(string body)
    {
        var all = Encoding.UTF8.GetBytes(body);
        return Raw(Head("200 OK", "", all.Length), all, keepAlive: false);
    }

    /// <summary>A first line of one's own, and nothing behind it.</summary>
    public static Reply Line(string line) => Raw($"{line}\r\n\r\n", [], keepAlive: false);

    public static Reply Reset() =>
        new(
            (socket, _, _) =>
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                return Task.FromResult(false);
            }
        );

    public static Reply Stall(string body = "", int bytes = 0) =>
        new(
            async (_, stream, stop) =>
            {
                if (bytes > 0)
                {
                    var all = Encoding.UTF8.GetBytes(body);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(Head("200 OK", "", all.Length)), stop);
                    await stream.WriteAsync(all.AsMemory(0, bytes), stop);
                }

                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                return false;
            }
        );

    private static string Head(string status, string headers, int length) =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n";

    private static Reply Raw(string head, byte[] body, bool keepAlive) =>
        new(
            async (_, stream, stop) =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head), stop);
                await stream.WriteAsync(body, stop);
                return keepAlive;
            }
        );
}
