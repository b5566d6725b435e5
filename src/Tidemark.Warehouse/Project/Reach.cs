using System.Globalization;

namespace Tidemark.Warehouse.Project;

/// <summary>How a <see cref="Reach"/> is measured.</summary>
public enum ReachKind
{
    /// <summary>The partition's own day.</summary>
    Day,

    /// <summary>A number of trading days; the partition's own is the last of them.</summary>
    TradingDays,

    /// <summary>
    /// A number of calendar days; the partition's own is the last of them. Only the old header lines (<c>-- window</c>)
    /// give it.
    /// </summary>
    CalendarDays,

    /// <summary>The rows that are valid on the partition's day, of an input without days.</summary>
    Valid,

    /// <summary>The whole input.</summary>
    Everything,
}

/// <summary>
/// How far a partition looks into an input: its query sees these days only, and a change of one of them, and of no
/// other, makes the partition out of date.
/// </summary>
/// <param name="Kind">How it is measured.</param>
/// <param name="Days">The number of days; 0 for a kind without one.</param>
public sealed record Reach(ReachKind Kind, int Days = 0)
{
    /// <summary>Use <c>everything</c> for more than ten years.</summary>
    internal const int DaysMax = 3660;

    /// <summary>The forms that a header may have, for messages.</summary>
    internal const string Forms = "'day', 'N trading days' (N from 1 to 3660), 'valid' or 'everything'";

    /// <summary>The column of an input with the first day on which a row is valid.</summary>
    internal const string ValidFrom = "valid_from";

    /// <summary>The column with the last day on which a row is valid; null = no end is known.</summary>
    internal const string ValidTo = "valid_to";

    private const string TradingDays = " trading days";

    /// <summary>The partition's own day.</summary>
    public static Reach Day { get; } = new(ReachKind.Day);

    /// <summary>The whole input.</summary>
    public static Reach Everything { get; } = new(ReachKind.Everything);

    /// <summary>
    /// The rows that are valid on the partition's day: of an input without days that has the columns <c>valid_from</c>
    /// and <c>valid_to</c>.
    /// </summary>
    public static Reach Valid { get; } = new(ReachKind.Valid);

    /// <summary>Whether it reaches only some days of an input that has days.</summary>
    public bool IsLimited => Kind is not (ReachKind.Everything or ReachKind.Valid);

    /// <summary>Reads what a header says; null for anything else.</summary>
    internal static Reach? Parse(string text) =>
        text switch
        {
            "day" => Day,
            "valid" => Valid,
            "everything" => Everything,
            _ when text.EndsWith(TradingDays, StringComparison.Ordinal) => Count(text[..^TradingDays.Length])
                is { } days
                ? new Reach(ReachKind.TradingDays, days)
                : null,
            _ => null,
        };

    /// <summary>A number of days that a reach may have; null for anything else.</summary>
    internal static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= DaysMax
            ? days
            : null;

    /// <summary>The reach as a header spells it.</summary>
    public override string ToString() =>
        Kind switch
        {
            ReachKind.Day => "day",
            ReachKind.TradingDays => string.Create(CultureInfo.InvariantCulture, $"{Days}{TradingDays}"),
            ReachKind.CalendarDays => string.Create(CultureInfo.InvariantCulture, $"{Days} calendar days"),
            ReachKind.Valid => "valid",
            _ => "everything",
        };
}
