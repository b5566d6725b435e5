namespace Tidemark.DuckDb;

/// <summary>DuckDB counts dates in days and timestamps in microseconds since 1970-01-01.</summary>
public static class DuckDbTime
{
    private static readonly int s_epochDay = new DateOnly(1970, 1, 1).DayNumber;

    public static int ToDays(DateOnly date) => date.DayNumber - s_epochDay;

    public static DateOnly FromDays(int days) => DateOnly.FromDayNumber(days + s_epochDay);

    public static long ToMicroseconds(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / 10;

    public static DateTime FromMicroseconds(long microseconds) =>
        new(DateTime.UnixEpoch.Ticks + (microseconds * 10), DateTimeKind.Unspecified);
}
