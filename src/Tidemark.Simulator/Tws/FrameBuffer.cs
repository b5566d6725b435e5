using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Tidemark.Simulator.Tws;

/// <summary>Frames in pooled memory: each has a length of four bytes, then fields that end with NUL.</summary>
internal sealed class FrameBuffer : IDisposable
{
    /// <summary>The bytes of a frame's length.</summary>
    public const int Prefix = sizeof(int);

    /// <summary>The longest payload that either end accepts.</summary>
    public const int MaxPayload = 0xFFFFFF;

    private byte[] _bytes;
    private int _frame;

    public FrameBuffer(int capacity = 16 * 1024) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>Begins a message by its number.</summary>
    public FrameBuffer Begin(int message)
    {
        BeginPayload();
        return Int(message);
    }

    /// <summary>Begins a payload that has no number: the reply to the greeting.</summary>
    public FrameBuffer BeginPayload()
    {
        _frame = Length;
        Space(Prefix);
        Length += Prefix;
        return this;
    }

    public FrameBuffer Int(long value)
    {
        Utf8Formatter.TryFormat(value, Space(JavaNumber.MaxLength), out var length);
        return Close(length);
    }

    public FrameBuffer Bool(bool value) => Int(value ? 1 : 0);

    /// <summary>A number as Java writes it: <c>5.0</c>.</summary>
    public FrameBuffer Double(double value) => Close(JavaNumber.Write(value, Space(JavaNumber.MaxLength)));

    /// <summary>Writes a number; for NaN, which means not computed, writes <paramref name="missing"/>.</summary>
    public FrameBuffer Double(double value, int missing) => double.IsNaN(value) ? Int(missing) : Double(value);

    /// <summary>A number without point when it is whole: <c>200</c>, <c>202.5</c>.</summary>
    public FrameBuffer Short(double value) => Close(JavaNumber.WriteShort(value, Space(JavaNumber.MaxLength)));

    /// <summary><c>yyyyMMdd</c>; empty for null.</summary>
    public FrameBuffer Day(DateOnly? day)
    {
        if (day is not { } date)
        {
            return Text("");
        }

        date.TryFormat(Space(JavaNumber.MaxLength), out var length, "yyyyMMdd", CultureInfo.InvariantCulture);
        return Close(length);
    }

    /// <summary>Writes text; a character that is not printable ASCII becomes <c>\uXXXX</c>.</summary>
    public FrameBuffer Text(ReadOnlySpan<char> text)
    {
        const int escaped = 6;
        var space = Space((text.Length * escaped) + 1);
        var at = 0;
        foreach (var letter in text)
        {
            if (letter is >= ' ' and < '\x7f')
            {
                space[at++] = (byte)letter;
                continue;
            }

            space[at++] = (byte)'\\';
            space[at++] = (byte)'u';
            ((int)letter).TryFormat(space[at..], out var length, "x4", CultureInfo.InvariantCulture);
            at += length;
        }

        return Close(at);
    }

    /// <summary>Writes a recorded field byte for byte.</summary>
    public FrameBuffer Latin(ReadOnlySpan<char> field) => Close(Encoding.Latin1.GetBytes(field, Space(field.Length)));

    /// <summary>Ends the message.</summary>
    public void End() => BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_frame), Length - _frame - Prefix);

    /// <summary>Writes bytes as they are, whether frames or not.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Space(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Forgets what was written after a length.</summary>
    public void Truncate(int length) => Length = length;

    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private FrameBuffer Close(int length)
    {
        Length += length;
        _bytes[Length++] = 0;
        return this;
    }

    /// <summary>Space for <paramref name="bytes"/> bytes and a NUL.</summary>
    private Span<byte> Space(int bytes)
    {
        if (_bytes.Length - Length <= bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + bytes + 1));
            _bytes.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(Length);
    }
}
