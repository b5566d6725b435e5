using System.Numerics;
using Tidemark.Core.Columns;

namespace Tidemark.Lake.Parquet;

/// <summary>
/// The different texts of a column that has few, in the order in which they first come, and each row's number among
/// them. Not thread-safe; reuse it.
/// </summary>
/// <remarks>
/// Source: the Apache Parquet format, Encodings.md (PLAIN, RLE_DICTIONARY, the hybrid of runs and packed bits).
/// </remarks>
internal sealed class TextDictionary
{
    /// <summary>With more, a dictionary costs more time than it saves bytes.</summary>
    private const int MaxValues = 8192;

    /// <summary>
    /// When so many rows have been seen and more than half of their texts differ, the column gets no dictionary.
    /// </summary>
    private const int SampleRows = 64;

    private readonly int[] _slots = new int[4 * MaxValues];
    private readonly List<int> _rows = [];
    private int[] _numbers = [];
    private int _used;

    /// <summary>Numbers the texts of some rows.</summary>
    /// <returns>False when there are too many different ones, or none at all.</returns>
    public bool TryBuild(TextColumn column, int start, int count)
    {
        if (_numbers.Length < count)
        {
            _numbers = new int[count];
        }

        Array.Clear(_slots);
        _rows.Clear();
        _used = 0;
        var last = -1;
        for (var row = start; row < start + count; row++)
        {
            if (column.IsNull(row))
            {
                continue;
            }

            var number =
                last >= 0 && column[row].SequenceEqual(column[last]) ? _numbers[_used - 1] : NumberOf(column, row);
            _numbers[_used++] = number;
            last = row;
            if (_rows.Count > MaxValues || (_used == SampleRows && _rows.Count > SampleRows / 2))
            {
                return false;
            }
        }

        return _rows.Count > 0 && _rows.Count <= _used / 2;
    }

    /// <summary>Appends the body of the dictionary's page.</summary>
    /// <returns>How many texts it has.</returns>
    public int WriteValues(TextColumn column, ByteBuffer page)
    {
        foreach (var row in _rows)
        {
            page.WriteInt32(column[row].Length);
            page.Write(column[row]);
        }

        return _rows.Count;
    }

    /// <summary>Appends the rows' numbers: the width in bits, then one run, or all of them packed.</summary>
    public void WriteNumbers(ByteBuffer page)
    {
        if (_rows.Count == 1)
        {
            page.WriteByte(1);
            page.WriteVarint((ulong)_used << 1);
            page.WriteByte(0);
            return;
        }

        var width = 32 - BitOperations.LeadingZeroCount((uint)(_rows.Count - 1));
        var groups = (_used + 7) >> 3;
        page.WriteByte((byte)width);
        page.WriteVarint(((ulong)groups << 1) | 1);
        var packed = page.Extend(groups * width);
        packed.Clear();
        for (var i = 0; i < _used; i++)
        {
            var bit = (long)i * width;
            for (var rest = (uint)_numbers[i] << (int)(bit & 7); rest != 0; rest >>= 8, bit += 8)
            {
                packed[(int)(bit >> 3)] |= (byte)rest;
            }
        }
    }

    private int NumberOf(TextColumn column, int row)
    {
        var text = column[row];
        var slot = Hash(text) & (_slots.Length - 1);
        for (; _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (column[_rows[_slots[slot] - 1]].SequenceEqual(text))
            {
                return _slots[slot] - 1;
            }
        }

        _rows.Add(row);
        _slots[slot] = _rows.Count;
        return _rows.Count - 1;
    }

    // FNV-1a: the texts are short, and their order is the vendor's.
    private static int Hash(ReadOnlySpan<byte> text)
    {
        var hash = 2166136261u;
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return (int)(hash ^ (hash >> 15));
    }
}
