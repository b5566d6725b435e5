using System.Buffers.Text;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.AkShare;

/// <summary>
/// Days and moments in the many forms in which functions of AkShare have them. A month or quarter is its last day: by
/// then it is over.
/// </summary>
internal static class AkShareDays
{
    private const int DateLength = 10;
    private const int MonthLength = 6;
    private const int EpochDayNumber = 719_162; // 1970-01-01 in DateOnly's count
    private const int MonthsOfQuarter = 3;

    /// <summary>
    /// <c>20220601</c>, <c>2022-06-01</c>, <c>2022-06-01T00:00:00.000</c> (perhaps with <c>Z</c>), <c>202206</c>,
    /// <c>2022年6月份</c>, <c>2022年第1-2季度</c> as days since 1970-01-01. A moment in UTC is its day in China.
    /// </summary>
    public static bool TryDay(ReadOnlySpan<byte> text, out int days)
    {
        if (DayText.TryParse(text, out days))
        {
            return true;
        }

        if (text.Length > DateLength && text[DateLength] is (byte)'T' or (byte)' ')
        {
            return TryDayOfMoment(text, out days);
        }

        return TryMonth(text, out days) || TryQuarter(text, out days);
    }

    /// <summary>
    /// <c>2024-12-26T08:11:57.000Z</c> in UTC, without the <c>Z</c> (or with a blank for the <c>T</c>) in Beijing, as
    /// microseconds since 1970-01-01 UTC. Parts of a second are dropped.
    /// </summary>
    public static bool TryMoment(ReadOnlySpan<byte> text, out long microseconds)
    {
        var isUtc = text.EndsWith("Z"u8);
        return IsoMoment.TryParse(isUtc ? text[..^1] : text, isUtc, out microseconds);
    }

    /// <summary>Midnight is how pandas writes a day without a time, whatever zone an old version says.</summary>
    private static bool TryDayOfMoment(ReadOnlySpan<byte> text, out int days)
    {
        if (text[(DateLength + 1)..].StartsWith("00:00:00"u8))
        {
            return TryMoment(text, out _) & DayText.TryParse(text[..DateLength], out days);
        }

        var isMoment = TryMoment(text, out var microseconds);
        days = isMoment ? DayText.DayOf(microseconds) : 0;
        return isMoment;
    }

    private static bool TryMonth(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (
            text.Length == MonthLength
            && Utf8Parser.TryParse(text, out int number, out var used)
            && used == MonthLength
        )
        {
            return TryLastDay(number / 100, number % 100, out days);
        }

        return TryTake(ref text, "年"u8, out var year)
            && TryTake(ref text, "月"u8, out var month)
            && (text.IsEmpty || text.SequenceEqual("份"u8))
            && TryLastDay(year, month, out days);
    }

    private static bool TryQuarter(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (!TryTake(ref text, "年第"u8, out var year))
        {
            return false;
        }

        var dash = text.IndexOf((byte)'-');
        text = text[(dash + 1)..];
        return TryTake(ref text, "季度"u8, out var quarter)
            && text.IsEmpty
            && quarter <= 4
            && TryLastDay(year, quarter * MonthsOfQuarter, out days);
    }

    /// <summary>Takes a number and the word after it.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> word, out int number)
    {
        var isTaken =
            Utf8Parser.TryParse(text, out number, out var used)
            && text[0] is >= (byte)'0' and <= (byte)'9'
            && text[used..].StartsWith(word);
        text = isTaken ? text[(used + word.Length)..] : text;
        return isTaken;
    }

    private static bool TryLastDay(int year, int month, out int days)
    {
        var isThere = year is >= 1 and <= 9999 && month is >= 1 and <= 12;
        days = isThere ? new DateOnly(year, month, DateTime.DaysInMonth(year, month)).DayNumber - EpochDayNumber : 0;
        return isThere;
    }
}
