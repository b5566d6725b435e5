using System.Collections.Concurrent;

namespace Tidemark.Vendors.RateLimits;

/// <summary>
/// The buckets of one account: one for each api, with the limit that is configured and those that the vendor named.
/// Disposes of what was learned and counted, too. Thread-safe.
/// </summary>
internal sealed class RateLimiter(
    IReadOnlyDictionary<string, RateLimit> limits,
    RateLimit standard,
    LearnedLimits learned,
    CallHistory history,
    TimeProvider clock
) : IDisposable
{
    private readonly ConcurrentDictionary<string, RateBucket> _buckets = new();

    public async ValueTask<RateBucket> ForAsync(string api, CancellationToken cancellationToken)
    {
        if (!_buckets.TryGetValue(api, out var bucket))
        {
            var known = await learned.OfAsync(api, cancellationToken);
            var before = await history.OfAsync(api, cancellationToken);
            bucket = _buckets.GetOrAdd(
                api,
                name => new RateBucket(limits.GetValueOrDefault(name, standard), clock, known, before)
            );
        }

        return bucket;
    }

    /// <summary>
    /// The vendor refused a call. Returns how long calls of this api wait now, and keeps the limit that it named.
    /// </summary>
    public async ValueTask<TimeSpan> RefuseAsync(
        string api,
        RateBucket bucket,
        RateLimit? said,
        CancellationToken cancellationToken
    )
    {
        var wait = bucket.Refuse(said);
        if (said is { } limit)
        {
            await learned.KeepAsync(api, limit, cancellationToken);
        }

        await history.KeepAsync(_buckets, atOnce: true, cancellationToken);
        return wait;
    }

    /// <summary>A call has its turn and is about to be sent: the next process may have to know of it.</summary>
    public ValueTask CountAsync(RateBucket bucket, CancellationToken cancellationToken) =>
        history.KeepAsync(_buckets, atOnce: bucket.CountsLong, cancellationToken);

    /// <summary>The next process may begin now.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken) =>
        _buckets.IsEmpty ? ValueTask.CompletedTask : history.KeepAsync(_buckets, atOnce: true, cancellationToken);

    public void Dispose()
    {
        learned.Dispose();
        history.Dispose();
        foreach (var bucket in _buckets.Values)
        {
            bucket.Dispose();
        }
    }
}
