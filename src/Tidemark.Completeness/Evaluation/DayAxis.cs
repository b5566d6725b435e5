using Tidemark.Core.Calendars;

namespace Tidemark.Completeness.Evaluation;

/// <summary>The open days of the cells, in order, with their positions. Immutable.</summary>
internal sealed class DayAxis : IEquatable<DayAxis>
{
    private readonly int[] _positions;
    private readonly int _firstDayNumber;

    public DayAxis(DateOnly[] days)
    {
        Days = days;
        if (days.Length == 0)
        {
            _positions = [];
            return;
        }

        _firstDayNumber = days[0].DayNumber;
        _positions = new int[days[^1].DayNumber - _firstDayNumber + 1];
        Array.Fill(_positions, -1);
        for (var i = 0; i < days.Length; i++)
        {
            _positions[days[i].DayNumber - _firstDayNumber] = i;
        }
    }

    public DateOnly[] Days { get; }

    public int Count => Days.Length;

    public static DayAxis Of(TradingCalendar calendar, DateOnly from, DateOnly to) =>
        new(calendar.OpenDaysBetween(from, to).ToArray());

    /// <summary>Axes with the same days are equal, so that checks share the data read for one of them.</summary>
    public bool Equals(DayAxis? other) => other is not null && Days.AsSpan().SequenceEqual(other.Days);

    public override bool Equals(object? obj) => Equals(obj as DayAxis);

    public override int GetHashCode() => Count == 0 ? 0 : HashCode.Combine(Count, Days[0], Days[^1]);

    /// <summary>The position of a day; −1 when the day is not open or outside the axis.</summary>
    public int PositionOf(int dayNumber)
    {
        var offset = dayNumber - _firstDayNumber;
        return (uint)offset < (uint)_positions.Length ? _positions[offset] : -1;
    }

    /// <summary>The last position on or before a day; −1 when all are after it.</summary>
    public int LastOnOrBefore(DateOnly day)
    {
        var index = Array.BinarySearch(Days, day);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>The first position on or after a day; <see cref="Count"/> when all are before it.</summary>
    public int FirstOnOrAfter(DateOnly day)
    {
        var index = Array.BinarySearch(Days, day);
        return index >= 0 ? index : ~index;
    }
}
