using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Ibkr.Wire;

/// <summary>
/// The fields of one message, in order, read in place. A field that is not there, or not what is asked for, breaks the
/// reader: from then on it gives nothing, and <see cref="IsBroken"/> tells. So a decoder reads what it wants and asks
/// once at the end; nothing is thrown.
/// </summary>
/// <param name="payload">A frame without its length: every field ends with a NUL.</param>
internal ref struct FieldReader(ReadOnlySpan<byte> payload)
{
    /// <summary>Numbers from here on stand for "unset": the largest double is one of them.</summary>
    private const double UnsetFrom = 1e300;

    private const double UnsetInt = int.MaxValue;
    private const double UnsetLong = long.MaxValue;

    private ReadOnlySpan<byte> _rest = payload;

    public bool IsBroken { get; private set; }

    /// <summary>Whether fields are left: a newer gateway may send more than we know of.</summary>
    public readonly bool HasMore => !IsBroken && !_rest.IsEmpty;

    public ReadOnlySpan<byte> Next()
    {
        var end = _rest.IndexOf((byte)0);
        if (end < 0)
        {
            // Also a last field without its NUL: a number that was cut is another number.
            return Break();
        }

        var field = _rest[..end];
        _rest = _rest[(end + 1)..];
        return field;
    }

    public void Skip(int fields)
    {
        for (var i = 0; i < fields; i++)
        {
            Next();
        }
    }

    /// <summary>A whole number that must be there.</summary>
    public int NextInt()
    {
        var field = Next();
        if (Utf8Parser.TryParse(field, out int value, out var used) && used == field.Length)
        {
            return value;
        }

        Break();
        return 0;
    }

    public long NextLong()
    {
        var field = Next();
        if (Utf8Parser.TryParse(field, out long value, out var used) && used == field.Length)
        {
            return value;
        }

        Break();
        return 0;
    }

    /// <summary>A whole number; 0 when it is empty or unset.</summary>
    public int NextIntOrZero()
    {
        var value = NextSize();
        if (double.IsNaN(value))
        {
            return 0;
        }

        if (value == Math.Truncate(value) && Math.Abs(value) < UnsetInt)
        {
            return (int)value;
        }

        Break();
        return 0;
    }

    /// <summary>
    /// How many groups follow. More than the message can hold breaks the reader before anybody makes room for them.
    /// </summary>
    public int NextCount(int fieldsInEach)
    {
        var count = NextInt();
        if (count >= 0 && (long)count * fieldsInEach <= _rest.Length)
        {
            return count;
        }

        Break();
        return 0;
    }

    /// <summary>
    /// A number; NaN when it is empty, unset or no finite number by intention (<c>NaN</c>, <c>Infinity</c>,
    /// <c>Infinite</c>).
    /// </summary>
    public double NextDouble()
    {
        var field = Next();
        if (DecimalNumber.TryParse(field, out double value))
        {
            return Math.Abs(value) < UnsetFrom ? value : double.NaN;
        }

        if (!field.IsEmpty && !field.SequenceEqual("Infinite"u8) && !field.SequenceEqual("-Infinite"u8))
        {
            Break();
        }

        return double.NaN;
    }

    /// <summary>A size: like a number, and the largest whole numbers stand for "unset" too.</summary>
    public double NextSize()
    {
        var value = NextDouble();
        return value is UnsetInt or UnsetLong ? double.NaN : value;
    }

    /// <summary>0 or 1.</summary>
    public bool NextFlag() => NextIntOrZero() != 0;

    /// <summary>
    /// A text of its own; what comes again and again is better read through a <see cref="TextPool"/>.
    /// </summary>
    public string NextText() => TextOf(Next());

    /// <summary>A right as it is written anywhere: C, P, CALL, PUT or nothing.</summary>
    public OptionRight NextRight() =>
        Next() switch
        {
            [(byte)'C' or (byte)'c', ..] => OptionRight.Call,
            [(byte)'P' or (byte)'p', ..] => OptionRight.Put,
            _ => OptionRight.None,
        };

    /// <summary>Bytes as Latin-1, with <c>\uXXXX</c> replaced by what it stands for.</summary>
    public static string TextOf(ReadOnlySpan<byte> field)
    {
        if (field.IsEmpty)
        {
            return "";
        }

        var text = Encoding.Latin1.GetString(field);
        if (!field.Contains((byte)'\\'))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (
                text[i] == '\\'
                && i + 5 < text.Length
                && text[i + 1] == 'u'
                && ushort.TryParse(
                    text.AsSpan(i + 2, 4),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out var unit
                )
            )
            {
                plain.Append((char)unit);
                i += 5;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    private ReadOnlySpan<byte> Break()
    {
        IsBroken = true;
        _rest = default;
        return default;
    }
}
