using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Tidemark.Vendors.Http;

namespace Tidemark.Vendors.Tushare;

/// <summary>Posts a request as Tushare wants it.</summary>
internal sealed class TushareTransport(HttpClient http, TushareClientOptions options, TimeProvider clock)
{
    private readonly HttpExchange _exchange = new(http, TushareErrors.Answer, options, clock);

    /// <summary>
    /// Posts one page's request and returns the answer, in which the token, should the vendor repeat it, is masked in
    /// whatever spelling.
    /// </summary>
    public async Task<HttpAnswer> PostAsync(
        VendorRequest request,
        int limit,
        int offset,
        ReadOnlyMemory<byte> token,
        CancellationToken cancellationToken
    )
    {
        using var message = Message(request, limit, offset, token.Span);
        return await _exchange.SendAsync(request.Api, message, readsRefusals: false, cancellationToken);
    }

    private HttpRequestMessage Message(VendorRequest request, int limit, int offset, ReadOnlySpan<byte> token) =>
        new(HttpMethod.Post, options.Url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new ReadOnlyMemoryContent(Write(request, limit, offset, token))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") },
            },
        };

    /// <summary>
    /// Fields are named, because the vendor's default columns differ from the declared ones; but not where a column may
    /// have another name: the vendor silently leaves out names that it does not know.
    /// </summary>
    private static ReadOnlyMemory<byte> Write(VendorRequest request, int limit, int offset, ReadOnlySpan<byte> token)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("api_name"u8, request.Api);
        json.WriteString("token"u8, token);
        json.WriteStartObject("params"u8);
        foreach (var (name, value) in request.Parameters)
        {
            json.WriteString(name, value);
        }

        json.WriteNumber("limit"u8, limit);
        json.WriteNumber("offset"u8, offset);
        json.WriteEndObject();
        json.WriteString("fields"u8, FieldsOf(request));
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static string FieldsOf(VendorRequest request) =>
        request.Columns.Any(c => c.Alias is not null)
            ? ""
            : string.Join(',', request.Columns.Select(c => c.Field).Distinct());
}
