using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Polly;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
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
/// fetch ─▶ page ─▶ retry (transient, jittered) ─▶ source (is it down?) ─▶ rate limit (wait, learn) ─▶ post
///       ─▶ decode ─▶ keep payload
///       ─▶ next page?
/// </code>
/// Pages are read by <see cref="PagedFetch"/>.
/// </remarks>
public sealed class TushareClient : ISampleClient, IAccountClient, IDisposable
{
    private static readonly RateLimit s_standardLimit = new(200, TimeSpan.FromMinutes(1));

    private readonly TushareDecoder _decoder = new();
    private readonly TushareClientOptions _options;
    private readonly TushareTransport _transport;
    private readonly PagedFetch _pages;
    private readonly RateLimiter _limiter;
    private readonly SourceBreaker _sources;
    private readonly ResiliencePipeline _retry;
    private readonly TimeProvider _clock;
    private readonly ILogger<TushareClient> _logger;

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
        _clock = clock;
        _logger = logger;
        _transport = new TushareTransport(http, options, clock);
        _pages = new PagedFetch(this, PageAsync, _decoder, options, logger);
        var standard = options.RateLimits.GetValueOrDefault(TushareClientOptions.DefaultLimit, s_standardLimit);
        Fingerprint = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{Vendor}\n{options.Url.AbsoluteUri}\n{options.Token}"))
        );
        var learned = new LearnedLimits(options.Answers, Vendor, Fingerprint, clock);
        var history = new CallHistory(options.Answers, Vendor, Fingerprint, clock);
        _limiter = new RateLimiter(options.RateLimits, standard, learned, history, clock);
        _sources = new SourceBreaker(new SourceStates(options.Answers, Vendor, Fingerprint), clock, logger);
        _retry = TransientRetry.Of(
            options.Retries,
            options.RetryDelay,
            options.RetryDelayMax,
            clock,
            jitter,
            NoteRetry
        );
    }

    public string Vendor => TushareDecoder.VendorName;

    public string Address =>
        _options.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

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

    public async Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var scratch = new ColumnBatch(request.Columns, capacity: 1);
            Check(request, scratch);
            var (page, body) = await CallAsync(request, new Slice(1, 0, Waits: 0), scratch, cancellationToken);
            body.Dispose();
            return new ProbeResult(Allowed: true, page.Rows, Error: null);
        }
        catch (VendorException e)
        {
            return new ProbeResult(Allowed: false, Rows: 0, e);
        }
    }

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
        var (_, body) = await CallAsync(request, new Slice(rows, 0, Waits: 0), scratch, cancellationToken);
        using (body)
        {
            return body.Memory.ToArray();
        }
    }

    public async ValueTask<IReadOnlyList<RateLimit>> LimitsAsync(string api, CancellationToken cancellationToken) =>
        (await _limiter.ForAsync(api, cancellationToken)).Limits;

    public async Task<IReadOnlyList<Entitlement>> EntitlementsAsync(CancellationToken cancellationToken)
    {
        var request = TushareAccount.Request(_options.Token);
        var rows = new ColumnBatch(request.Columns);
        // Asked by the way: who asks can do without the answer, and would rather not wait for repetitions.
        var slice = new Slice(request.RowCap, 0, Waits: 0);
        var (_, body) = await CallAsync(request, slice, rows, ResiliencePipeline.Empty, cancellationToken);
        body.Dispose();
        return TushareAccount.Read(rows);
    }

    public Task<IReadOnlyList<SourceState>> SourcesAsync(CancellationToken cancellationToken) =>
        _sources.AllAsync(cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken) => _limiter.FlushAsync(cancellationToken);

    public void Dispose()
    {
        _limiter.Dispose();
        _sources.Dispose();
    }

    private void Check(VendorRequest request, ColumnBatch into)
    {
        if (request.RowCap < 1)
        {
            throw new ArgumentException($"'{request.Api}' has a row cap of {request.RowCap}", nameof(request));
        }

        if (!ReferenceEquals(request.Columns, into.Definitions) && !request.Columns.SequenceEqual(into.Definitions))
        {
            throw new ArgumentException($"The batch was not made for the columns of '{request.Api}'", nameof(into));
        }

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
    ) => CallAsync(request, new Slice(request.RowCap, offset, _options.RateLimitWaits), into, cancellationToken);

    /// <summary>One page, repeated while that may help. The body is the caller's to dispose of.</summary>
    private Task<(TusharePage Page, AnswerBody Body)> CallAsync(
        VendorRequest request,
        Slice slice,
        ColumnBatch into,
        CancellationToken cancellationToken
    ) => CallAsync(request, slice, into, _retry, cancellationToken);

    private async Task<(TusharePage Page, AnswerBody Body)> CallAsync(
        VendorRequest request,
        Slice slice,
        ColumnBatch into,
        ResiliencePipeline retry,
        CancellationToken cancellationToken
    )
    {
        var bucket = await _limiter.ForAsync(request.Api, cancellationToken);
        var path = new SourcePath(Relay: null, Vendor, request.Api);
        Action<TimeSpan, SourceState>? onHalt =
            slice.Waits == 0 ? null : (wait, source) => NoteHalt(request.Api, wait, source);
        return await retry.ExecuteAsync(
            async token =>
            {
                for (var refusals = 0; ; refusals++)
                {
                    await _sources.EnsureOpenAsync(path, onHalt, token);
                    using var turn = await TakeTurnAsync(request.Api, bucket, token);
                    var answer = await _sources.SendAsync(
                        path,
                        onHalt,
                        () => CallOnceAsync(request, slice, into, token),
                        isSuccess: sent => sent.Page.Code == 0,
                        token
                    );
                    if (answer.Page.Code == 0)
                    {
                        bucket.Passed();
                        return answer;
                    }

                    answer.Body.Dispose();
                    var error = await RefusedAsync(request.Api, answer.Page, bucket, token);
                    if (error.Kind != ErrorKind.RateLimit || refusals == slice.Waits || IsTooLong(error))
                    {
                        throw error;
                    }

                    _logger.RefusedForRate(request.Api, error.Message);
                    _options.Telemetry?.Repeated(Vendor, request.Api, error.Code);
                }
            },
            cancellationToken
        );
    }

    private static bool IsTooLong(VendorException error) => error.RetryAfter > RateBucket.LongestWait;

    private async ValueTask<RateTurn> TakeTurnAsync(string api, RateBucket bucket, CancellationToken cancellationToken)
    {
        var turn = await bucket.TakeAsync(wait => NoteRateWait(api, bucket, wait), cancellationToken);
        if (turn.TooLong is { } tooLong)
        {
            turn.Dispose();
            throw TushareErrors.Answer.OutOfCalls(
                api,
                $"Tushare's '{api}' that the account has",
                tooLong,
                string.Join(", ", bucket.Limits)
            );
        }

        try
        {
            await _limiter.CountAsync(bucket, cancellationToken);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    private void NoteRateWait(string api, RateBucket bucket, TimeSpan wait)
    {
        _logger.RateWait(api, wait.TotalSeconds);
        _options.Telemetry?.Waited(Vendor, api, "rate_limit", wait);
        Tell(api, wait, $"the rate limit of Tushare's '{api}' ({string.Join(", ", bucket.Limits)})");
    }

    private void NoteHalt(string api, TimeSpan wait, SourceState source)
    {
        _options.Telemetry?.Waited(Vendor, api, "source", wait);
        Tell(api, wait, $"{source.Name}, which does not answer: {source.LastError}");
    }

    private void Tell(string api, TimeSpan wait, string reason)
    {
        if (wait > TushareClientOptions.LongWait)
        {
            _options.OnWait?.Invoke(new VendorWait(api, wait, reason));
        }
    }

    private async Task<(TusharePage Page, AnswerBody Body)> CallOnceAsync(
        VendorRequest request,
        Slice slice,
        ColumnBatch into,
        CancellationToken cancellationToken
    )
    {
        using var call = _options.Telemetry?.Begin(Vendor, request.Api);
        try
        {
            var answer = await PostAsync(request, slice, into, cancellationToken);
            if (answer.Page.Code == 0)
            {
                call?.Done(answer.Page.Rows, answer.Body.Length);
            }
            else
            {
                call?.Refused(TushareErrors.Classify(answer.Page.Code, answer.Page.Message).ErrorCode);
            }

            return answer;
        }
        catch (VendorException e)
        {
            call?.Failed(e.Code);
            throw;
        }
    }

    private async Task<(TusharePage Page, AnswerBody Body)> PostAsync(
        VendorRequest request,
        Slice slice,
        ColumnBatch into,
        CancellationToken cancellationToken
    )
    {
        var start = _clock.GetTimestamp();
        var body = await _transport.PostAsync(request, slice.Limit, slice.Offset, cancellationToken);
        try
        {
            var page = _decoder.Decode(request.Api, body.Span, into, _options.RowBytesMax);
            if (page.Code == 0 && body.HeldSecret)
            {
                throw TushareErrors.Answer.EchoesSecret(request.Api);
            }

            _logger.Call(
                request.Api,
                slice.Offset,
                page.Rows,
                body.Length,
                _clock.GetElapsedTime(start).TotalMilliseconds
            );
            return (page, body);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private async ValueTask<VendorException> RefusedAsync(
        string api,
        TusharePage page,
        RateBucket bucket,
        CancellationToken cancellationToken
    )
    {
        var fault = TushareErrors.Classify(page.Code, page.Message);
        TimeSpan? wait =
            fault.Kind == ErrorKind.RateLimit
                ? await _limiter.RefuseAsync(api, bucket, fault.Limit, cancellationToken)
                : null;
        return TushareErrors.Refused(api, page.Code, page.Message, fault, wait);
    }

    private void NoteRetry(VendorException error, int repetition, TimeSpan wait)
    {
        _logger.Retry(error.Api, repetition, wait.TotalSeconds, error.Message);
        _options.Telemetry?.Repeated(Vendor, error.Api, error.Code);
        _options.Telemetry?.Waited(Vendor, error.Api, "retry", wait);
        Tell(error.Api, wait, $"repetition {repetition}: {error.Message}");
    }

    /// <param name="Limit">Rows to ask for.</param>
    /// <param name="Offset">The first of them.</param>
    /// <param name="Waits">
    /// How often to wait out a minute that the vendor says is used up; a probe would rather report it, and a source
    /// that is halted.
    /// </param>
    private readonly record struct Slice(int Limit, int Offset, int Waits);
}
