using Microsoft.Extensions.Logging;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Vendors.Http;
using Tidemark.Vendors.Sources;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// Tushare Pro over HTTP, with one account or several. The rate limits that it keeps and learns are each account's own,
/// and the next process knows what this one has learned. What does not answer is the server, whoever asks. Neither a
/// token nor another secret appears in a message, a log or a kept payload, and rows that hold one are refused.
/// </summary>
/// <remarks>
/// <code>
/// fetch ─▶ account ─▶ page ─▶ call (repetitions, limits by api) ─▶ post ─▶ decode ─▶ keep payload
///       ─▶ next page?
/// </code>
/// Accounts are chosen by <see cref="AccountPool"/>, one for all pages; pages are read by <see cref="PagedFetch"/>,
/// calls go their way by <see cref="VendorCalls"/>.
/// </remarks>
public sealed class TushareClient : ISampleClient, IAccountClient, IDisposable
{
    private readonly TushareDecoder _decoder = new();
    private readonly TushareClientOptions _options;
    private readonly TushareTransport _transport;
    private readonly PagedFetch _pages;
    private readonly AccountPool _accounts;
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
        foreach (var token in options.MoreTokens)
        {
            options.Secrets.Add(token);
        }

        _options = options;
        _transport = new TushareTransport(http, options, clock);
        _pages = new PagedFetch(this, _decoder, options, logger);
        _accounts = new AccountPool(options, clock, logger);
        Fingerprint = _accounts.Fingerprint;
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

    public bool HasSeveral => _accounts.HasSeveral;

    public async Task<VendorAnswer> FetchAsync(
        VendorRequest request,
        ColumnBatch into,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    )
    {
        Check(request, into);
        var rowsBefore = into.RowCount;
        return await _accounts.CallAsync(
            request.Api,
            (account, place) =>
            {
                into.Truncate(rowsBefore); // of an account that could not go on
                var route = RouteOf(request.Api, account) with { Waits = _options.RateLimitWaits, Place = place };
                return _pages.FetchAsync(
                    (asked, offset, rows, stop) =>
                        SendAsync(account, asked, route with { Offset = offset }, rows, stop),
                    request,
                    into,
                    payloads,
                    cancellationToken
                );
            },
            cancellationToken
        );
    }

    public Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken) =>
        VendorCalls.ProbeAsync(async () =>
        {
            var scratch = new ColumnBatch(request.Columns, capacity: 1);
            var (page, body) = await AskAsync(request with { RowCap = 1 }, scratch, cancellationToken);
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
        var (_, body) = await AskAsync(request, new ColumnBatch([]), cancellationToken);
        using (body)
        {
            return body.Memory.ToArray();
        }
    }

    public ValueTask<IReadOnlyList<RateLimit>> LimitsAsync(string api, CancellationToken cancellationToken) =>
        _accounts.LimitsAsync(api, cancellationToken);

    public ValueTask<TimeSpan> WaitAsync(string api, CancellationToken cancellationToken) =>
        _accounts.WaitAsync(api, cancellationToken);

    public async Task<IReadOnlyList<AccountEntitlements>> EntitlementsAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_accounts.All.Select(account => EntitlementsAsync(account, cancellationToken)));

    public Task<IReadOnlyList<SourceState>> SourcesAsync(CancellationToken cancellationToken) =>
        _calls.SourcesAsync(cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken) => _accounts.FlushAsync(cancellationToken);

    public void Dispose()
    {
        _accounts.Dispose();
        _calls.Dispose();
    }

    private async Task<AccountEntitlements> EntitlementsAsync(
        TushareAccount account,
        CancellationToken cancellationToken
    )
    {
        var request = UserApi.Request(account.Token);
        var rows = new ColumnBatch(request.Columns);
        try
        {
            // Asked by the way: who asks can do without the answer, and would rather not wait for repetitions.
            var route = RouteOf(request.Api, account) with
            {
                Repeats = false,
            };
            var (_, body) = await SendAsync(account, request, route, rows, cancellationToken);
            body.Dispose();
            return new AccountEntitlements(account.Name, UserApi.Read(rows));
        }
        catch (VendorException e)
        {
            return new AccountEntitlements(account.Name, []) { Error = e };
        }
    }

    private void Check(VendorRequest request, ColumnBatch into)
    {
        if (request.RowCap < 1)
        {
            throw new ArgumentException($"'{request.Api}' has a row cap of {request.RowCap}", nameof(request));
        }

        VendorCalls.Check(request, into);
        if (_accounts.All.Any(account => account.Token.Length == 0))
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

    /// <summary>
    /// One answer from its first row on, which is not waited for. The body is the caller's to dispose of.
    /// </summary>
    private Task<(TusharePage Page, AnswerBody Body)> AskAsync(
        VendorRequest request,
        ColumnBatch into,
        CancellationToken cancellationToken
    )
    {
        Check(request, into);
        return _accounts.CallAsync(
            request.Api,
            (account, place) =>
                SendAsync(
                    account,
                    request,
                    RouteOf(request.Api, account) with
                    {
                        Place = place,
                    },
                    into,
                    cancellationToken
                ),
            cancellationToken
        );
    }

    /// <summary>One page, repeated while that may help. The body is the caller's to dispose of.</summary>
    private Task<(TusharePage Page, AnswerBody Body)> SendAsync(
        TushareAccount account,
        VendorRequest request,
        CallRoute route,
        ColumnBatch into,
        CancellationToken cancellationToken
    ) =>
        _calls.SendAsync(
            route,
            account.Limiter,
            stop => _transport.PostAsync(request, request.RowCap, route.Offset, account.TokenBytes, stop),
            (answer, _) => ValueTask.FromResult(Read(request.Api, answer.Body, into)),
            cancellationToken
        );

    private (TusharePage Page, int Rows) Read(string api, AnswerBody body, ColumnBatch into)
    {
        var page = _decoder.Decode(api, body.Span, into, _options.RowBytesMax);
        return page.Code == 0 ? (page, page.Rows) : throw TushareErrors.Refused(api, page.Code, page.Message);
    }

    private CallRoute RouteOf(string api, TushareAccount account) =>
        new(
            new SourcePath(Relay: null, TushareDecoder.VendorName, api),
            CountedAs: api,
            $"Tushare's '{api}'{(_accounts.HasSeveral ? $" with {account.Name}" : "")}"
        );
}
