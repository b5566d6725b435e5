using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tidemark.Lake.Parquet;

/// <summary>
/// Snappy's block format (the published description of 2011): a varint with the length, then literals and copies of what came up to 64 KB
/// before. Greedy, with a small hash table; speeds up over data that does not repeat. Not thread-safe.
/// </summary>
internal sealed class SnappyEncoder
{
    private const int BlockLength = 1 << 16; // offsets within a block fit 16 bits
    private const int HashBits = 14;
    private const int MinMatch = 4;
    private const int SkipShift = 5; // one byte further after every 32 misses
    private readonly ushort[] _table = new ushort[1 << HashBits];

    /// <summary>The most bytes that so many can become.</summary>
    public static int MaxLength(int length) => 32 + length + (length / 6);

    /// <summary>Appends the compressed form of <paramref name="input"/>.</summary>
    public void Encode(ReadOnlySpan<byte> input, ByteBuffer output)
    {
        output.WriteVarint((ulong)input.Length);
        for (var start = 0; start < input.Length; start += BlockLength)
        {
            var block = input.Slice(start, Math.Min(BlockLength, input.Length - start));
            var room = output.Room(MaxLength(block.Length));
            output.Advance(EncodeBlock(block, room));
        }
    }

    private int EncodeBlock(ReadOnlySpan<byte> block, Span<byte> output)
    {
        Array.Clear(_table);
        var written = 0;
        var literal = 0;
        var position = 1; // an empty slot says 0, so the first byte is never found: it has nothing before it anyway
        var last = block.Length - MinMatch - 4;
        var skip = 1 << SkipShift;
        ref var bytes = ref MemoryMarshal.GetReference(block);
        while (position <= last)
        {
            var value = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, position));
            ref var slot = ref _table[(value * 0x1E35A7BDu) >> (32 - HashBits)];
            int candidate = slot;
            slot = (ushort)position;
            if (candidate == 0 || Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, candidate)) != value)
            {
                position += skip++ >> SkipShift;
                continue;
            }

            written += WriteLiteral(block[literal..position], output[written..]);
            var length = MinMatch + CommonLength(block[(position + MinMatch)..], block[(candidate + MinMatch)..]);
            written += WriteCopy(position - candidate, length, output[written..]);
            position += length;
            literal = position;
            skip = 1 << SkipShift;
        }

        return written + WriteLiteral(block[literal..], output[written..]);
    }

    private static int CommonLength(ReadOnlySpan<byte> later, ReadOnlySpan<byte> earlier)
    {
        var length = 0;
        while (later.Length - length >= sizeof(ulong))
        {
            var difference = MemoryMarshal.Read<ulong>(later[length..]) ^ MemoryMarshal.Read<ulong>(earlier[length..]);
            if (difference != 0)
            {
                return length + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            length += sizeof(ulong);
        }

        while (length < later.Length && later[length] == earlier[length])
        {
            length++;
        }

        return length;
    }

    private static int WriteLiteral(ReadOnlySpan<byte> literal, Span<byte> output)
    {
        if (literal.IsEmpty)
        {
            return 0;
        }

        // The tag's upper six bits hold length − 1 up to 59; 60 and 61 say that one or two bytes follow with it.
        var size = literal.Length - 1;
        int head;
        if (size < 60)
        {
            output[0] = (byte)(size << 2);
            head = 1;
        }
        else if (size < 1 << 8)
        {
            output[0] = 60 << 2;
            output[1] = (byte)size;
            head = 2;
        }
        else
        {
            output[0] = 61 << 2;
            output[1] = (byte)size;
            output[2] = (byte)(size >> 8);
            head = 3;
        }

        literal.CopyTo(output[head..]);
        return head + literal.Length;
    }

    private static int WriteCopy(int offset, int length, Span<byte> output)
    {
        // Copies of up to 64 bytes with a two-byte offset; none may be shorter than 4 at the end of a long one.
        var written = 0;
        while (length >= 68)
        {
            written += WriteCopy2(offset, 64, output[written..]);
            length -= 64;
        }

        if (length > 64)
        {
            written += WriteCopy2(offset, 60, output[written..]);
            length -= 60;
        }

        if (length < 12 && offset < 2048)
        {
            output[written] = (byte)(((offset >> 8) << 5) | ((length - 4) << 2) | 1);
            output[written + 1] = (byte)offset;
            return written + 2;
        }

        return written + WriteCopy2(offset, length, output[written..]);
    }

    private static int WriteCopy2(int offset, int length, Span<byte> output)
    {
        output[0] = (byte)(((length - 1) << 2) | 2);
        output[1] = (byte)offset;
        output[2] = (byte)(offset >> 8);
        return 3;
    }
}
