using System.Net;
using System.Text.Json;
using Tidemark.Vendors.Http;

namespace Tidemark.Vendors.AkShare;

/// <summary>One HTTP exchange with AKTools: a call of a function, or the question which versions these are.</summary>
internal sealed class AkShareTransport(HttpClient http, AkShareClientOptions options, TimeProvider clock)
{
    private static readonly TimeSpan s_versionTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpExchange _calls = new(http, AkShareErrors.Answer, options, clock);
    private readonly HttpExchange _versions = new(http, AkShareErrors.Answer, options, clock)
    {
        Timeout = s_versionTimeout,
    };

    /// <summary>Scheme, host and port: all of the url that may stand in a message.</summary>
    public string Where => _calls.Where;

    /// <summary>Calls a function; the answer may be a refusal.</summary>
    public async Task<HttpAnswer> CallAsync(VendorRequest request, CancellationToken cancellationToken)
    {
        using var message = Get($"api/public/{request.Api}{Query(request)}");
        return await _calls.SendAsync(request.Api, message, readsRefusals: true, cancellationToken);
    }

    /// <summary>
    /// The versions of AkShare and AKTools in words. <c>/version</c> fails where AKTools cannot ask for the newest
    /// versions; then the schema tells AkShare's.
    /// </summary>
    /// <exception cref="VendorException">Neither answers.</exception>
    public async Task<string> VersionsAsync(CancellationToken cancellationToken)
    {
        using var message = Get("version");
        var answer = await _versions.SendAsync("version", message, readsRefusals: true, cancellationToken);
        using (answer.Body)
        {
            if (
                answer.Status == HttpStatusCode.OK
                && Text(answer.Body, "ak_current_version") is { } akShare
                && Text(answer.Body, "at_current_version") is { } akTools
            )
            {
                return $"AkShare {akShare}, AKTools {akTools}";
            }
        }

        using var schema = Get("openapi.json");
        var known = await _versions.SendAsync("openapi.json", schema, readsRefusals: false, cancellationToken);
        using (known.Body)
        {
            return Text(known.Body, "info", "version") is { } version
                ? $"AkShare {version}, AKTools of unknown version"
                : throw AkShareErrors.Answer.Envelope("openapi.json", "it is no AKTools: its schema has no version");
        }
    }

    private HttpRequestMessage Get(string path) =>
        new(HttpMethod.Get, new Uri($"{options.Url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path}"));

    /// <summary>UTF-8, percent-encoded.</summary>
    private static string Query(VendorRequest request)
    {
        foreach (var (name, value) in request.Parameters)
        {
            if (value.AsSpan().ContainsAny("+&=\"") || value.Contains("cookie", StringComparison.Ordinal))
            {
                throw AkShareErrors.Unsayable(request.Api, name, value);
            }
        }

        var pairs = request.Parameters.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}");
        return request.Parameters.Count == 0 ? "" : $"?{string.Join('&', pairs)}";
    }

    private static string? Text(AnswerBody body, params ReadOnlySpan<string> path)
    {
        try
        {
            using var document = JsonDocument.Parse(body.Memory);
            var at = document.RootElement;
            foreach (var name in path)
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                {
                    return null;
                }
            }

            return at.ValueKind == JsonValueKind.String ? at.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
