using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Polly;
using Tidemark.Core.Columns;
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
/// fetch ─▶ retry (transient, few, long waits) ─▶ source (is it down?) ─▶ rate limit (by family of hosts) ─▶ get
///       ─▶ decode ─▶ keep payload
/// </code>
/// An answer is whole or none, whatever the row cap says.
/// </remarks>
public sealed class AkShareClient : ISampleClient, IVersionedClient, IDisposable
{
    private static readonly RateLimit s_standardLimit = new(30, TimeSpan.FromMinutes(1));

    private readonly HostFamilies _families = HostFamilies.Read();
    private readonly AkShareClientOptions _options;
    private readonly AkShareTransport _transport;
    private readonly RateLimiter _limiter;
    private readonly SourceBreaker _sources;
    private readonly ResiliencePipeline _retry;
    private readonly TimeProvider _clock;
    private readonly ILogger<AkShareClient> _logger;

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
        _clock = clock;
        _logger = logger;
        _transport = new AkShareTransport(http, options, clock);
        Fingerprint = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{Vendor}\n{options.Url.AbsoluteUri}"))
        );
        _limiter = new RateLimiter(
            options.RateLimits,
            options.RateLimits.GetValueOrDefault(AkShareClientOptions.DefaultLimit, s_standardLimit),
            new LearnedLimits(kept: null, Vendor, Fingerprint, clock), // sites say no, and not how much would be right
            new CallHistory(options.Answers, Vendor, Fingerprint, clock),
            clock
        );
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

    public string Vendor => AkShareErrors.VendorName;

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
        var (rows, body) = await CallAsync(request, into, isProbe: false, cancellationToken);
        using (body)
        {
            await payloads.KeepAsync(body.Memory, cancellationToken);
            return new VendorAnswer(rows, Pages: 1, body.Length);
        }
    }

    /// <summary>AKTools has no way to ask for one row, so this is a whole call.</summary>
    public async Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var scratch = new ColumnBatch(request.Columns);
            var (rows, body) = await CallAsync(request, scratch, isProbe: true, cancellationToken);
            body.Dispose();
            return new ProbeResult(Allowed: true, Math.Min(rows, 1), Error: null);
        }
        catch (VendorException e)
        {
            return new ProbeResult(Allowed: false, Rows: 0, e);
        }
    }

    /// <summary>The whole answer, however many rows are asked for.</summary>
    public async Task<ReadOnlyMemory<byte>> SampleAsync(
        string api,
        IReadOnlyDictionary<string, string> parameters,
        int rows,
        CancellationToken cancellationToken
    )
    {
        var request = new VendorRequest(api, parameters, [], rows);
        var (_, body) = await CallAsync(request, new ColumnBatch([]), isProbe: true, cancellationToken);
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

    public Task<IReadOnlyList<SourceState>> SourcesAsync(CancellationToken cancellationToken) =>
        _sources.AllAsync(cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken) => _limiter.FlushAsync(cancellationToken);

    public void Dispose()
    {
        _limiter.Dispose();
        _sources.Dispose();
    }

    /// <summary>One call, repeated while that may help. The body is the caller's to dispose of.</summary>
    /// <param name="request">What to ask for.</param>
    /// <param name="into">For the rows.</param>
    /// <param name="isProbe">Whether to report a source that is halted, instead of waiting for it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task<(int Rows, AnswerBody Body)> CallAsync(
        VendorRequest request,
        ColumnBatch into,
        bool isProbe,
        CancellationToken cancellationToken
    )
    {
        if (!ReferenceEquals(request.Columns, into.Definitions) && !request.Columns.SequenceEqual(into.Definitions))
        {
            throw new ArgumentException($"The batch was not made for the columns of '{request.Api}'", nameof(into));
        }

        var family = _families.Of(request.Api);
        var bucket = await _limiter.ForAsync(family, cancellationToken);
        var path = new SourcePath(Vendor, $"{Vendor}/{family}", request.Api);
        Action<TimeSpan, SourceState>? onHalt = isProbe ? null : (wait, source) => NoteHalt(request.Api, wait, source);
        return await _retry.ExecuteAsync(
            async token =>
            {
                await _sources.EnsureOpenAsync(path, onHalt, token);
                using var turn = await TakeTurnAsync(request.Api, family, bucket, token);
                var answer = await _sources.SendAsync(
                    path,
                    onHalt,
                    () => CallOnceAsync(request, family, into, token),
                    isSuccess: _ => true,
                    token
                );
                bucket.Passed();
                return answer;
            },
            cancellationToken
        );
    }

    private async ValueTask<RateTurn> TakeTurnAsync(
        string api,
        string family,
        RateBucket bucket,
        CancellationToken cancellationToken
    )
    {
        var limits = string.Join(", ", bucket.Limits);
        var turn = await bucket.TakeAsync(
            wait =>
            {
                _logger.RateWait(api, wait.TotalSeconds, family);
                _options.Telemetry?.Waited(Vendor, api, "rate_limit", wait);
                Tell(api, wait, $"the rate limit of the hosts '{family}' ({limits})");
            },
            cancellationToken
        );
        if (turn.TooLong is { } tooLong)
        {
            turn.Dispose();
            throw AkShareErrors.Answer.OutOfCalls(api, $"the hosts '{family}' behind '{api}'", tooLong, limits);
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

    private async Task<(int Rows, AnswerBody Body)> CallOnceAsync(
        VendorRequest request,
        string family,
        ColumnBatch into,
        CancellationToken cancellationToken
    )
    {
        using var call = _options.Telemetry?.Begin(Vendor, request.Api);
        var start = _clock.GetTimestamp();
        try
        {
            var (status, retryAfter, body) = await _transport.CallAsync(request, cancellationToken);
            var isDone = false;
            try
            {
                var rows = status switch
                {
                    HttpStatusCode.OK => Decode(request, body, into),
                    HttpStatusCode.NotFound when AkShareErrors.TextIn(body.Memory) is { } text => await RefusedAsync(
                        request,
                        text,
                        cancellationToken
                    ),
                    HttpStatusCode.InternalServerError => throw AkShareErrors.Failed(
                        request.Api,
                        _transport.Where,
                        family
                    ),
                    _ => throw AkShareErrors.Answer.Status(request.Api, _transport.Where, (int)status, retryAfter),
                };
                _logger.Call(request.Api, rows, body.Length, _clock.GetElapsedTime(start).TotalMilliseconds);
                call?.Done(rows, body.Length);
                isDone = true;
                return (rows, body);
            }
            finally
            {
                if (!isDone)
                {
                    body.Dispose();
                }
            }
        }
        catch (VendorException e)
        {
            call?.Failed(e.Code);
            throw;
        }
    }

    private int Decode(VendorRequest request, AnswerBody body, ColumnBatch into)
    {
        if (body.HeldSecret)
        {
            throw AkShareErrors.Answer.EchoesSecret(request.Api);
        }

        return AkShareErrors.Decoder.Decode(request.Api, body.Span, into, _options.RowBytesMax);
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

    private void NoteRetry(VendorException error, int repetition, TimeSpan wait)
    {
        _logger.Retry(error.Api, repetition, wait.TotalSeconds, error.Message);
        _options.Telemetry?.Repeated(Vendor, error.Api, error.Code);
        _options.Telemetry?.Waited(Vendor, error.Api, "retry", wait);
        Tell(error.Api, wait, $"repetition {repetition}: {error.Message}");
    }

    private void NoteHalt(string api, TimeSpan wait, SourceState source)
    {
        _options.Telemetry?.Waited(Vendor, api, "source", wait);
        Tell(api, wait, $"{source.Name}, which does not answer: {source.LastError}");
    }

    private void Tell(string api, TimeSpan wait, string reason)
    {
        if (wait > AkShareClientOptions.LongWait)
        {
            _options.OnWait?.Invoke(new VendorWait(api, wait, reason));
        }
    }
}
