namespace Tidemark.Vendors.RateLimits;

/// <summary>
/// When calls were made in the last day: of the last minutes by the second, of the last hour by the minute, before by
/// the hour. So many as were made within any limit's window can be told from it, also of a limit that nobody knew of
/// then. Not thread-safe.
/// </summary>
internal sealed class CallLog
{
    // Longer than the windows that are told apart, by more than the slack of their ends.
    private static readonly TimeSpan s_bySecond = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_byMinute = TimeSpan.FromMinutes(62);

    private readonly List<CountedCalls> _groups = [];

    public void Add(DateTimeOffset now)
    {
        _groups.Add(CountedCalls.Made(now, calls: 1));
        Compact(now);
    }

    /// <summary>The calls that some limit may count, in their order; those of a group as of the last of them.</summary>
    public IReadOnlyList<CountedCalls> Counted(DateTimeOffset now)
    {
        Compact(now);
        return [.. _groups];
    }

    private void Compact(DateTimeOffset now)
    {
        var kept = 0;
        for (var next = 0; next < _groups.Count; next++)
        {
            var group = _groups[next];
            if (group.Until <= now)
            {
                continue;
            }

            var isSame = kept > 0 && SlotOf(_groups[kept - 1].At, now) == SlotOf(group.At, now);
            _groups[isSame ? kept - 1 : kept++] = isSame
                ? CountedCalls.Made(group.At, _groups[kept - 1].Calls + group.Calls)
                : group;
        }

        _groups.RemoveRange(kept, _groups.Count - kept);
    }

    private static (long Grain, long Slot) SlotOf(DateTimeOffset at, DateTimeOffset now)
    {
        var grain =
            now - at < s_bySecond ? TimeSpan.TicksPerSecond
            : now - at < s_byMinute ? TimeSpan.TicksPerMinute
            : TimeSpan.TicksPerHour;
        return (grain, at.UtcTicks / grain);
    }
}
