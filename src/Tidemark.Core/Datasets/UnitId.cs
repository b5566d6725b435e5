namespace Tidemark.Core.Datasets;

/// <summary>
/// The smallest piece of work that can be retried alone: a dataset in a period, whole or a part of it. Its text is the
/// same everywhere: the tag that its files carry in the lake (so that committing it again replaces exactly its rows),
/// the steps of runs, raw answers, reports:
/// <c>tushare.daily/2022-06-01</c>, <c>tushare.cn_cpi/2022-05</c>, <c>tushare.stk_mins/2022-06/600519.SH</c>.
/// </summary>
/// <param name="Dataset">The dataset's id.</param>
/// <param name="Period">The stretch of time.</param>
/// <param name="Part">A symbol, an exchange, a group; null where the dataset is fetched whole. Never empty.</param>
public readonly record struct UnitId(string Dataset, UnitPeriod Period, string? Part = null) : IComparable<UnitId>
{
    private const char Separator = '/';

    /// <summary>The unit of one day.</summary>
    public UnitId(string dataset, DateOnly day)
        : this(dataset, UnitPeriod.OfDay(day)) { }

    /// <summary>The first day that it covers; of most units the only one.</summary>
    public DateOnly Day => Period.First;

    /// <summary>The last day that it covers.</summary>
    public DateOnly LastDay => Period.Last;

    /// <summary>The text without the dataset: <c>2022-06/600519.SH</c>.</summary>
    public string Key => Part is null ? Period.ToString() : $"{Period}{Separator}{Part}";

    /// <summary>
    /// Whether both decide over a row: they are of one dataset and have a day in common, and the same part or one of
    /// them all parts.
    /// </summary>
    public bool Overlaps(UnitId other) =>
        Dataset == other.Dataset
        && Day <= other.LastDay
        && other.Day <= LastDay
        && (Part is null || other.Part is null || Part == other.Part);

    public override string ToString() => $"{Dataset}{Separator}{Key}";

    public static bool TryParse(string? text, out UnitId unit)
    {
        // The first piece that is a period ends the dataset's name; what follows it is the part.
        for (var start = Next(text, 0); start > 1; start = Next(text, start))
        {
            var end = text!.IndexOf(Separator, start);
            if (!UnitPeriod.TryParse(text.AsSpan(start, (end < 0 ? text.Length : end) - start), out var period))
            {
                continue;
            }

            if (end == text.Length - 1)
            {
                break; // a part without a name
            }

            unit = new UnitId(text[..(start - 1)], period, end < 0 ? null : text[(end + 1)..]);
            return true;
        }

        unit = default;
        return false;
    }

    public static UnitId Parse(string text) =>
        TryParse(text, out var unit)
            ? unit
            : throw new FormatException(
                $"'{text}' is not a unit like tushare.daily/2022-06-01 or tushare.stk_mins/2022-06/600519.SH"
            );

    public int CompareTo(UnitId other)
    {
        var order = string.CompareOrdinal(Dataset, other.Dataset);
        order = order != 0 ? order : Period.CompareTo(other.Period);
        return order != 0 ? order : string.CompareOrdinal(Part, other.Part);
    }

    public static bool operator <(UnitId left, UnitId right) => left.CompareTo(right) < 0;

    public static bool operator >(UnitId left, UnitId right) => left.CompareTo(right) > 0;

    public static bool operator <=(UnitId left, UnitId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(UnitId left, UnitId right) => left.CompareTo(right) >= 0;

    // Where the piece after the next separator begins; 0 when there is none.
    private static int Next(string? text, int from) => (text?.IndexOf(Separator, from) ?? -1) + 1;
}
