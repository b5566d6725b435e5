using System.Collections.Concurrent;

namespace Tidemark.Vendors.RateLimits;

/// <summary>
/// The buckets of one account: one for each api, with the limit that is configured and those that the vendor named.
/// Disposes of what was learned, too. Thread-safe.
/// </summary>
internal sealed class RateLimiter(
    IReadOnlyDictionary<string, RateLimit> limits,
    RateLimit standard,
    LearnedLimits learned,
    TimeProvider clock
) : IDisposable
{
    private readonly ConcurrentDictionary<string, RateBucket> _buckets = new();

    public async ValueTask<RateBucket> ForAsync(string api, CancellationToken cancellationToken)
    {
        if (!_buckets.TryGetValue(api, out var bucket))
        {
            var known = await learned.OfAsync(api, cancellationToken);
            bucket = _buckets.GetOrAdd(
                api,
                name => new RateBucket(limits.GetValueOrDefault(name, standard), clock, known)
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

        return wait;
    }

    public void Dispose()
    {
        learned.Dispose();
        foreach (var bucket in _buckets.Values)
        {
            bucket.Dispose();
        }
    }
}
