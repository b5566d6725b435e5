using Tidemark.Core.Datasets;

namespace Tidemark.Vendors.RateLimits;

/// <summary>
/// The tokens of one limit. Each call takes one, which comes back a window later: so no stretch of that length ever
/// sees more calls than the limit, whether the vendor counts natural minutes or rolling ones (a bucket that refills
/// steadily would let almost twice as many through after a pause). Days are natural ones in Beijing, because a job that
/// runs at the same time every day must find its tokens.
/// </summary>
internal sealed class RateWindow(RateLimit limit)
{
    /// <summary>
    /// Calls do not travel equally fast: the later of two may arrive closer to the earlier than they were sent.
    /// </summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(250);

    private readonly Queue<DateTimeOffset> _comeBack = new();
    private int _proved = limit.IsOfNoVendor ? limit.Calls : 0;

    public RateLimit Limit { get; private set; } = limit;

    /// <summary>The vendor names so many calls: they are allowed, and no more.</summary>
    public void IsSaid(int calls)
    {
        Limit = Limit with { Calls = Math.Min(calls, Limit.Calls) };
        _proved = calls;
    }

    /// <summary>A call has passed after those that count now.</summary>
    public void Passed(DateTimeOffset now) => _proved = Math.Max(_proved, CountAt(now));

    /// <summary>Whether as many calls as with one more have passed within a window.</summary>
    public bool IsProvedAt(DateTimeOffset now) => CountAt(now) < _proved;

    /// <summary>The time until a call may be made; zero or less = now.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="ahead">The calls that are to be made before it. Where they fill a window, it is about.</param>
    public TimeSpan WaitAt(DateTimeOffset now, int ahead)
    {
        var over = CountAt(now) + ahead - Limit.Calls;
        if (over < 0)
        {
            return TimeSpan.Zero;
        }

        var (windows, call) = _comeBack.Count == 0 ? (over / Limit.Calls + 1, 0) : Math.DivRem(over, _comeBack.Count);
        return (_comeBack.Count == 0 ? TimeSpan.Zero : _comeBack.ElementAt(call) - now) + (windows * Limit.Window);
    }

    public void Take(DateTimeOffset now) => _comeBack.Enqueue(EndAt(now));

    /// <summary>The moment from which on a call made now no longer counts.</summary>
    public DateTimeOffset EndAt(DateTimeOffset now) =>
        (Limit.Window < TimeSpan.FromDays(1) ? now : BeijingTime.StartOfDay(now)) + Limit.Window + Slack;

    /// <summary>
    /// Counts calls that were made before anybody counted here, in their order and before any other. What cannot have
    /// been made, as where the clock was put back since, does not count.
    /// </summary>
    public void Restore(CountedCalls made, DateTimeOffset now)
    {
        var until = EndAt(made.At);
        if (until > now && made.At <= now)
        {
            for (var call = 0; call < made.Calls; call++)
            {
                _comeBack.Enqueue(until);
            }
        }
    }

    private int CountAt(DateTimeOffset now)
    {
        while (_comeBack.TryPeek(out var next) && next <= now)
        {
            _comeBack.Dequeue();
        }

        return _comeBack.Count;
    }
}
