using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Calendars;

/// <summary>
/// Everything that a file in <c>definitions/calendars</c> may say: settings in comment lines, and columns.
/// </summary>
public static class CalendarKeys
{
    internal const string Like = "like";
    internal const string TimeZone = "timezone";
    internal const string First = "first";
    internal const string Last = "last";

    /// <summary>The line before the first row.</summary>
    internal const string Header = "date,open,early_close";

    /// <summary>In comment lines like <c># first: 1990-12-19</c>.</summary>
    public static KeyTable Settings { get; } =
        new([
            new(
                Like,
                "name of a calendar",
                KeyEntry.Nothing,
                "The exchange trades on the days of that one, and the rows say where it differs"
            ),
            new(TimeZone, "IANA time zone", "required without `like`", "In which the exchange's times are"),
            new(
                First,
                "day like `1990-12-19`",
                "required without `like`",
                "The first day that the file knows; with `like` that of the other, unless it is given"
            ),
            new(
                Last,
                "day",
                "required without `like`",
                "The last day that it knows; behind it the vendor's calendar goes on"
            ),
        ]);

    /// <summary>Of a row, which is a day that differs from "weekdays are open, weekends are closed".</summary>
    public static KeyTable Columns { get; } =
        new([
            new("date", "day", KeyEntry.Required, "The day; at most once, and from `first` to `last`"),
            new("open", KeyTable.OneOf(["0", "1"]), KeyEntry.Required, "Whether the exchange trades on it"),
            new("early_close", "time like `13:00`", "the usual close", "When trading ends; not on a closed day"),
        ]);
}
