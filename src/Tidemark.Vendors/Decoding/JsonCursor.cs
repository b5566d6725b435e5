using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tidemark.Vendors.Decoding;

/// <summary>
/// Walks once over JSON text that is wholly in memory. Every step checks for the end, so that a cut-off text is always
/// noticed; what is skipped is only checked for balance. Throws <see cref="MalformedJsonException"/>.
/// </summary>
internal ref struct JsonCursor(ReadOnlySpan<byte> json, int position = 0)
{
    private readonly ReadOnlySpan<byte> _json = json;

    /// <summary>The next byte to look at.</summary>
    public int Position = position;

    /// <summary>The next byte that is not white space, without taking it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Peek()
    {
        if ((uint)Position < (uint)_json.Length && _json[Position] > (byte)' ')
        {
            return _json[Position];
        }

        return PeekPastSpace();
    }

    /// <summary>Takes this byte if it is next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(byte expected)
    {
        if (Peek() != expected)
        {
            return false;
        }

        Position++;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take(byte expected)
    {
        if (Peek() != expected)
        {
            Fail((char)expected);
        }

        Position++;
    }

    /// <summary>Between members or elements: true = another one follows, false = the bracket closed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TakeCommaOr(byte closing)
    {
        var next = Peek();
        Position++;
        if (next == ',')
        {
            return true;
        }

        if (next != closing)
        {
            Position--;
            Fail((char)closing);
        }

        return false;
    }

    /// <summary>Takes a string and returns the text between its quotes, with its escapes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> TakeString(out bool hasEscapes)
    {
        Take((byte)'"');
        var start = Position;
        var end = QuoteOrBackslash(start);
        hasEscapes = _json[end] == '\\';
        if (hasEscapes)
        {
            end = EndOfEscaped(end);
        }

        Position = end + 1;
        return _json[start..end];
    }

    /// <summary>Takes a number in JSON's grammar; too large a one gives an infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double TakeNumber()
    {
        var end = DecimalNumber.Read(_json, Position, out var value);
        if (end < 0 || end == _json.Length)
        {
            // Something always follows; without it, the number may be the first half of another.
            throw new MalformedJsonException(Position, "a number is cut off or misspelt");
        }

        Position = end;
        return value;
    }

    /// <summary>Looks whether a string of exactly eight bytes comes next (a day), without taking it.</summary>
    public bool TryPeekEight(out ulong word)
    {
        Peek();
        var isThere = Position + 10 <= _json.Length && _json[Position] == '"' && _json[Position + 9] == '"';
        word = isThere ? BinaryPrimitives.ReadUInt64LittleEndian(_json[(Position + 1)..]) : 0;
        return isThere;
    }

    /// <summary>The text from a position to where the cursor stands.</summary>
    public readonly ReadOnlySpan<byte> Since(int position) => _json[position..Position];

    /// <summary>Takes the name of a member and the colon after it.</summary>
    public ReadOnlySpan<byte> TakeName()
    {
        var name = TakeString(out var hasEscapes);
        Take((byte)':');
        return hasEscapes ? JsonText.Unescape(name) : name;
    }

    /// <summary>Takes <c>null</c>, <c>true</c>, <c>false</c> (or <c>NaN</c>), whichever is asked for.</summary>
    public void TakeLiteral(ReadOnlySpan<byte> literal)
    {
        Peek();
        if (!_json[Position..].StartsWith(literal))
        {
            Fail((char)literal[0]);
        }

        Position += literal.Length;
    }

    public bool TryTakeNull()
    {
        if (Peek() != 'n')
        {
            return false;
        }

        TakeLiteral("null"u8);
        return true;
    }

    /// <summary>Takes a whole value of any kind and returns its text.</summary>
    public ReadOnlySpan<byte> TakeAny()
    {
        var first = Peek();
        var start = Position;
        switch (first)
        {
            case (byte)'"':
                TakeString(out _);
                break;
            case (byte)'[' or (byte)'{':
                SkipNested();
                break;
            default:
                SkipScalar();
                break;
        }

        return _json[start..Position];
    }

    /// <summary>Nothing but white space may be left.</summary>
    public void ExpectEnd()
    {
        if (!IsAtEnd())
        {
            throw new MalformedJsonException(Position, "more text after the end");
        }
    }

    /// <summary>Whether nothing but white space is left; the cursor then stands at the end.</summary>
    public bool IsAtEnd()
    {
        while (Position < _json.Length && IsSpace(_json[Position]))
        {
            Position++;
        }

        return Position == _json.Length;
    }

    /// <summary>Refuses the byte at which the cursor stands.</summary>
    public readonly void Fail(char expected) =>
        throw new MalformedJsonException(
            Position,
            Position >= _json.Length ? "it ends here" : $"expected '{expected}', not '{Printable(_json[Position])}'"
        );

    public readonly MalformedJsonException NotAValue() =>
        new(Position, $"no value begins with '{Printable(_json[Position])}'");

    private static string Printable(byte value) => value is > 0x20 and < 0x7F ? $"{(char)value}" : $"0x{value:X2}";

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    private byte PeekPastSpace()
    {
        while (Position < _json.Length && IsSpace(_json[Position]))
        {
            Position++;
        }

        return Position < _json.Length ? _json[Position] : throw new MalformedJsonException(Position, "it ends here");
    }

    /// <summary>Texts are short here: eight bytes at a time beats setting up a vector search.</summary>
    private readonly int QuoteOrBackslash(int from)
    {
        const ulong Ones = 0x0101010101010101;
        const ulong Highs = 0x8080808080808080;
        const ulong Quotes = Ones * '"';
        const ulong Backslashes = Ones * '\\';
        var at = from;
        while (at + sizeof(ulong) <= _json.Length)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(_json[at..]);
            var quote = word ^ Quotes;
            var backslash = word ^ Backslashes;
            var hits = (((quote - Ones) & ~quote) | ((backslash - Ones) & ~backslash)) & Highs;
            if (hits != 0)
            {
                return at + (BitOperations.TrailingZeroCount(hits) >> 3);
            }

            at += sizeof(ulong);
        }

        for (; at < _json.Length; at++)
        {
            if (_json[at] is (byte)'"' or (byte)'\\')
            {
                return at;
            }
        }

        throw new MalformedJsonException(_json.Length, "a text is cut off");
    }

    private readonly int EndOfEscaped(int backslash)
    {
        var at = backslash;
        while (_json[at] == '\\')
        {
            at = QuoteOrBackslash(at + 2);
        }

        return at;
    }

    private void SkipNested()
    {
        var depth = 0;
        do
        {
            switch (Peek())
            {
                case (byte)'"':
                    TakeString(out _);
                    break;
                case (byte)'[' or (byte)'{':
                    depth++;
                    Position++;
                    break;
                case (byte)']' or (byte)'}':
                    depth--;
                    Position++;
                    break;
                default:
                    Position++;
                    break;
            }
        } while (depth > 0);
    }

    private void SkipScalar()
    {
        var start = Position;
        while (
            Position < _json.Length
            && (
                char.IsAsciiLetterOrDigit((char)_json[Position])
                || _json[Position] is (byte)'-' or (byte)'+' or (byte)'.'
            )
        )
        {
            Position++;
        }

        if (Position == start)
        {
            throw NotAValue();
        }

        if (Position == _json.Length)
        {
            throw new MalformedJsonException(Position, "it ends here");
        }
    }
}

/// <summary>The text is not JSON, or is cut off.</summary>
internal sealed class MalformedJsonException(int position, string reason) : Exception(reason)
{
    public int Position { get; } = position;
}
