using System.Buffers.Binary;

namespace Tidemark.Lake.Parquet;

/// <summary>A growing byte array that is written at its end and used again and again. Not thread-safe.</summary>
internal sealed class ByteBuffer(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Bytes that were written before, to be written again.</summary>
    public Span<byte> WrittenAt(int position, int count) => _bytes.AsSpan(position, count);

    public void Clear() => Length = 0;

    /// <summary>Room for so many bytes at the end, which count as written.</summary>
    public Span<byte> Extend(int count)
    {
        var room = Room(count);
        Length += count;
        return room;
    }

    /// <summary>Room for at least so many bytes at the end; <see cref="Advance"/> says how many were used.</summary>
    public Span<byte> Room(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }

        return _bytes.AsSpan(Length, count);
    }

    public void Advance(int count) => Length += count;

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Extend(bytes.Length));

    public void WriteByte(byte value) => Extend(1)[0] = value;

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Extend(sizeof(int)), value);

    /// <summary>Seven bits a byte, lowest first.</summary>
    public void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }
}
