using Tidemark.Core.Calendars;

namespace Tidemark.Simulator.Market;

/// <summary>
/// The calendar's open days as positions: everything in the market is computed on positions, not dates.
/// </summary>
internal sealed class MarketDays
{
    private readonly DateOnly[] _days;

    public MarketDays(TradingCalendar calendar)
    {
        Calendar = calendar;
        _days = [.. calendar.OpenDays];
    }

    public TradingCalendar Calendar { get; }

    public int Count => _days.Length;

    public DateOnly this[int position] => _days[position];

    /// <summary>The position of the first open day on or after a day; <see cref="Count"/> after the last.</summary>
    public int OnOrAfter(DateOnly day)
    {
        var index = Array.BinarySearch(_days, day);
        return index >= 0 ? index : ~index;
    }

    /// <summary>The position of the last open day on or before a day; −1 before the first.</summary>
    public int OnOrBefore(DateOnly day)
    {
        var index = Array.BinarySearch(_days, day);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>The position of a day; −1 when it is not open.</summary>
    public int At(DateOnly day) => Math.Max(-1, Array.BinarySearch(_days, day));

    /// <summary>Positions from <paramref name="first"/> to <paramref name="last"/>, newest first.</summary>
    public IEnumerable<int> Backwards(DateOnly first, DateOnly last)
    {
        var from = OnOrAfter(first);
        for (var position = OnOrBefore(last); position >= from; position--)
        {
            yield return position;
        }
    }
}
