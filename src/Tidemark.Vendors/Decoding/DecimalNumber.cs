using System.Globalization;
using System.Runtime.CompilerServices;

namespace Tidemark.Vendors.Decoding;

/// <summary>
/// Decimal text to binary numbers, bit for bit as <see cref="double.Parse(string)"/> does it, several times as fast.
/// </summary>
internal static class DecimalNumber
{
    private const ulong LargestExactMantissa = 1UL << 53;
    private const int LargestExactPower = 22;

    /// <summary>Digits that surely fit into 64 bits.</summary>
    private const int MantissaDigits = 19;

    private static ReadOnlySpan<double> PowersOfTen =>
        [
            1e0,
            1e1,
            1e2,
            1e3,
            1e4,
            1e5,
            1e6,
            1e7,
            1e8,
            1e9,
            1e10,
            1e11,
            1e12,
            1e13,
            1e14,
            1e15,
            1e16,
            1e17,
            1e18,
            1e19,
            1e20,
            1e21,
            1e22,
        ];

    /// <summary>
    /// Reads a number in JSON's grammar that begins at <paramref name="start"/>. Returns where it ends, or −1 when
    /// there is none. Too large a number gives an infinity.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(ReadOnlySpan<byte> text, int start, out double value)
    {
        var at = start;
        var isNegative = (uint)at < (uint)text.Length && text[at] == '-';
        if (isNegative)
        {
            at++;
        }

        var mantissa = 0UL;
        var first = at;
        uint digit;
        while ((uint)at < (uint)text.Length && (digit = text[at] - (uint)'0') <= 9)
        {
            mantissa = unchecked((mantissa * 10) + digit);
            at++;
        }

        var digits = at - first;
        var exponent = 0;
        if ((uint)at < (uint)text.Length && text[at] == '.')
        {
            at++;
            var point = at;
            while ((uint)at < (uint)text.Length && (digit = text[at] - (uint)'0') <= 9)
            {
                mantissa = unchecked((mantissa * 10) + digit);
                at++;
            }

            exponent = point - at;
            if (exponent == 0)
            {
                value = 0;
                return -1;
            }
        }

        if (digits == 0 || (digits > 1 && text[first] == '0'))
        {
            value = 0;
            return -1;
        }

        var hasExponent = (uint)at < (uint)text.Length && (text[at] | 0x20) == 'e';
        if (hasExponent || digits - exponent > MantissaDigits)
        {
            return ReadSlowly(text, start, at, hasExponent, out value);
        }

        // Both operands are exact doubles, so that the one operation rounds once: Clinger's fast path.
        if (mantissa <= LargestExactMantissa && exponent >= -LargestExactPower)
        {
            value = mantissa / PowersOfTen[-exponent];
            value = isNegative ? -value : value;
            return at;
        }

        return ReadSlowly(text, start, at, hasExponent, out value);
    }

    /// <summary>
    /// Numeric text as people write it: also <c>+1</c>, <c>.5</c>, <c>007</c>. The whole text must be one number.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value) =>
        Read(text, 0, out value) == text.Length
        || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <summary>
    /// An integer, perhaps written <c>1.0</c> or <c>1e3</c>; false when there is a fraction, a letter or too much of
    /// it.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        || TryParseWhole(text, out value);

    private static bool TryParseWhole(ReadOnlySpan<byte> text, out long value)
    {
        var isWhole =
            decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number == decimal.Truncate(number)
            && number is >= long.MinValue and <= long.MaxValue;
        value = isWhole ? (long)number : 0;
        return isWhole;
    }

    private static int ReadSlowly(ReadOnlySpan<byte> text, int start, int at, bool hasExponent, out double value)
    {
        if (hasExponent)
        {
            at++;
            if (at < text.Length && text[at] is (byte)'+' or (byte)'-')
            {
                at++;
            }

            var first = at;
            while (at < text.Length && char.IsAsciiDigit((char)text[at]))
            {
                at++;
            }

            if (at == first)
            {
                value = 0;
                return -1;
            }
        }

        value = double.Parse(text[start..at], NumberStyles.Float, CultureInfo.InvariantCulture);
        return at;
    }
}
