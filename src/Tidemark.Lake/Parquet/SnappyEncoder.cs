using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
    private const int Margin = 32;
    private const int SkipShift = 5; // one byte further after every 32 misses
    private readonly ushort[] _table = new ushort[1 << HashBits];

    /// <summary>The most bytes that so many can become.</summary>
    public static int MaxLength(int length) => 64 + length + (length / 6);

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

    private int EncodeBlock(ReadOnlySpan<byte> block, Span<byte> room)
    {
        Array.Clear(_table);
        ref var input = ref MemoryMarshal.GetReference(block);
        ref var output = ref MemoryMarshal.GetReference(room);
        ref var table = ref MemoryMarshal.GetArrayDataReference(_table);
        var written = 0;
        var literal = 0;
        var position = 1; // an empty slot says 0, so the first byte is never found: it has nothing before it anyway

        // Up to here 16 bytes may be read at once, whatever is copied.
        var last = block.Length - Margin;
        var skip = 1 << SkipShift;
        while (position <= last)
        {
            var value = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref input, position));
            ref var slot = ref Unsafe.Add(ref table, (int)((value * 0x1E35A7BDu) >> (32 - HashBits)));
            int candidate = slot;
            slot = (ushort)position;
            if (candidate == 0 || Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref input, candidate)) != value)
            {
                position += skip++ >> SkipShift;
                continue;
            }

            if (position > literal)
            {
                written += WriteLiteral(
                    ref Unsafe.Add(ref input, literal),
                    position - literal,
                    ref Unsafe.Add(ref output, written)
                );
            }

            var length = MatchLength(ref input, candidate, position, block.Length);
            written += WriteCopy(position - candidate, length, ref Unsafe.Add(ref output, written));
            position += length;
            literal = position;
            skip = 1 << SkipShift;
        }

        if (literal < block.Length)
        {
            written += WriteTail(block[literal..], room[written..]);
        }

        return written;
    }

    // The bytes at both positions are known to be equal for MinMatch.
    private static int MatchLength(ref byte input, int earlier, int later, int end)
    {
        var length = MinMatch;
        while (later + length + sizeof(ulong) <= end)
        {
            var difference =
                Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref input, earlier + length))
                ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref input, later + length));
            if (difference != 0)
            {
                return length + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            length += sizeof(ulong);
        }

        while (later + length < end && Unsafe.Add(ref input, earlier + length) == Unsafe.Add(ref input, later + length))
        {
            length++;
        }

        return length;
    }

    // Short literals are most of them: 16 bytes are copied at once and those too many written over by what follows.
    private static int WriteLiteral(ref byte literal, int length, ref byte output)
    {
        if (length <= 16)
        {
            output = (byte)((length - 1) << 2);
            Vector128.LoadUnsafe(ref literal).StoreUnsafe(ref Unsafe.Add(ref output, 1));
            return 1 + length;
        }

        return WriteTail(
            MemoryMarshal.CreateReadOnlySpan(ref literal, length),
            MemoryMarshal.CreateSpan(ref output, length + 3)
        );
    }

    private static int WriteTail(ReadOnlySpan<byte> literal, Span<byte> output)
    {
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

    private static int WriteCopy(int offset, int length, ref byte output)
    {
        // Copies of up to 64 bytes with a two-byte offset; none may be shorter than 4 at the end of a long one.
        var written = 0;
        while (length >= 68)
        {
            written += WriteCopy2(offset, 64, ref Unsafe.Add(ref output, written));
            length -= 64;
        }

        if (length > 64)
        {
            written += WriteCopy2(offset, 60, ref Unsafe.Add(ref output, written));
            length -= 60;
        }

        if (length < 12 && offset < 2048)
        {
            Unsafe.Add(ref output, written) = (byte)(((offset >> 8) << 5) | ((length - 4) << 2) | 1);
            Unsafe.Add(ref output, written + 1) = (byte)offset;
            return written + 2;
        }

        return written + WriteCopy2(offset, length, ref Unsafe.Add(ref output, written));
    }

    private static int WriteCopy2(int offset, int length, ref byte output)
    {
        output = (byte)(((length - 1) << 2) | 2);
        Unsafe.Add(ref output, 1) = (byte)offset;
        Unsafe.Add(ref output, 2) = (byte)(offset >> 8);
        return 3;
    }
}
