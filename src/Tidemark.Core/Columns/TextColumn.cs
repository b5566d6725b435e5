using Tidemark.Core.Errors;

namespace Tidemark.Core.Columns;

/// <summary>UTF-8 texts in one buffer: row i is <c>Utf8[Offsets[i]..Offsets[i + 1]]</c>.</summary>
public sealed class TextColumn : Column
{
    private const int ExpectedLength = 12;
    private byte[] _utf8;
    private int[] _offsets;

    internal TextColumn(int capacity)
        : base(ColumnKind.Text, capacity)
    {
        _utf8 = GC.AllocateUninitializedArray<byte>(Math.Max(capacity, 16) * ExpectedLength);
        _offsets = GC.AllocateUninitializedArray<int>(Math.Max(capacity, 16) + 1);
        _offsets[0] = 0;
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
                $"A column of texts has more than {Array.MaxLength} bytes, which is the limit. Ask for less at once."
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
            AppendAbsence(source, row);
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
