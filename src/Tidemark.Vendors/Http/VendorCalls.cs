using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Polly;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Decoding;
using Tidemark.Vendors.RateLimits;
using Tidemark.Vendors.Sources;

namespace Tidemark.Vendors.Http;

/// <summary>
/// The way of every call of one client, whoever the vendor is. The client says how a call is sent and how its answer is
/// read.
/// </summary>
/// <remarks>
/// <code>
/// retry (transient, jittered) ─▶ source (is it down?) ─▶ rate limit (wait, learn) ─▶ send ─▶ read
/// </code>
/// </remarks>
internal sealed class VendorCalls : IDisposable
{
    private readonly string _vendor;
    private readonly AnswerErrors _errors;
    private readonly HttpClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly ICallLog _log;
    private readonly SourceBreaker _sources;
    private readonly ResiliencePipeline _retry;

    /// <param name="vendor">As datasets name it.</param>
    /// <param name="fingerprint">What tells its addresses and accounts apart, without a secret.</param>
    /// <param name="errors">The vendor's messages.</param>
    /// <param name="options">How gently it is asked.</param>
    /// <param name="clock">For waits and back-off.</param>
    /// <param name="jitter">Seeded; locked here, so share it with nobody.</param>
    /// <param name="logger">For the events of sources.</param>
    /// <param name="log">For those of calls.</param>
    public VendorCalls(
        string vendor,
        string fingerprint,
        AnswerErrors errors,
        HttpClientOptions options,
        TimeProvider clock,
        Random jitter,
        ILogger logger,
        ICallLog log
    )
    {
        _vendor = vendor;
        _errors = errors;
        _options = options;
        _clock = clock;
        _log = log;
        _sources = new SourceBreaker(new SourceStates(options.Answers, vendor, fingerprint), clock, logger);
        _retry = TransientRetry.Of(
            options.Retries,
            options.RetryDelay,
            options.RetryDelayMax,
            clock,
            jitter,
            NoteRetry
        );
    }

    /// <summary>The digits that stand for these texts, the same in every process.</summary>
    public static string Fingerprint(params IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

    /// <exception cref="ArgumentException">The batch cannot take the rows of the request.</exception>
    public static void Check(VendorRequest request, ColumnBatch into)
    {
        if (!ReferenceEquals(request.Columns, into.Definitions) && !request.Columns.SequenceEqual(into.Definitions))
        {
            throw new ArgumentException($"The batch was not made for the columns of '{request.Api}'", nameof(into));
        }
    }

    /// <summary>What came of a call that proves something: a refusal, too, is a result.</summary>
    public static async Task<ProbeResult> ProbeAsync(Func<Task<int>> call)
    {
        try
        {
            return new ProbeResult(Allowed: true, Math.Min(await call(), 1), Error: null);
        }
        catch (VendorException e)
        {
            return new ProbeResult(Allowed: false, Rows: 0, e);
        }
    }

    public Task<IReadOnlyList<SourceState>> SourcesAsync(CancellationToken cancellationToken) =>
        _sources.AllAsync(cancellationToken);

    /// <summary>One call, repeated while that may help. The body is the caller's to dispose of.</summary>
    /// <param name="route">Its way.</param>
    /// <param name="limiter">Of the account that is asked.</param>
    /// <param name="send">Sends it, once.</param>
    /// <param name="read">Reads its answer and counts the rows, or throws what the answer says is wrong.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(T Content, AnswerBody Body)> SendAsync<T>(
        CallRoute route,
        RateLimiter limiter,
        Func<CancellationToken, Task<HttpAnswer>> send,
        Func<HttpAnswer, CancellationToken, ValueTask<(T Content, int Rows)>> read,
        CancellationToken cancellationToken
    )
    {
        var bucket = await limiter.ForAsync(route.CountedAs, cancellationToken);
        Action<TimeSpan, SourceState>? onHalt =
            route.Waits == 0 ? null : (wait, source) => NoteHalt(route.Api, wait, source);
        return await (route.Repeats ? _retry : ResiliencePipeline.Empty).ExecuteAsync(
            async stop =>
            {
                for (var refusals = 0; ; refusals++)
                {
                    await _sources.EnsureOpenAsync(route.Path, onHalt, stop);
                    using var turn = await TakeTurnAsync(route, limiter, bucket, stop);
                    try
                    {
                        var answer = await _sources.SendAsync(
                            route.Path,
                            onHalt,
                            () => SendOnceAsync(route, send, read, stop),
                            stop
                        );
                        bucket.Passed();
                        return answer;
                    }
                    catch (VendorException refusal) when (refusal.Kind == ErrorKind.RateLimit)
                    {
                        var wait = await limiter.RefuseAsync(route.CountedAs, bucket, refusal.Limit, stop);
                        var error = refusal.Lasting(wait);
                        if (refusals == route.Waits || wait > RateBucket.LongestWait)
                        {
                            throw error;
                        }

                        _log.RefusedForRate(route, error.Message);
                        _options.Telemetry?.Repeated(_vendor, route.Api, error.Code);
                    }
                }
            },
            cancellationToken
        );
    }

    public void Dispose() => _sources.Dispose();

    private async ValueTask<RateTurn> TakeTurnAsync(
        CallRoute route,
        RateLimiter limiter,
        RateBucket bucket,
        CancellationToken cancellationToken
    )
    {
        var turn = await bucket.TakeAsync(wait => NoteRateWait(route, bucket, wait), cancellationToken);
        route.Place?.Dispose();
        try
        {
            if (turn.TooLong is { } tooLong)
            {
                throw _errors.OutOfCalls(route.Api, route.Whose, tooLong, string.Join(", ", bucket.Limits));
            }

            await limiter.CountAsync(bucket, cancellationToken);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    private async Task<(T Content, AnswerBody Body)> SendOnceAsync<T>(
        CallRoute route,
        Func<CancellationToken, Task<HttpAnswer>> send,
        Func<HttpAnswer, CancellationToken, ValueTask<(T Content, int Rows)>> read,
        CancellationToken cancellationToken
    )
    {
        using var call = _options.Telemetry?.Begin(_vendor, route.Api);
        var start = _clock.GetTimestamp();
        AnswerBody? unread = null;
        try
        {
            var answer = await send(cancellationToken);
            var body = unread = answer.Body;
            var (content, rows) = await read(answer, cancellationToken);
            if (body.HeldSecret)
            {
                throw _errors.EchoesSecret(route.Api);
            }

            _log.Call(route, rows, body.Length, _clock.GetElapsedTime(start));
            call?.Done(rows, body.Length);
            unread = null;
            return (content, body);
        }
        catch (VendorException e) when (e.VendorCode is not null)
        {
            call?.Refused(e.Code);
            throw;
        }
        catch (VendorException e)
        {
            call?.Failed(e.Code);
            throw;
        }
        finally
        {
            unread?.Dispose();
        }
    }

    private void NoteRateWait(CallRoute route, RateBucket bucket, TimeSpan wait)
    {
        _log.RateWait(route, wait);
        Tell(route.Api, "rate_limit", wait, $"the rate limit of {route.Whose} ({string.Join(", ", bucket.Limits)})");
    }

    private void NoteHalt(string api, TimeSpan wait, SourceState source) =>
        Tell(api, "source", wait, $"{source.Name}, which does not answer: {source.LastError}");

    private void NoteRetry(VendorException error, int repetition, TimeSpan wait)
    {
        _log.Retry(error.Api, repetition, wait, error.Message);
        _options.Telemetry?.Repeated(_vendor, error.Api, error.Code);
        Tell(error.Api, "retry", wait, $"repetition {repetition}: {error.Message}");
    }

    private void Tell(string api, string kind, TimeSpan wait, string reason)
    {
        _options.Telemetry?.Waited(_vendor, api, kind, wait);
        if (wait > HttpClientOptions.LongWait)
        {
            _options.OnWait?.Invoke(new VendorWait(api, wait, reason));
        }
    }
}
