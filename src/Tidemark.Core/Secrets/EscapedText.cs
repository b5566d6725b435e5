using System.Buffers.Text;
using System.Globalization;

namespace Tidemark.Core.Secrets;

/// <summary>
/// Undoes the escapes that stand for ASCII characters: <c>\u0061</c>, <c>\x61</c>, <c>\/</c>, <c>%61</c>,
/// <c>&amp;#97;</c>, <c>&amp;#x61;</c>, also with several backslashes, as in JSON within JSON.
/// </summary>
internal static class EscapedText
{
    private const int LongestReference = 8;

    /// <summary>
    /// Writes the text without escapes and in small letters; <paramref name="starts"/> tells where in
    /// <paramref name="utf8"/> each byte began, and one position more where the last one ended. Both must be as long as
    /// the text, and one longer.
    /// </summary>
    public static int Undo(ReadOnlySpan<byte> utf8, Span<byte> plain, Span<int> starts)
    {
        var count = 0;
        for (var at = 0; at < utf8.Length; )
        {
            starts[count] = at;
            var length = Escape(utf8[at..], out var value);
            plain[count++] = length > 0 ? value : utf8[at];
            at += Math.Max(1, length);
        }

        starts[count] = utf8.Length;
        ToLower(plain[..count]);
        return count;
    }

    /// <summary>ASCII letters made small in place.</summary>
    public static void ToLower(Span<byte> text)
    {
        foreach (ref var letter in text)
        {
            if (letter is >= (byte)'A' and <= (byte)'Z')
            {
                letter |= 0x20;
            }
        }
    }

    /// <summary>The length of the escape with which a text begins; 0 = it begins with none.</summary>
    private static int Escape(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        switch (text[0])
        {
            case (byte)'%':
                return Hex(text, 1, 2, out value) ? 3 : 0;
            case (byte)'&' when text.Length > 2 && text[1] == '#':
                return Reference(text, out value);
            case (byte)'\\':
                var slashes = text.IndexOfAnyExcept((byte)'\\');
                if (slashes < 0)
                {
                    return 0;
                }

                switch (text[slashes])
                {
                    case (byte)'/':
                        value = (byte)'/';
                        return slashes + 1;
                    case (byte)'u':
                        return Hex(text, slashes + 1, 4, out value) ? slashes + 5 : 0;
                    case (byte)'x':
                        return Hex(text, slashes + 1, 2, out value) ? slashes + 3 : 0;
                    default:
                        return 0;
                }
            default:
                return 0;
        }
    }

    private static bool Hex(ReadOnlySpan<byte> text, int at, int digits, out byte value)
    {
        value = 0;
        return text.Length >= at + digits
            && byte.TryParse(
                text.Slice(at + digits - 2, 2),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out value
            )
            && (digits == 2 || text.Slice(at, 2).SequenceEqual("00"u8));
    }

    private static int Reference(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        var end = text[..Math.Min(text.Length, LongestReference)].IndexOf((byte)';');
        if (end < 0)
        {
            return 0;
        }

        var digits = text[2..end];
        var isHex = digits.Length > 1 && (digits[0] | 0x20) == 'x';
        var isNumber = isHex
            ? byte.TryParse(digits[1..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : Utf8Parser.TryParse(digits, out value, out var consumed) && consumed == digits.Length;
        return isNumber ? end + 1 : 0;
    }
}
