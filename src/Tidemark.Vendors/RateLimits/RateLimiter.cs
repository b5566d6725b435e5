using System.Collections.Concurrent;

namespace Tidemark.Vendors.RateLimits;

/// <summary>The buckets of one account: one for each api. Thread-safe.</summary>
internal sealed class RateLimiter(IReadOnlyDictionary<string, RateLimit> limits, RateLimit standard, TimeProvider clock)
    : IDisposable
{
    private readonly ConcurrentDictionary<string, RateBucket> _buckets = new();

    public RateBucket For(string api) =>
        _buckets.GetOrAdd(api, name => new RateBucket(limits.GetValueOrDefault(name, standard), clock));

    public void Dispose()
    {
        foreach (var bucket in _buckets.Values)
        {
            bucket.Dispose();
        }
    }
}
