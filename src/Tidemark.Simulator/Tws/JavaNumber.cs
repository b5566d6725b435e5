using System.Buffers.Text;
using System.Globalization;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// Numbers as the gateway, a Java program, writes them: <c>5.0</c>, <c>1.0E7</c>, <c>1.7976931348623157E308</c>.
/// </summary>
internal static class JavaNumber
{
    /// <summary>The most bytes that a number takes.</summary>
    public const int MaxLength = 32;

    private const double Scientific = 1e7;
    private const double SmallScientific = 1e-3;

    /// <summary>Writes a number and returns its length.</summary>
    public static int Write(double value, Span<byte> to)
    {
        if (!double.IsFinite(value))
        {
            return Copy(
                double.IsNaN(value) ? "NaN"u8
                    : value > 0 ? "Infinity"u8
                    : "-Infinity"u8,
                to
            );
        }

        var size = Math.Abs(value);
        if (size is >= SmallScientific and < Scientific)
        {
            var tenThousandths = Math.Round(value * 10_000);
            return tenThousandths / 10_000 == value ? WriteFixed((long)tenThousandths, to) : WriteDecimal(value, to);
        }

        return size == 0 ? Copy(double.IsNegative(value) ? "-0.0"u8 : "0.0"u8, to) : WriteScientific(value, to);
    }

    /// <summary>Like <see cref="Write"/>, but whole numbers have no point: strikes in contract details.</summary>
    public static int WriteShort(double value, Span<byte> to)
    {
        if (value == Math.Truncate(value) && Math.Abs(value) < Scientific)
        {
            Utf8Formatter.TryFormat((long)value, to, out var length);
            return length;
        }

        return Write(value, to);
    }

    /// <summary>
    /// Prices have few decimals and need no search for the shortest form: two numbers this short are never the same
    /// double.
    /// </summary>
    private static int WriteFixed(long tenThousandths, Span<byte> to)
    {
        var at = 0;
        if (tenThousandths < 0)
        {
            to[at++] = (byte)'-';
            tenThousandths = -tenThousandths;
        }

        Utf8Formatter.TryFormat(tenThousandths / 10_000, to[at..], out var whole);
        at += whole;
        to[at++] = (byte)'.';
        var rest = (int)(tenThousandths % 10_000);
        var digit = 1000;
        do
        {
            to[at++] = (byte)('0' + (rest / digit));
            rest %= digit;
            digit /= 10;
        } while (rest > 0);

        return at;
    }

    private static int WriteDecimal(double value, Span<byte> to)
    {
        value.TryFormat(to, out var length, default, CultureInfo.InvariantCulture);
        return to[..length].Contains((byte)'.') ? length : length + Copy(".0"u8, to[length..]);
    }

    private static int WriteScientific(double value, Span<byte> to)
    {
        Span<byte> shortest = stackalloc byte[MaxLength];
        Span<byte> digits = stackalloc byte[MaxLength];
        value.TryFormat(shortest, out var length, "E16", CultureInfo.InvariantCulture);
        var exponent = int.Parse(
            shortest[(shortest[..length].IndexOf((byte)'E') + 1)..length],
            CultureInfo.InvariantCulture
        );
        value.TryFormat(shortest, out length, default, CultureInfo.InvariantCulture);
        var count = 0;
        foreach (var letter in shortest[..length])
        {
            if (letter == (byte)'E')
            {
                break;
            }

            if (char.IsAsciiDigit((char)letter) && (count > 0 || letter != (byte)'0'))
            {
                digits[count++] = letter;
            }
        }

        count = digits[..count].LastIndexOfAnyExcept((byte)'0') + 1;
        var at = value < 0 ? Copy("-"u8, to) : 0;
        to[at++] = digits[0];
        to[at++] = (byte)'.';
        at += count > 1 ? Copy(digits[1..count], to[at..]) : Copy("0"u8, to[at..]);
        to[at++] = (byte)'E';
        Utf8Formatter.TryFormat(exponent, to[at..], out var tail);
        return at + tail;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> to)
    {
        text.CopyTo(to);
        return text.Length;
    }
}
