namespace Tidemark.Simulator.Market;

/// <summary>Weeks or months of the calendar, as runs of positions.</summary>
internal sealed class Periods
{
    private readonly int[] _first;
    private readonly bool[] _isLast;

    private Periods(MarketDays days, Func<DateOnly, int> number)
    {
        _first = new int[days.Count];
        _isLast = new bool[days.Count];
        for (var i = 1; i < days.Count; i++)
        {
            var isSame = number(days[i]) == number(days[i - 1]);
            _first[i] = isSame ? _first[i - 1] : i;
            _isLast[i - 1] = !isSame;
        }
    }

    /// <summary>From Monday to Sunday.</summary>
    public static Periods Weeks(MarketDays days) => new(days, day => day.DayNumber / 7);

    public static Periods Months(MarketDays days) => new(days, day => (day.Year * 12) + day.Month);

    /// <summary>The first position of the period of a position.</summary>
    public int FirstOf(int position) => _first[position];

    /// <summary>
    /// Whether the next open day is in another period. Of the calendar's last day nobody knows, so it is not.
    /// </summary>
    public bool IsLast(int position) => _isLast[position];
}
