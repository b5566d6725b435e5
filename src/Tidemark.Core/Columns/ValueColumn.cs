using System.Runtime.CompilerServices;

namespace Tidemark.Core.Columns;

/// <summary>
/// Fixed-width values: double, long, timestamps (microseconds since 1970-01-01 UTC), dates (days since 1970-01-01, int)
/// and booleans (byte 0 or 1).
/// </summary>
public sealed class ValueColumn<T> : Column
    where T : unmanaged
{
    // Not cleared by the runtime: every row's value is written when the row is appended.
    private T[] _values;

    internal ValueColumn(ColumnKind kind, int capacity)
        : base(kind, capacity) => _values = GC.AllocateUninitializedArray<T>(Math.Max(capacity, 16));

    /// <summary>All values so far; a null row has the type's zero.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    public override long ByteCount => (long)Count * Unsafe.SizeOf<T>();

    public void Append(T value) => Slot(isValid: true) = value;

    public override void AppendNull() => Slot(isValid: false) = default;

    public override void AppendFrom(Column source, int row)
    {
        if (source.IsNull(row))
        {
            AppendAbsence(source, row);
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
