using System.Buffers.Binary;

namespace Tidemark.Lake.Parquet;

/// <summary>A growing byte array that is written at its end and used again and again. Not thread-safe.</summary>
internal sealed class ByteBuffer(int capacity)
{
    // Not cleared by the runtime: only what was written is read.
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(capacity);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Bytes that were written before, so that they can be overwritten.</summary>
    public Span<byte> WrittenAt(int position, int count) => _bytes.AsSpan(position, count);

    public void Clear() => Length = 0;

    /// <summary>Space for <paramref name="count"/> bytes at the end; they count as written.</summary>
    public Span<byte> Extend(int count)
    {
        var room = Room(count);
        Length += count;
        return room;
    }

    /// <summary>
    /// Space for at least <paramref name="count"/> bytes at the end; <see cref="Advance"/> says how many were used.
    /// </summary>
    public Span<byte> Room(int count)
    {
        if (Length + count > _bytes.Length)
        {
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(_bytes.Length * 2, Length + count));
            Written.CopyTo(larger);
            _bytes = larger;
        }

        return _bytes.AsSpan(Length, count);
    }

    public void Advance(int count) => Length += count;

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Extend(bytes.Length));

    public void WriteByte(byte value) => Extend(1)[0] = value;

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Extend(sizeof(int)), value);

    /// <summary>Seven bits per byte, lowest first.</summary>
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
