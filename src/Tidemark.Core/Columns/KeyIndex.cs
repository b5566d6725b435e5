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
    private int[] _slots; // row + 1; 0 = free
    private int _count;

    /// <param name="keys">The columns that are compared; two absent values are the same.</param>
    /// <param name="rows">How many rows to be ready for.</param>
    public KeyIndex(IEnumerable<Column> keys, int rows = 0)
    {
        _keys = [.. keys];
        _slots = new int[SizeFor(rows)];
    }

    /// <summary>Adds a row; returns the row with the same key that was added before, −1 when there is none.</summary>
    public int Add(int row)
    {
        if ((_count + 1L) * 2 > _slots.Length)
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

    private static int SizeFor(int rows) =>
        (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(SmallestSize, rows * 2L));

    private ref int Find(int row)
    {
        var mask = (uint)(_slots.Length - 1);
        var at = Hash(row) & mask;
        while (_slots[at] != 0 && !SameRow(_keys, _slots[at] - 1, row))
        {
            at = (at + 1) & mask;
        }

        return ref _slots[at];
    }

    private void Grow()
    {
        var smaller = _slots;
        _slots = new int[smaller.Length * 2];
        foreach (var taken in smaller)
        {
            if (taken != 0)
            {
                Find(taken - 1) = taken;
            }
        }
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
