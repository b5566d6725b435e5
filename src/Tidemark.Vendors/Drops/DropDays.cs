using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Drops;

/// <summary>
/// Days and moments as spreadsheets, pandas and DuckDB write them. What is no day is refused: a month is none here.
/// </summary>
internal static class DropDays
{
    private const int DateLength = 10;

    /// <summary>
    /// <c>20220601</c>, <c>2022-06-01</c>, and the same with a midnight behind it (<c>2022-06-01 00:00:00</c>), as days
    /// since 1970-01-01. Any other time of day is a moment, which a column of days would lose.
    /// </summary>
    public static bool TryDay(ReadOnlySpan<byte> text, out int days)
    {
        if (DayText.TryParse(text, out days))
        {
            return true;
        }

        var time = text.Length > DateLength ? text[(DateLength + 1)..] : default;
        return time.StartsWith("00:00:00"u8)
            && time["00:00:00".Length..].TrimStart(".0"u8).IsEmpty
            && DayText.TryParse(text[..DateLength], out days);
    }

    /// <summary>
    /// <c>2022-06-01 09:30:00</c> (a <c>T</c> may stand between, parts of a second are dropped) in Beijing; with
    /// <c>Z</c>, <c>+00</c> or <c>+00:00</c> behind it in UTC.
    /// </summary>
    public static bool TryMoment(ReadOnlySpan<byte> text, out long microseconds)
    {
        var utc =
            text.EndsWith("+00:00"u8) ? "+00:00".Length
            : text.EndsWith("+00"u8) ? "+00".Length
            : text.EndsWith("Z"u8) ? 1
            : 0;
        return IsoMoment.TryParse(text[..^utc], isUtc: utc > 0, out microseconds);
    }
}
