namespace Tidemark.Simulator.Tushare;

/// <summary>Counts calls by token and API in windows of the clock. Thread-safe.</summary>
internal sealed class RateCounter(TimeProvider clock)
{
    /// <summary>Beijing has had no summer time since 1991.</summary>
    private static readonly TimeSpan s_beijing = TimeSpan.FromHours(8);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Token, string Api, RateWindow Window), (long Window, int Calls)> _counts = [];

    /// <summary>Counts a call and says whether it is within the limit.</summary>
    public bool TryEnter(string token, string api, TushareRateLimit limit)
    {
        var length = limit.Window switch
        {
            RateWindow.Minute => TimeSpan.TicksPerMinute,
            RateWindow.Hour => TimeSpan.TicksPerHour,
            _ => TimeSpan.TicksPerDay,
        };
        var window = (clock.GetUtcNow() + s_beijing).UtcTicks / length;
        lock (_gate)
        {
            var key = (token, api, limit.Window);
            var calls = _counts.TryGetValue(key, out var seen) && seen.Window == window ? seen.Calls + 1 : 1;
            _counts[key] = (window, calls);
            return calls <= limit.Calls;
        }
    }
}
