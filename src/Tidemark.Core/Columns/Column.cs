using System.Runtime.CompilerServices;
using Tidemark.Core.Errors;

namespace Tidemark.Core.Columns;

/// <summary>The values of one column of a <see cref="ColumnBatch"/>. Append-only, reusable after <see cref="Clear"/>, not thread-safe.</summary>
public abstract class Column
{
    private Validity _validity;

    private protected Column(ColumnKind kind, int capacity)
    {
        Kind = kind;
        _validity = new Validity(capacity);
    }

    public ColumnKind Kind { get; }

    public int Count { get; private set; }

    public int NullCount => _validity.NullCount;

    /// <summary>One bit a row, lowest first, 1 = not null.</summary>
    public ReadOnlySpan<ulong> ValidityWords => _validity.Words;

    /// <summary>Bytes that the values take, without what is set aside for more.</summary>
    public abstract long ByteCount { get; }

    public bool IsNull(int row) => _validity.IsNull(row);

    /// <summary>Appends an absent value.</summary>
    public abstract void AppendNull();

    /// <summary>Appends the value (or its absence) at a row of a column of the same kind.</summary>
    public abstract void AppendFrom(Column source, int row);

    /// <summary>Whether two rows hold the same value; two absent values are the same.</summary>
    public abstract bool SameValue(int left, int right);

    /// <summary>Forgets all rows and keeps the memory.</summary>
    public virtual void Clear()
    {
        _validity.Clear();
        Count = 0;
    }

    /// <summary>Forgets all rows from <paramref name="rows"/> on, so that a page that turned out bad leaves nothing behind.</summary>
    public void Truncate(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (rows < Count)
        {
            _validity.Truncate(rows, Count);
            Count = rows;
        }
    }

    public static Column Create(ColumnKind kind, int capacity = 0) =>
        kind switch
        {
            ColumnKind.Text => new TextColumn(capacity),
            ColumnKind.Date => new ValueColumn<int>(kind, capacity),
            ColumnKind.Timestamp or ColumnKind.Long => new ValueColumn<long>(kind, capacity),
            ColumnKind.Double => new ValueColumn<double>(kind, capacity),
            ColumnKind.Boolean => new ValueColumn<byte>(kind, capacity),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown column kind"),
        };

    private protected int Advance(bool isValid)
    {
        _validity.Add(Count, isValid);
        return Count++;
    }
}

/// <summary>
/// Fixed-width values: double, long, timestamps (microseconds since 1970-01-01 UTC), dates (days since 1970-01-01, int)
/// and booleans (byte 0 or 1).
/// </summary>
public sealed class ValueColumn<T> : Column
    where T : unmanaged
{
    private T[] _values;

    internal ValueColumn(ColumnKind kind, int capacity)
        : base(kind, capacity) => _values = new T[Math.Max(capacity, 16)];

    /// <summary>All values so far; what stands at a null row is the type's zero.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    public override long ByteCount => (long)Count * Unsafe.SizeOf<T>();

    public void Append(T value) => Slot(isValid: true) = value;

    public override void AppendNull() => Slot(isValid: false) = default;

    public override void AppendFrom(Column source, int row)
    {
        if (source.IsNull(row))
        {
            AppendNull();
        }
        else
        {
            Append(((ValueColumn<T>)source)._values[row]);
        }
    }

    public override bool SameValue(int left, int right) =>
        IsNull(left) == IsNull(right) && EqualityComparer<T>.Default.Equals(_values[left], _values[right]);

    private ref T Slot(bool isValid)
    {
        var row = Advance(isValid);
        if (row >= _values.Length)
        {
            Array.Resize(ref _values, _values.Length * 2);
        }

        return ref _values[row];
    }
}

/// <summary>UTF-8 texts in one buffer: row i is <c>Utf8[Offsets[i]..Offsets[i + 1]]</c>.</summary>
public sealed class TextColumn : Column
{
    private const int ExpectedLength = 12;
    private byte[] _utf8;
    private int[] _offsets;

    internal TextColumn(int capacity)
        : base(ColumnKind.Text, capacity)
    {
        _utf8 = new byte[Math.Max(capacity, 16) * ExpectedLength];
        _offsets = new int[Math.Max(capacity, 16) + 1];
    }

    public ReadOnlySpan<byte> Utf8 => _utf8.AsSpan(0, _offsets[Count]);

    public override long ByteCount => _offsets[Count] + ((long)Count * sizeof(int));

    /// <summary>Count + 1 positions in <see cref="Utf8"/>.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Count + 1);

    /// <summary>The UTF-8 bytes at a row; empty at a null row.</summary>
    public ReadOnlySpan<byte> this[int row] => _utf8.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);

    public void Append(ReadOnlySpan<byte> utf8)
    {
        var start = _offsets[Count];
        var needed = (long)start + utf8.Length;
        if (needed > Array.MaxLength)
        {
            throw new TidemarkException(
                ErrorKind.Schema,
                "COLUMN_TOO_LARGE",
                $"A column of texts has more than {Array.MaxLength} bytes, which is more than can be held at once. Ask for less at once."
            );
        }

        if (needed > _utf8.Length)
        {
            Array.Resize(ref _utf8, (int)Math.Min(Array.MaxLength, Math.Max(_utf8.Length * 2L, needed)));
        }

        utf8.CopyTo(_utf8.AsSpan(start));
        Close(start + utf8.Length, isValid: true);
    }

    public override void AppendNull() => Close(_offsets[Count], isValid: false);

    public override void AppendFrom(Column source, int row)
    {
        if (source.IsNull(row))
        {
            AppendNull();
        }
        else
        {
            Append(((TextColumn)source)[row]);
        }
    }

    public override bool SameValue(int left, int right) =>
        IsNull(left) == IsNull(right) && this[left].SequenceEqual(this[right]);

    private void Close(int end, bool isValid)
    {
        var row = Advance(isValid);
        if (row + 1 >= _offsets.Length)
        {
            Array.Resize(ref _offsets, _offsets.Length * 2);
        }

        _offsets[row + 1] = end;
    }
}
