using Tidemark.Core.Calendars;

namespace Tidemark.Simulator.Options;

/// <summary>One session, with values that every quote needs computed ahead. Times in milliseconds since 1970.</summary>
internal sealed class TradingDay(int index, DateOnly day, DateTimeOffset open, DateTimeOffset close)
{
    public int Index { get; } = index;

    public DateOnly Day { get; } = day;

    public DateTimeOffset Open { get; } = open;

    public DateTimeOffset Close { get; } = close;

    /// <summary>The market's clock: counts Mondays to Fridays, so that it is the same for every calendar.</summary>
    public int Weekday { get; } = TradingDays.WeekdayOf(day);

    public long OpenMs { get; } = open.ToUnixTimeMilliseconds();

    public int LengthMs { get; } = (int)(close - open).TotalMilliseconds;

    public long CloseMs => OpenMs + LengthMs;

    /// <summary>
    /// The end of the session's date. From then on its last prices count as those of the session before.
    /// </summary>
    public long MidnightMs => OpenMs + (long)TimeSpan.FromHours(24 - 9.5).TotalMilliseconds;
}

/// <summary>The sessions of a calendar, found by day or moment in constant time.</summary>
internal sealed class TradingDays
{
    private static readonly int s_epoch = new DateOnly(1990, 1, 1).DayNumber;
    private static readonly TimeOnly s_open = new(9, 30);
    private static readonly TimeOnly s_close = new(16, 0);

    private readonly TradingCalendar _calendar;
    private readonly TradingDay[] _days;

    /// <summary>By days since the calendar's first day: the last session on or before that day, or −1.</summary>
    private readonly int[] _onOrBefore;

    public TradingDays(TradingCalendar calendar)
    {
        _calendar = calendar;
        _days = new TradingDay[calendar.OpenDays.Count];
        _onOrBefore = new int[calendar.Last.DayNumber - calendar.First.DayNumber + 1];
        for (var i = 0; i < _days.Length; i++)
        {
            var day = calendar.OpenDays[i];
            _days[i] = new TradingDay(i, day, Moment(day, s_open), Moment(day, calendar.EarlyClose(day) ?? s_close));
        }

        var latest = -1;
        for (var i = 0; i < _onOrBefore.Length; i++)
        {
            if (latest + 1 < _days.Length && _days[latest + 1].Day.DayNumber - calendar.First.DayNumber == i)
            {
                latest++;
            }

            _onOrBefore[i] = latest;
        }
    }

    public int Count => _days.Length;

    public TradingDay this[int index] => _days[index];

    /// <summary>Mondays to Fridays since 1990; a weekend counts as its Friday.</summary>
    public static int WeekdayOf(DateOnly day)
    {
        var days = day.DayNumber - s_epoch;
        return (days / 7 * 5) + Math.Min(days % 7, 4);
    }

    public static DateOnly DayOf(int weekday) => DateOnly.FromDayNumber(s_epoch + (weekday / 5 * 7) + (weekday % 5));

    /// <summary>The session of that day, or null.</summary>
    public TradingDay? Find(DateOnly day)
    {
        var at = OnOrBefore(day);
        return at.Day == day ? at : null;
    }

    public TradingDay OnOrBefore(DateOnly day)
    {
        var offset = day.DayNumber - _calendar.First.DayNumber;
        if ((uint)offset >= (uint)_onOrBefore.Length || _onOrBefore[offset] < 0)
        {
            // The calendar throws the error that says what is wrong and what to do.
            return _days[_onOrBefore[_calendar.OpenDayOnOrBefore(day).DayNumber - _calendar.First.DayNumber]];
        }

        return _days[_onOrBefore[offset]];
    }

    /// <summary>The latest session that had begun by a moment.</summary>
    public TradingDay At(long ms)
    {
        // During a session the date in New York is the same as in UTC.
        var day = OnOrBefore(DateOnly.FromDayNumber(UnixDay + (int)(ms / 86_400_000)));
        return ms >= day.OpenMs ? day
            : day.Index > 0 ? _days[day.Index - 1]
            : OnOrBefore(day.Day.AddDays(-1));
    }

    /// <summary>The session before a session; the first one for the first.</summary>
    public TradingDay Before(TradingDay day) => _days[Math.Max(0, day.Index - 1)];

    /// <summary>
    /// Whether a day is open. Contracts reach beyond the calendar's end; there, every weekday counts as open.
    /// </summary>
    public bool IsOpen(DateOnly day)
    {
        var offset = day.DayNumber - _calendar.First.DayNumber;
        return (uint)offset < (uint)_onOrBefore.Length
            ? _onOrBefore[offset] is var at and >= 0 && _days[at].Day == day
            : day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
    }

    public DateOnly OpenOnOrBefore(DateOnly day)
    {
        while (!IsOpen(day))
        {
            day = day.AddDays(-1);
        }

        return day;
    }

    public DateOnly OpenBefore(DateOnly day) => OpenOnOrBefore(day.AddDays(-1));

    /// <summary>The beginning of a day's session, even beyond the calendar.</summary>
    public long OpenMs(DateOnly day) =>
        Known(day)?.OpenMs ?? UnixMs(day) + (long)TimeSpan.FromHours(14.5).TotalMilliseconds;

    public long CloseMs(DateOnly day) =>
        Known(day)?.CloseMs ?? UnixMs(day) + (long)TimeSpan.FromHours(21).TotalMilliseconds;

    private const int UnixDay = 719_162;

    private static long UnixMs(DateOnly day) => (day.DayNumber - UnixDay) * 86_400_000L;

    private TradingDay? Known(DateOnly day) =>
        day >= _calendar.First && day <= _calendar.Last
            ? OnOrBefore(day) is { } at && at.Day == day
                ? at
                : null
            : null;

    private DateTimeOffset Moment(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        return new DateTimeOffset(local, _calendar.TimeZone.GetUtcOffset(local));
    }
}
