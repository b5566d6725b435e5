using System.Net;
using System.Text;
using System.Xml.Linq;

namespace Tidemark.Testing.Stores;

/// <summary>
/// Makes faults between a store and an S3 server, by a seed: answers are lost after the server has applied the request,
/// the server fails or asks to slow down, bodies are cut, listings lag behind. Counts the faults. Thread-safe.
/// </summary>
/// <param name="seed">Reproduces the faults as far as the order of the requests is the same.</param>
/// <param name="share">The share of requests that fail, from 0 to 1; of listings always half fail.</param>
public sealed class FaultyS3Handler(int seed, double share) : DelegatingHandler(new SocketsHttpHandler())
{
    private const int LagsBehind = 4;
    private const double ListShare = 0.5; // a lake lists seldom
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Queue<string> _recent = new();
    private readonly SortedDictionary<string, int> _done = new(StringComparer.Ordinal);

    /// <summary>The number of times that each fault was made.</summary>
    public IReadOnlyDictionary<string, int> Done
    {
        get
        {
            lock (_lock)
            {
                return new SortedDictionary<string, int>(_done, StringComparer.Ordinal);
            }
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var isList = request.RequestUri!.Query.Contains("list-type", StringComparison.Ordinal);
        switch (Next(request.Method, isList))
        {
            case "500":
                return Refusal(request, HttpStatusCode.InternalServerError, "InternalError");
            case "503":
                return Refusal(request, HttpStatusCode.ServiceUnavailable, "SlowDown");
            case "lost answer":
                using (await base.SendAsync(request, cancellationToken))
                {
                    throw new TaskCanceledException("injected: the answer to an applied request was lost");
                }

            case "cut body":
                return await CutAsync(await base.SendAsync(request, cancellationToken), cancellationToken);
            case "lagging list":
                return await LagAsync(await base.SendAsync(request, cancellationToken), cancellationToken);
            default:
                var response = await base.SendAsync(request, cancellationToken);
                if (request.Method == HttpMethod.Put && response.IsSuccessStatusCode)
                {
                    Remember(Uri.UnescapeDataString(request.RequestUri.AbsolutePath));
                }

                return response;
        }
    }

    private string? Next(HttpMethod method, bool isList)
    {
        lock (_lock)
        {
            if (_random.NextDouble() >= (isList ? ListShare : share))
            {
                return null;
            }

            string[] faults =
                isList ? ["500", "lagging list", "lagging list", "cut body"]
                : method == HttpMethod.Get ? ["500", "503", "cut body"]
                : ["500", "503", "lost answer"];
            var fault = faults[_random.Next(faults.Length)];
            _done[fault] = _done.GetValueOrDefault(fault) + 1;
            return fault;
        }
    }

    private void Remember(string path)
    {
        lock (_lock)
        {
            _recent.Enqueue(path);
            while (_recent.Count > LagsBehind)
            {
                _recent.Dequeue();
            }
        }
    }

    private static HttpResponseMessage Refusal(HttpRequestMessage request, HttpStatusCode status, string code) =>
        new(status)
        {
            RequestMessage = request,
            Content = new StringContent(
                $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>injected</Message></Error>",
                Encoding.UTF8,
                "application/xml"
            ),
        };

    // The announced length shrinks with the body, so only the content shows the fault.
    private async Task<HttpResponseMessage> CutAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        int kept;
        lock (_lock)
        {
            kept = body.Length == 0 ? 0 : _random.Next(body.Length);
        }

        return With(response, body[..kept]);
    }

    private async Task<HttpResponseMessage> LagAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = XDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        string[] recent;
        lock (_lock)
        {
            recent = [.. _recent];
        }

        body.Descendants()
            .Where(e => e.Name.LocalName == "Contents")
            .Where(e =>
                e.Elements()
                    .Any(k =>
                        k.Name.LocalName == "Key"
                        && Array.Exists(recent, r => r.EndsWith('/' + k.Value, StringComparison.Ordinal))
                    )
            )
            .ToList()
            .ForEach(e => e.Remove());
        return With(response, Encoding.UTF8.GetBytes(body.ToString(SaveOptions.DisableFormatting)));
    }

    private static HttpResponseMessage With(HttpResponseMessage response, byte[] body)
    {
        var content = new ByteArrayContent(body);
        foreach (var (name, values) in response.Content.Headers)
        {
            if (name != "Content-Length")
            {
                content.Headers.TryAddWithoutValidation(name, values);
            }
        }

        response.Content = content;
        return response;
    }
}

/// <summary>
/// Lets a test answer instead of the server, or change the server's answer. As thread-safe as its function.
/// </summary>
public sealed class InterceptingHandler(
    Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> intercept
) : DelegatingHandler(new SocketsHttpHandler())
{
    /// <summary>An error as an S3 server words it.</summary>
    public static HttpResponseMessage Error(HttpStatusCode status, string code) =>
        new(status)
        {
            Content = new StringContent(
                $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>injected</Message></Error>",
                Encoding.UTF8,
                "application/xml"
            ),
        };

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    ) => intercept(request, () => base.SendAsync(request, cancellationToken));
}
