using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Tidemark.EndToEnd.Tests.Support;

/// <summary>What a hostile vendor sends.</summary>
/// <param name="Body">The bytes of the body.</param>
/// <param name="Headers">Lines of the head beside the length, each with its end.</param>
/// <param name="Status">The HTTP status.</param>
internal sealed record HostileAnswer(byte[] Body, string Headers = "", int Status = 200)
{
    /// <summary>The connection is closed instead of an answer.</summary>
    public static HostileAnswer HangUp { get; } = new([], Status: 0);

    public static HostileAnswer Of(string body) => new(Encoding.UTF8.GetBytes(body));
}

/// <summary>A vendor of Tushare's protocol on loopback that answers with whatever bytes a test gives it.</summary>
internal sealed class HostileVendor : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<JsonElement, HostileAnswer> _answer;

    /// <param name="answer">Gets the api and the parameters.</param>
    public HostileVendor(Func<string, JsonElement, HostileAnswer> answer)
        : this(request => answer(request.GetProperty("api_name").GetString()!, request.GetProperty("params"))) { }

    /// <param name="answer">Gets the whole request.</param>
    public HostileVendor(Func<JsonElement, HostileAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _ = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>Rows as the vendor sends them.</summary>
    public static string Rows(string fields, IEnumerable<string> rows, string more = "false") =>
        $"{{\"request_id\":\"x\",\"code\":0,\"msg\":\"\",\"data\":{{\"fields\":[{string.Join(',', fields.Split(' ').Select(f => $"\"{f}\""))}],"
        + $"\"items\":[{string.Join(',', rows)}],\"has_more\":{more}}}}}";

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            await using var stream = new NetworkStream(socket);
            try
            {
                while (await ReadAsync(stream) is { } request)
                {
                    var answer = _answer(request);
                    if (answer.Status == 0)
                    {
                        return;
                    }

                    var head =
                        $"HTTP/1.1 {answer.Status} Said\r\nContent-Type: application/json\r\n{answer.Headers}Content-Length: {answer.Body.Length}\r\n\r\n";
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token);
                    await stream.WriteAsync(answer.Body, _stop.Token);
                }
            }
            catch (IOException)
            {
                // A client that has had enough hangs up.
            }
        }
    }

    private async Task<JsonElement?> ReadAsync(NetworkStream stream)
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
        var body = new byte[int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return JsonDocument.Parse(body).RootElement;
    }
}
