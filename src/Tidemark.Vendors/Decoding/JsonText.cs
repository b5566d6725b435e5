using System.Buffers.Text;
using System.Text;

namespace Tidemark.Vendors.Decoding;

/// <summary>Turns the text between the quotes of a JSON string into UTF-8.</summary>
internal static class JsonText
{
    public static byte[] Unescape(ReadOnlySpan<byte> raw)
    {
        var target = new byte[raw.Length];
        return target[..Unescape(raw, target)];
    }

    /// <summary>
    /// Writes the text to <paramref name="target"/>, which is as long as <paramref name="raw"/> (an escape is never
    /// shorter than what it stands for), and returns its length. Half a surrogate pair becomes U+FFFD, as everywhere in
    /// .NET.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> target)
    {
        var written = 0;
        var at = 0;
        while (at < raw.Length)
        {
            var plain = raw[at..].IndexOf((byte)'\\');
            if (plain < 0)
            {
                plain = raw.Length - at;
            }

            raw.Slice(at, plain).CopyTo(target[written..]);
            written += plain;
            at += plain;
            if (at < raw.Length)
            {
                written += WriteEscape(raw, ref at, target[written..]);
            }
        }

        return written;
    }

    private static int WriteEscape(ReadOnlySpan<byte> raw, ref int at, Span<byte> target)
    {
        var kind = at + 1 < raw.Length ? raw[at + 1] : (byte)0;
        if (kind == 'u')
        {
            return TakeRune(raw, ref at).EncodeToUtf8(target);
        }

        target[0] = kind switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' => kind,
            (byte)'b' => 0x08,
            (byte)'f' => 0x0C,
            (byte)'n' => 0x0A,
            (byte)'r' => 0x0D,
            (byte)'t' => 0x09,
            _ => throw new MalformedJsonException(at, "an escape that JSON does not know"),
        };
        at += 2;
        return 1;
    }

    private static Rune TakeRune(ReadOnlySpan<byte> raw, ref int at)
    {
        var first = TakeUnit(raw, ref at);
        if (Rune.TryCreate(first, out var rune))
        {
            return rune;
        }

        if (char.IsHighSurrogate(first) && raw[at..].StartsWith("\\u"u8))
        {
            var next = at;
            if (Rune.TryCreate(first, TakeUnit(raw, ref next), out rune))
            {
                at = next;
                return rune;
            }
        }

        return Rune.ReplacementChar;
    }

    private static char TakeUnit(ReadOnlySpan<byte> raw, ref int at)
    {
        if (
            raw.Length - at < 6
            || !Utf8Parser.TryParse(raw.Slice(at + 2, 4), out ushort unit, out var used, 'x')
            || used != 4
        )
        {
            throw new MalformedJsonException(at, @"an escape \u without four hexadecimal digits");
        }

        at += 6;
        return (char)unit;
    }
}
