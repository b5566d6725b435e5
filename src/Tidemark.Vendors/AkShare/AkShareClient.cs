using System.Net;
using Microsoft.Extensions.Logging;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Vendors.Http;
using Tidemark.Vendors.RateLimits;
using Tidemark.Vendors.Sources;

namespace Tidemark.Vendors.AkShare;

/// <summary>
/// AkShare's functions through an AKTools server: one GET a request, no account, no pages. The server scrapes a site at
/// that moment, so that calls are slow, and sites ban who asks too often.
/// </summary>
/// <remarks>
/// <code>
/// fetch ─▶ call (few repetitions, long waits, limits by family of hosts) ─▶ get ─▶ decode ─▶ keep payload
/// </code>
/// Calls go their way by <see cref="VendorCalls"/>.
/// An answer is whole or none, whatever the row cap says.
/// </remarks>
public sealed class AkShareClient : ISampleClient, IVersionedClient, IDisposable
{
    private readonly HostFamilies _families = HostFamilies.Read();
    private readonly AkShareClientOptions _options;
    private readonly AkShareTransport _transport;
    private readonly RateLimiter _limiter;
    private readonly VendorCalls _calls;

    /// <param name="http">
    /// Over <see cref="HttpExchange.CreateHandler"/>; its own time-out should be infinite. Not disposed here.
    /// </param>
    /// <param name="options">Url, limits.</param>
    /// <param name="clock">For time-outs, rate limits and back-off.</param>
    /// <param name="jitter">Seeded; locked here, so share it with nobody.</param>
    /// <param name="logger">Retries and waits at Warning and Information, calls at Debug.</param>
    public AkShareClient(
        HttpClient http,
        AkShareClientOptions options,
        TimeProvider clock,
        Random jitter,
        ILogger<AkShareClient> logger
    )
    {
        _options = options;
        _transport = new AkShareTransport(http, options, clock);
        Fingerprint = VendorCalls.Fingerprint(Vendor, options.Url.AbsoluteUri);
        _limiter = options.NewLimiter(Vendor, Fingerprint, clock);
        _calls = new VendorCalls(
            Vendor,
            Fingerprint,
            AkShareErrors.Answer,
            options,
            clock,
            jitter,
            logger,
            new AkShareCallLog(logger)
        );
    }

    public string Vendor => AkShareErrors.VendorName;

    public string Address => _options.Address;

    public string Fingerprint { get; }

    public async Task<VendorAnswer> FetchAsync(
        VendorRequest request,
        ColumnBatch into,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    )
    {
        var (rows, body) = await CallAsync(request, into, waits: 1, cancellationToken);
        using (body)
        {
            await payloads.KeepAsync(body.Memory, cancellationToken);
            return new VendorAnswer(rows, Pages: 1, body.Length);
        }
    }

    /// <summary>AKTools has no way to ask for one row, so this is a whole call.</summary>
    public Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken) =>
        VendorCalls.ProbeAsync(async () =>
        {
            var (rows, body) = await CallAsync(request, new ColumnBatch(request.Columns), waits: 0, cancellationToken);
            body.Dispose();
            return rows;
        });

    /// <summary>The whole answer, however many rows are asked for.</summary>
    public async Task<ReadOnlyMemory<byte>> SampleAsync(
        string api,
        IReadOnlyDictionary<string, string> parameters,
        int rows,
        CancellationToken cancellationToken
    )
    {
        var request = new VendorRequest(api, parameters, [], rows);
        var (_, body) = await CallAsync(request, new ColumnBatch([]), waits: 0, cancellationToken);
        using (body)
        {
            return body.Memory.ToArray();
        }
    }

    public Task<string> VersionsAsync(CancellationToken cancellationToken) =>
        _transport.VersionsAsync(cancellationToken);

    /// <summary>The family of hosts behind a function: a site bans by who asks, not by what for.</summary>
    public string CountedAs(string api) => _families.Of(api);

    public async ValueTask<IReadOnlyList<RateLimit>> LimitsAsync(string api, CancellationToken cancellationToken) =>
        (await _limiter.ForAsync(CountedAs(api), cancellationToken)).Limits;

    public async ValueTask<TimeSpan> WaitAsync(string api, CancellationToken cancellationToken) =>
        (await _limiter.ForAsync(CountedAs(api), cancellationToken)).Wait;

    public Task<IReadOnlyList<SourceState>> SourcesAsync(CancellationToken cancellationToken) =>
        _calls.SourcesAsync(cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken) => _limiter.FlushAsync(cancellationToken);

    public void Dispose()
    {
        _limiter.Dispose();
        _calls.Dispose();
    }

    /// <summary>One call, repeated while that may help. The body is the caller's to dispose of.</summary>
    private Task<(int Rows, AnswerBody Body)> CallAsync(
        VendorRequest request,
        ColumnBatch into,
        int waits,
        CancellationToken cancellationToken
    )
    {
        VendorCalls.Check(request, into);
        var family = _families.Of(request.Api);
        return _calls.SendAsync(
            new CallRoute(
                new SourcePath(Vendor, $"{Vendor}/{family}", request.Api),
                family,
                $"the hosts '{family}' behind '{request.Api}'"
            )
            {
                Waits = waits,
            },
            _limiter,
            stop => _transport.CallAsync(request, stop),
            async (answer, stop) =>
            {
                var rows = await ReadAsync(request, family, answer, into, stop);
                return (rows, rows);
            },
            cancellationToken
        );
    }

    private async ValueTask<int> ReadAsync(
        VendorRequest request,
        string family,
        HttpAnswer answer,
        ColumnBatch into,
        CancellationToken cancellationToken
    )
    {
        var (status, retryAfter, body) = answer;
        return status switch
        {
            HttpStatusCode.OK => AkShareErrors.Decoder.Decode(request.Api, body.Span, into, _options.RowBytesMax),
            HttpStatusCode.NotFound when AkShareErrors.TextIn(body.Memory) is { } text => await RefusedAsync(
                request,
                text,
                cancellationToken
            ),
            HttpStatusCode.InternalServerError => throw AkShareErrors.Failed(request.Api, _transport.Where, family),
            _ => throw AkShareErrors.Answer.Status(request.Api, _transport.Where, (int)status, retryAfter),
        };
    }

    /// <summary>The rows of what says that there is no table; any other text is an error.</summary>
    private async Task<int> RefusedAsync(VendorRequest request, string text, CancellationToken cancellationToken) =>
        AkShareErrors.IsNoTable(text) ? 0
        : AkShareErrors.IsUnknownFunction(text)
            ? throw AkShareErrors.NotSupported(request.Api, await KnownVersionsAsync(cancellationToken))
        : throw AkShareErrors.Refused(request, text);

    private async Task<string> KnownVersionsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await VersionsAsync(cancellationToken);
        }
        catch (VendorException)
        {
            return "of unknown version";
        }
    }
}
