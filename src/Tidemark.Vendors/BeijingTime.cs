namespace Tidemark.Vendors;

/// <summary>
/// The clock of the Chinese vendors: limits of a day, the days of an account and moments without a zone are Beijing's,
/// which has kept UTC+8 without summer time since 1991.
/// </summary>
public static class BeijingTime
{
    public static TimeSpan Offset => TimeSpan.FromHours(8);

    /// <summary>The day there.</summary>
    public static DateOnly DayOf(DateTimeOffset moment) => DateOnly.FromDateTime(moment.ToOffset(Offset).DateTime);

    /// <summary>The moment at which that day began.</summary>
    public static DateTimeOffset StartOfDay(DateTimeOffset moment) => new(moment.ToOffset(Offset).Date, Offset);
}
