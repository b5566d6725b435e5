using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tidemark.Core.Columns;

/// <summary>
/// Finds rows with the same values in some columns of a batch: a table of row numbers, no object a row. The batch may
/// grow between two calls; rows that were added stay as they are. Not thread-safe.
/// </summary>
public sealed class KeyIndex
{
    private const int SmallestSize = 16;

    private readonly Column[] _keys;

    // row + 1; 0 = free. Rented, because new memory for every unit costs more than the look-ups.
    private int[] _slots;
    private uint _mask;
    private int _count;

    /// <param name="keys">The columns that are compared; two absent values are the same.</param>
    /// <param name="rows">How many rows to be ready for.</param>
    public KeyIndex(IEnumerable<Column> keys, int rows = 0)
    {
        _keys = [.. keys];
        _slots = Rent(SizeFor(rows));
    }

    /// <summary>Adds a row; returns the row with the same key that was added before, −1 when there is none.</summary>
    public int Add(int row)
    {
        if ((_count + 1L) * 2 > _mask + 1L)
        {
            Grow();
        }

        ref var slot = ref Find(row);
        if (slot != 0)
        {
            return slot - 1;
        }

        slot = row + 1;
        _count++;
        return -1;
    }

    /// <summary>Whether two rows have the same values in columns.</summary>
    public static bool SameRow(IReadOnlyList<Column> columns, int left, int right)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (!columns[i].SameValue(left, right))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Lets other indexes use the memory; this one must not be used any more.</summary>
    public void Release()
    {
        ArrayPool<int>.Shared.Return(_slots);
        _slots = [];
    }

    private static int SizeFor(int rows) =>
        (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(SmallestSize, rows * 2L));

    /// <summary>Free slots, of which the first <paramref name="size"/> are used.</summary>
    private int[] Rent(int size)
    {
        var slots = ArrayPool<int>.Shared.Rent(size);
        slots.AsSpan(0, size).Clear();
        _mask = (uint)size - 1;
        return slots;
    }

    private ref int Find(int row)
    {
        var at = Hash(row) & _mask;
        while (_slots[at] != 0 && !SameRow(_keys, _slots[at] - 1, row))
        {
            at = (at + 1) & _mask;
        }

        return ref _slots[at];
    }

    private void Grow()
    {
        var smaller = _slots;
        var size = (int)_mask + 1;
        _slots = Rent(size * 2);
        foreach (var taken in smaller.AsSpan(0, size))
        {
            if (taken != 0)
            {
                Find(taken - 1) = taken;
            }
        }

        ArrayPool<int>.Shared.Return(smaller);
    }

    private uint Hash(int row)
    {
        var hash = 2166136261u; // FNV-1a, mixed at the end
        foreach (var key in _keys)
        {
            hash = key switch
            {
                TextColumn text => Mix(hash, text[row]),
                ValueColumn<int> ints => Mix(hash, MemoryMarshal.AsBytes(ints.Values.Slice(row, 1))),
                ValueColumn<long> longs => Mix(hash, MemoryMarshal.AsBytes(longs.Values.Slice(row, 1))),
                ValueColumn<double> doubles => Mix(hash, MemoryMarshal.AsBytes(doubles.Values.Slice(row, 1))),
                ValueColumn<byte> bytes => Mix(hash, bytes.Values.Slice(row, 1)),
                _ => throw new InvalidOperationException($"Unknown column {key.GetType()}"),
            };
        }

        hash ^= hash >> 15;
        return unchecked(hash * 0x85EBCA6B) ^ (hash >> 13);
    }

    private static uint Mix(uint hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            hash = unchecked((hash ^ b) * 16777619u);
        }

        return hash;
    }
}
