using Microsoft.Extensions.Logging;
using Tidemark.Core.Columns;
using Tidemark.Vendors.Http;
using Tidemark.Vendors.RateLimits;
using Tidemark.Vendors.Sources;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// Tushare Pro over HTTP. One instance an account: the rate limits that it keeps and learns are that account's, and the
/// next process knows what this one has learned. Neither
/// the token nor another secret appears in a message, a log or a kept payload, and rows that hold one are refused.
/// </summary>
/// <remarks>
/// <code>
/// fetch ─▶ page ─▶ call (repetitions, limits by api) ─▶ post ─▶ decode ─▶ keep payload
///       ─▶ next page?
/// </code>
/// Pages are read by <see cref="PagedFetch"/>, calls go their way by <see cref="VendorCalls"/>.
/// </remarks>
public sealed class TushareClient : ISampleClient, IAccountClient, IDisposable
{
    private readonly TushareDecoder _decoder = new();
    private readonly TushareClientOptions _options;
    private readonly TushareTransport _transport;
    private readonly PagedFetch _pages;
    private readonly RateLimiter _limiter;
    private readonly VendorCalls _calls;

    /// <param name="http">
    /// Over <see cref="HttpExchange.CreateHandler"/>; its own time-out should be infinite. Not disposed here.
    /// </param>
    /// <param name="options">Url, token, limits.</param>
    /// <param name="clock">For time-outs, rate limits and back-off.</param>
    /// <param name="jitter">Seeded; locked here, so share it with nobody.</param>
    /// <param name="logger">Retries and waits at Warning and Information, calls at Debug.</param>
    public TushareClient(
        HttpClient http,
        TushareClientOptions options,
        TimeProvider clock,
        Random jitter,
        ILogger<TushareClient> logger
    )
    {
        options.Secrets.Add(options.Token);
        _options = options;
        _transport = new TushareTransport(http, options, clock);
        _pages = new PagedFetch(this, PageAsync, _decoder, options, logger);
        Fingerprint = VendorCalls.Fingerprint(Vendor, options.Url.AbsoluteUri, options.Token);
        _limiter = new RateLimiter(options, Vendor, Fingerprint, clock);
        _calls = new VendorCalls(
            Vendor,
            Fingerprint,
            TushareErrors.Answer,
            options,
            clock,
            jitter,
            logger,
            new TushareCallLog(logger)
        );
    }

    public string Vendor => TushareDecoder.VendorName;

    public string Address => _options.Address;

    public string Fingerprint { get; }

    public async Task<VendorAnswer> FetchAsync(
        VendorRequest request,
        ColumnBatch into,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    )
    {
        Check(request, into);
        return await _pages.FetchAsync(request, into, payloads, cancellationToken);
    }

    public Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken) =>
        VendorCalls.ProbeAsync(async () =>
        {
            var scratch = new ColumnBatch(request.Columns, capacity: 1);
            Check(request, scratch);
            var (page, body) = await CallAsync(
                request with
                {
                    RowCap = 1,
                },
                RouteOf(request.Api),
                scratch,
                cancellationToken
            );
            body.Dispose();
            return page.Rows;
        });

    public async Task<ReadOnlyMemory<byte>> SampleAsync(
        string api,
        IReadOnlyDictionary<string, string> parameters,
        int rows,
        CancellationToken cancellationToken
    )
    {
        // No column is named, so the vendor sends those that it thinks best.
        var request = new VendorRequest(api, parameters, [], rows);
        var scratch = new ColumnBatch([]);
        Check(request, scratch);
        var (_, body) = await CallAsync(request, RouteOf(request.Api), scratch, cancellationToken);
        using (body)
        {
            return body.Memory.ToArray();
        }
    }

    public async ValueTask<IReadOnlyList<RateLimit>> LimitsAsync(string api, CancellationToken cancellationToken) =>
        (await _limiter.ForAsync(api, cancellationToken)).Limits;

    public async ValueTask<TimeSpan> WaitAsync(string api, CancellationToken cancellationToken) =>
        (await _limiter.ForAsync(api, cancellationToken)).Wait;

    public async Task<IReadOnlyList<Entitlement>> EntitlementsAsync(CancellationToken cancellationToken)
    {
        var request = TushareAccount.Request(_options.Token);
        var rows = new ColumnBatch(request.Columns);
        // Asked by the way: who asks can do without the answer, and would rather not wait for repetitions.
        var (_, body) = await CallAsync(
            request,
            RouteOf(request.Api) with
            {
                Repeats = false,
            },
            rows,
            cancellationToken
        );
        body.Dispose();
        return TushareAccount.Read(rows);
    }

    public Task<IReadOnlyList<SourceState>> SourcesAsync(CancellationToken cancellationToken) =>
        _calls.SourcesAsync(cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken) => _limiter.FlushAsync(cancellationToken);

    public void Dispose()
    {
        _limiter.Dispose();
        _calls.Dispose();
    }

    private void Check(VendorRequest request, ColumnBatch into)
    {
        if (request.RowCap < 1)
        {
            throw new ArgumentException($"'{request.Api}' has a row cap of {request.RowCap}", nameof(request));
        }

        VendorCalls.Check(request, into);
        if (_options.Token.Length == 0)
        {
            throw TushareErrors.NoToken(request.Api);
        }

        foreach (var name in request.Parameters.Keys)
        {
            if (name is "limit" or "offset")
            {
                throw TushareErrors.PagingParameter(request.Api, name);
            }
        }
    }

    private Task<(TusharePage Page, AnswerBody Body)> PageAsync(
        VendorRequest request,
        int offset,
        ColumnBatch into,
        CancellationToken cancellationToken
    ) =>
        CallAsync(
            request,
            RouteOf(request.Api) with
            {
                Offset = offset,
                Waits = _options.RateLimitWaits,
            },
            into,
            cancellationToken
        );

    /// <summary>One page, repeated while that may help. The body is the caller's to dispose of.</summary>
    private Task<(TusharePage Page, AnswerBody Body)> CallAsync(
        VendorRequest request,
        CallRoute route,
        ColumnBatch into,
        CancellationToken cancellationToken
    ) =>
        _calls.SendAsync(
            route,
            _limiter,
            stop => _transport.PostAsync(request, request.RowCap, route.Offset, stop),
            (answer, _) => ValueTask.FromResult(Read(request.Api, answer.Body, into)),
            cancellationToken
        );

    private (TusharePage Page, int Rows) Read(string api, AnswerBody body, ColumnBatch into)
    {
        var page = _decoder.Decode(api, body.Span, into, _options.RowBytesMax);
        return page.Code == 0 ? (page, page.Rows) : throw TushareErrors.Refused(api, page.Code, page.Message);
    }

    private static CallRoute RouteOf(string api) =>
        new(new SourcePath(Relay: null, TushareDecoder.VendorName, api), CountedAs: api, $"Tushare's '{api}'");
}
