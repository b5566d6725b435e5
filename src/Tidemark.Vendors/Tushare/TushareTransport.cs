using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// One HTTP exchange: posts a request, brings the whole body, turns every way in which that fails into a
/// <see cref="VendorException"/>.
/// </summary>
internal sealed class TushareTransport(HttpClient http, TushareClientOptions options, TimeProvider clock)
{
    private readonly byte[] _token = Encoding.UTF8.GetBytes(options.Token);

    /// <summary>Scheme, host and port: all of the url that may stand in a message.</summary>
    private readonly string _where = options.Url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>
    /// Posts one page's request and returns its body, in which the token, should the vendor repeat it, is masked in
    /// whatever spelling.
    /// </summary>
    public async Task<AnswerBody> PostAsync(
        VendorRequest request,
        int limit,
        int offset,
        CancellationToken cancellationToken
    )
    {
        using var timeout = new CancellationTokenSource(options.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var body = new AnswerBody(options.BodyBytesMax);
        var isDone = false;
        var hasBegun = false;
        try
        {
            using var message = Message(request, limit, offset);
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, both.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw TushareErrors.Status(
                    request.Api,
                    _where,
                    (int)response.StatusCode,
                    Wait(response.Headers.RetryAfter)
                );
            }

            hasBegun = true;
            await using var stream = await response.Content.ReadAsStreamAsync(both.Token);
            if (!await body.ReadAsync(stream, response.Content.Headers.ContentLength, both.Token))
            {
                throw TushareErrors.TooLarge(request.Api, options.BodyBytesMax);
            }

            body.Mask(options.Secrets);

            isDone = true;
            return body;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw TushareErrors.TimedOut(request.Api, _where, options.Timeout, Clean(e));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw hasBegun
                ? TushareErrors.Lost(request.Api, _where, body.Length, Clean(e))
                : TushareErrors.Unreachable(request.Api, _where, Clean(e));
        }
        catch (InvalidDataException e)
        {
            throw TushareErrors.Lost(request.Api, _where, body.Length, Clean(e)); // the compressed body cannot be unpacked
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

    private HttpRequestMessage Message(VendorRequest request, int limit, int offset) =>
        new(HttpMethod.Post, options.Url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new ReadOnlyMemoryContent(Write(request, limit, offset))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") },
            },
        };

    /// <summary>Fields are always named: the vendor's default columns differ from the declared ones.</summary>
    private ReadOnlyMemory<byte> Write(VendorRequest request, int limit, int offset)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("api_name"u8, request.Api);
        json.WriteString("token"u8, _token);
        json.WriteStartObject("params"u8);
        foreach (var (name, value) in request.Parameters)
        {
            json.WriteString(name, value);
        }

        json.WriteNumber("limit"u8, limit);
        json.WriteNumber("offset"u8, offset);
        json.WriteEndObject();
        json.WriteString("fields"u8, string.Join(',', request.Columns.Select(c => c.Field).Distinct()));
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private TimeSpan? Wait(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
}
