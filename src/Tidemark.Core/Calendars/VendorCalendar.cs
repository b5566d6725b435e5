using Tidemark.Core.Datasets;

namespace Tidemark.Core.Calendars;

/// <summary>A day as the vendor's calendar has it.</summary>
/// <param name="Day">Which.</param>
/// <param name="IsOpen">Null where the vendor says neither.</param>
public sealed record VendorDay(DateOnly Day, bool? IsOpen);

/// <summary>What the vendor's calendar says of one exchange.</summary>
/// <param name="Exchange">The one code of it (<c>XSHG</c>, not the vendor's <c>SSE</c>).</param>
/// <param name="Days">Calendar days, weekends too; ascending, none twice. There may be gaps.</param>
public sealed record VendorCalendar(string Exchange, IReadOnlyList<VendorDay> Days)
{
    /// <summary>The table that holds it, in layer ods.</summary>
    public const string Table = "ods_trade_cal";

    /// <summary>The table that holds the one of the futures exchanges, which the vendor serves by itself.</summary>
    public const string FuturesTable = "ods_fut_trade_cal";

    /// <summary>Where the days stand, in a sentence.</summary>
    public string Where { get; init; } = "at the vendor";

    /// <summary>Where all exchanges are whose calendar the vendor has.</summary>
    public static TimeZoneInfo TimeZone { get; } = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    /// <summary>
    /// What the dataset that brings calendars is planned by when the calendar that it names has ended: its list can be
    /// had on any day.
    /// </summary>
    public static TradingCalendar EveryDay { get; } = AllDays(new DateOnly(2000, 1, 1), new DateOnly(2199, 12, 31));

    /// <summary>Whether a dataset is what brings calendars: it cannot wait for one to say when.</summary>
    public static bool IsBroughtBy(DatasetDefinition dataset) => dataset.Table == Table;

    private static TradingCalendar AllDays(DateOnly first, DateOnly last) =>
        TradingCalendar.OfDays(
            "every day",
            TimeZone,
            first,
            last,
            Enumerable.Range(first.DayNumber, last.DayNumber - first.DayNumber + 1).Select(DateOnly.FromDayNumber)
        );
}
