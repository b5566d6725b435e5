using System.Net;
using System.Net.Http.Headers;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Http;

/// <summary>A whole answer. The body is the caller's to dispose of.</summary>
internal readonly record struct HttpAnswer(HttpStatusCode Status, TimeSpan? RetryAfter, AnswerBody Body);

/// <summary>
/// One HTTP exchange: sends a request, brings the whole body, turns every way in which that fails into a
/// <see cref="VendorException"/>.
/// </summary>
internal sealed class HttpExchange(HttpClient http, AnswerErrors errors, HttpClientOptions options, TimeProvider clock)
{
    /// <summary>
    /// Connections as vendors like them: unpacks, follows no redirect (a token may be in the body), renews addresses.
    /// </summary>
    public static SocketsHttpHandler CreateHandler() =>
        new()
        {
            AutomaticDecompression = DecompressionMethods.All,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
        };

    /// <summary>Scheme, host and port: all of the url that may stand in a message.</summary>
    public string Where { get; } = options.Url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>From sending to the last byte of the answer.</summary>
    public TimeSpan Timeout { get; init; } = options.Timeout;

    /// <param name="api">For messages.</param>
    /// <param name="message">The request.</param>
    /// <param name="readsRefusals">
    /// Whether the body of a status other than 200 says what is wrong; else such a status is an error by itself.
    /// </param>
    /// <param name="cancellationToken">Ends the exchange.</param>
    public async Task<HttpAnswer> SendAsync(
        string api,
        HttpRequestMessage message,
        bool readsRefusals,
        CancellationToken cancellationToken
    )
    {
        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var body = new AnswerBody(options.BodyBytesMax);
        var isDone = false;
        var hasBegun = false;
        try
        {
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var retryAfter = Wait(response.Headers.RetryAfter);
            if (response.StatusCode != HttpStatusCode.OK && !readsRefusals)
            {
                throw errors.Status(api, Where, (int)response.StatusCode, retryAfter);
            }

            hasBegun = true;
            await using var stream = await response.Content.ReadAsStreamAsync(both.Token);
            if (!await body.ReadAsync(stream, response.Content.Headers.ContentLength, both.Token))
            {
                throw errors.TooLarge(api, options.BodyBytesMax);
            }

            body.Mask(options.Secrets);
            isDone = true;
            return new HttpAnswer(response.StatusCode, retryAfter, body);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw errors.TimedOut(api, Where, Timeout, Clean(e));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw hasBegun ? errors.Lost(api, Where, body.Length, Clean(e)) : errors.Unreachable(api, Where, Clean(e));
        }
        catch (InvalidDataException e)
        {
            throw errors.Lost(api, Where, body.Length, Clean(e)); // the compressed body cannot be unpacked
        }
        finally
        {
            if (!isDone)
            {
                body.Dispose();
            }
        }
    }

    /// <summary>
    /// The error, or its masked words alone where it quotes a secret: a status line that is none is quoted whole.
    /// </summary>
    private Exception Clean(Exception error)
    {
        var text = error.ToString();
        return ReferenceEquals(options.Secrets.Mask(text), text)
            ? error
            : new IOException(options.Secrets.Mask(error.Message));
    }

    private TimeSpan? Wait(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
}
