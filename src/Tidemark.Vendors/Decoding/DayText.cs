using System.Buffers.Binary;

namespace Tidemark.Vendors.Decoding;

/// <summary>Days and moments as Chinese vendors write them.</summary>
internal static class DayText
{
    private const int EpochDayNumber = 719_162; // 1970-01-01 in DateOnly's count
    private const int TextLength = 8;

    /// <summary><c>YYYYMMDD</c> (or <c>YYYY-MM-DD</c>) to days since 1970-01-01.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out int days)
    {
        if (text.Length == TextLength)
        {
            return TryParse(BinaryPrimitives.ReadUInt64LittleEndian(text), out days);
        }

        if (text.Length == 10 && text[4] == '-' && text[7] == '-')
        {
            Span<byte> compact = stackalloc byte[TextLength];
            text[..4].CopyTo(compact);
            text.Slice(5, 2).CopyTo(compact[4..]);
            text.Slice(8, 2).CopyTo(compact[6..]);
            return TryParse(compact, out days);
        }

        days = 0;
        return false;
    }

    /// <summary>The same for <c>YYYYMMDD</c> that was read as one little-endian word.</summary>
    public static bool TryParse(ulong text, out int days)
    {
        days = 0;
        return TryDigits(text, out var number) && TryFromNumber(number, out days);
    }

    /// <summary>20220601 to days since 1970-01-01; false when there is no such day.</summary>
    public static bool TryFromNumber(long number, out int days)
    {
        var year = (int)(number / 10_000);
        var month = (int)(number / 100 % 100);
        var day = (int)(number % 100);
        var isDay =
            number is >= 1_01_01 and <= 9999_12_31
            && month is >= 1 and <= 12
            && day >= 1
            && day <= DateTime.DaysInMonth(year, month);
        days = isDay ? new DateOnly(year, month, day).DayNumber - EpochDayNumber : 0;
        return isDay;
    }

    /// <summary>
    /// <c>YYYY-MM-DD HH:MM:SS</c> (seconds may lack, so may the time) in Beijing to microseconds since 1970-01-01 UTC.
    /// </summary>
    public static bool TryParseMoment(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        var space = text.IndexOf((byte)' ');
        if (!TryParse(space < 0 ? text : text[..space], out var days))
        {
            return false;
        }

        var seconds = 0;
        if (space >= 0 && !TryParseTime(text[(space + 1)..], out seconds))
        {
            return false;
        }

        var moment = TimeSpan.FromDays(days) + TimeSpan.FromSeconds(seconds) - BeijingTime.Offset;
        microseconds = moment.Ticks / TimeSpan.TicksPerMicrosecond;
        return true;
    }

    /// <summary>The day in Beijing of a moment, as days since 1970-01-01.</summary>
    public static int DayOf(long microseconds) =>
        (int)
            Math.Floor(
                (microseconds + (BeijingTime.Offset.Ticks / TimeSpan.TicksPerMicrosecond)) / (24d * 3600 * 1_000_000)
            );

    private static bool TryParseTime(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text.Length is not (5 or 8) || text[2] != ':' || (text.Length == 8 && text[5] != ':'))
        {
            return false;
        }

        var second = 0;
        var isTime =
            TryTwo(text, 0, 23, out var hour)
            && TryTwo(text, 3, 59, out var minute)
            && (text.Length == 5 || TryTwo(text, 6, 59, out second))
            && (seconds = (hour * 3600) + (minute * 60) + second) >= 0;
        return isTime;
    }

    private static bool TryTwo(ReadOnlySpan<byte> text, int at, int largest, out int value)
    {
        value = ((text[at] - '0') * 10) + (text[at + 1] - '0');
        return char.IsAsciiDigit((char)text[at]) && char.IsAsciiDigit((char)text[at + 1]) && value <= largest;
    }

    /// <summary>
    /// Eight ASCII digits, read as one little-endian word, to their number; neighbours are added up pairwise three
    /// times.
    /// </summary>
    private static bool TryDigits(ulong word, out int number)
    {
        const ulong HighNibbles = 0xF0F0F0F0F0F0F0F0;
        number = 0;
        // A digit is 0x30..0x39: its high nibble is 3, and still is after adding 6.
        var carried = unchecked(word + 0x0606060606060606) & HighNibbles;
        if (((word & HighNibbles) | (carried >> 4)) != 0x3333333333333333)
        {
            return false;
        }

        word -= 0x3030303030303030;
        word = (word * 10) + (word >> 8);
        const ulong Mask = 0x000000FF000000FF;
        word = (((word & Mask) * 0x000F424000000064) + (((word >> 16) & Mask) * 0x0000271000000001)) >> 32;
        number = (int)(uint)word;
        return true;
    }
}
