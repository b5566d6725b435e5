using System.Collections.Concurrent;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;

namespace Tidemark.Vendors.RateLimits;

/// <summary>
/// The buckets of one account: one for each api, with the limit that is configured and those that the vendor named.
/// Disposes of what was learned and counted, too. Thread-safe.
/// </summary>
/// <param name="limitsOf">The limits of a name that are configured or declared.</param>
/// <param name="kept">Where what is counted and learned is kept; null to keep nothing.</param>
/// <param name="vendor">The vendor.</param>
/// <param name="account">What tells its accounts apart, without a secret.</param>
/// <param name="process">What tells this process from all others.</param>
/// <param name="clock">For windows and waits.</param>
internal sealed class RateLimiter(
    Func<string, IReadOnlyList<RateLimit>> limitsOf,
    IKeptAnswers? kept,
    string vendor,
    string account,
    Guid process,
    TimeProvider clock
) : IDisposable
{
    private readonly LearnedLimits _learned = new(kept, vendor, account, clock);
    private readonly CallHistory _history = new(kept, vendor, account, process, clock);
    private readonly ConcurrentDictionary<string, RateBucket> _buckets = new();

    public async ValueTask<RateBucket> ForAsync(string api, CancellationToken cancellationToken)
    {
        if (!_buckets.TryGetValue(api, out var bucket))
        {
            var limits = limitsOf(api);
            var learned = await _learned.OfAsync(api, cancellationToken);
            var before = await _history.OfAsync(api, cancellationToken);
            var known = learned.Where(said => !IsConfiguredAnew(said, limits)).ToArray();
            bucket = _buckets.GetOrAdd(api, _ => new RateBucket(limits, clock, known, before));
        }

        return bucket;
    }

    // Whoever has bought more does not wait for a day, or a week, until what was learned is forgotten.
    private static bool IsConfiguredAnew(RateLimit said, IReadOnlyList<RateLimit> limits) =>
        said.Window >= TimeSpan.FromHours(1) && limits.Any(limit => limit.Window == said.Window);

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
            await _learned.KeepAsync(api, limit, cancellationToken);
        }

        await _history.KeepAsync(_buckets, atOnce: true, cancellationToken);
        return wait;
    }

    /// <summary>A call has its turn and is about to be sent: the next process may have to know of it.</summary>
    public ValueTask CountAsync(RateBucket bucket, CancellationToken cancellationToken) =>
        _history.KeepAsync(_buckets, atOnce: bucket.CountsLong, cancellationToken);

    /// <summary>The next process may begin now.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken) =>
        _buckets.IsEmpty ? ValueTask.CompletedTask : _history.KeepAsync(_buckets, atOnce: true, cancellationToken);

    public void Dispose()
    {
        _learned.Dispose();
        _history.Dispose();
        foreach (var bucket in _buckets.Values)
        {
            bucket.Dispose();
        }
    }
}
