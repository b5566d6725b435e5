namespace Tidemark.Core.Datasets;

/// <summary>
/// The smallest piece of work that can be retried alone: a dataset on one day. Its text, <c>tushare.daily/2022-06-01</c>,
/// is the tag that its files carry in the lake, so that committing it again replaces exactly those files.
/// </summary>
public readonly record struct UnitId(string Dataset, DateOnly Day) : IComparable<UnitId>
{
    public override string ToString() => $"{Dataset}/{Day.ToIso()}";

    public static bool TryParse(string? text, out UnitId unit)
    {
        var slash = text?.LastIndexOf('/') ?? -1;
        if (slash > 0 && TradeDate.TryParseIso(text![(slash + 1)..], out var day))
        {
            unit = new UnitId(text[..slash], day);
            return true;
        }

        unit = default;
        return false;
    }

    public static UnitId Parse(string text) =>
        TryParse(text, out var unit)
            ? unit
            : throw new FormatException($"'{text}' is not a unit like tushare.daily/2022-06-01");

    public int CompareTo(UnitId other)
    {
        var byDataset = string.CompareOrdinal(Dataset, other.Dataset);
        return byDataset != 0 ? byDataset : Day.CompareTo(other.Day);
    }

    public static bool operator <(UnitId left, UnitId right) => left.CompareTo(right) < 0;

    public static bool operator >(UnitId left, UnitId right) => left.CompareTo(right) > 0;

    public static bool operator <=(UnitId left, UnitId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(UnitId left, UnitId right) => left.CompareTo(right) >= 0;
}
