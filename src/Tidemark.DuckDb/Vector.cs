using System.Runtime.CompilerServices;
using System.Text;
using Tidemark.DuckDb.Native;

namespace Tidemark.DuckDb;

/// <summary>
/// One column of a <see cref="DataChunk"/>. Values are laid out as DuckDB keeps them: dates are days (int) and
/// timestamps microseconds (long) since 1970-01-01, booleans bytes, texts 16-byte entries.
/// </summary>
public sealed class Vector
{
    private const int InlineLength = 12;
    private readonly IntPtr _vector;

    internal Vector(IntPtr vector, ColumnType type)
    {
        _vector = vector;
        Type = type;
    }

    public ColumnType Type { get; }

    /// <summary>The values of the first <paramref name="count"/> rows; what stands at null rows is undefined.</summary>
    public unsafe Span<T> Values<T>(int count)
        where T : unmanaged => new(NativeMethods.VectorGetData(_vector), count);

    /// <summary>One bit a row, lowest first, 1 = not null; empty when no row is null.</summary>
    public unsafe ReadOnlySpan<ulong> Validity(int count)
    {
        var mask = NativeMethods.VectorGetValidity(_vector);
        return mask is null ? default : new ReadOnlySpan<ulong>(mask, (count + 63) / 64);
    }

    /// <summary>The validity bits to write to.</summary>
    public unsafe Span<ulong> WritableValidity(int count)
    {
        NativeMethods.VectorEnsureValidityWritable(_vector);
        return new Span<ulong>(NativeMethods.VectorGetValidity(_vector), (count + 63) / 64);
    }

    public unsafe bool IsNull(int row)
    {
        var mask = NativeMethods.VectorGetValidity(_vector);
        return mask is not null && (mask[row >> 6] & (1UL << (row & 63))) == 0;
    }

    public unsafe void SetNull(int row)
    {
        NativeMethods.VectorEnsureValidityWritable(_vector);
        NativeMethods.VectorGetValidity(_vector)[row >> 6] &= ~(1UL << (row & 63));
    }

    /// <summary>The UTF-8 bytes at a row; valid while the chunk is.</summary>
    public unsafe ReadOnlySpan<byte> Text(int row)
    {
        var entry = (byte*)NativeMethods.VectorGetData(_vector) + ((long)row * 16);
        var length = *(int*)entry;
        return new ReadOnlySpan<byte>(length <= InlineLength ? entry + 4 : *(byte**)(entry + 8), length);
    }

    /// <summary>Sets a text; short ones are written in place, longer ones copied into the vector's own memory.</summary>
    public unsafe void SetText(int row, ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= InlineLength)
        {
            var entry = (byte*)NativeMethods.VectorGetData(_vector) + ((long)row * 16);
            Unsafe.InitBlockUnaligned(entry, 0, 16);
            *(int*)entry = utf8.Length;
            utf8.CopyTo(new Span<byte>(entry + 4, InlineLength));
            return;
        }

        fixed (byte* start = utf8)
        {
            NativeMethods.VectorAssignString(_vector, (ulong)row, start, (ulong)utf8.Length);
        }
    }

    /// <summary>
    /// Sets many texts from one buffer: row i is <c>utf8[offsets[i]..offsets[i + 1]]</c>. Null rows are empty texts here.
    /// </summary>
    public unsafe void SetTexts(ReadOnlySpan<byte> utf8, ReadOnlySpan<int> offsets)
    {
        var entry = (byte*)NativeMethods.VectorGetData(_vector);
        fixed (byte* start = utf8)
        {
            for (var row = 0; row < offsets.Length - 1; row++, entry += 16)
            {
                var length = offsets[row + 1] - offsets[row];
                if (length <= InlineLength)
                {
                    Unsafe.InitBlockUnaligned(entry, 0, 16);
                    *(int*)entry = length;
                    Unsafe.CopyBlockUnaligned(entry + 4, start + offsets[row], (uint)length);
                }
                else
                {
                    NativeMethods.VectorAssignString(_vector, (ulong)row, start + offsets[row], (ulong)length);
                }
            }
        }
    }

    /// <summary>Sets the list at a row (lists of texts), appending to what earlier rows hold.</summary>
    public unsafe void SetTextList(int row, IReadOnlyList<string> texts, ref int used)
    {
        var entries = (ulong*)NativeMethods.VectorGetData(_vector);
        entries[row * 2] = (ulong)used;
        entries[(row * 2) + 1] = (ulong)texts.Count;
        _ = NativeMethods.ListVectorReserve(_vector, (ulong)(used + texts.Count));
        var child = new Vector(NativeMethods.ListVectorGetChild(_vector), Type.Children[0]);
        foreach (var text in texts)
        {
            child.SetText(used++, Encoding.UTF8.GetBytes(text));
        }

        _ = NativeMethods.ListVectorSetSize(_vector, (ulong)used);
    }

    /// <summary>Sets a decimal; throws OverflowException when it does not fit the column's width or scale.</summary>
    public unsafe void SetDecimal(int row, decimal value)
    {
        var native = DecimalText.ToNative(value);
        var unscaled = new Int128((ulong)native.Upper, native.Lower);
        for (var scale = native.Scale; scale < Type.Scale; scale++)
        {
            unscaled = checked(unscaled * 10);
        }

        for (var scale = native.Scale; scale > Type.Scale; scale--)
        {
            (unscaled, var rest) = Int128.DivRem(unscaled, 10);
            if (rest != 0)
            {
                throw new OverflowException($"{value} has more than {Type.Scale} decimals");
            }
        }

        var data = NativeMethods.VectorGetData(_vector);
        switch (Type.Width)
        {
            case <= 4:
                ((short*)data)[row] = checked((short)unscaled);
                break;
            case <= 9:
                ((int*)data)[row] = checked((int)unscaled);
                break;
            case <= 18:
                ((long*)data)[row] = checked((long)unscaled);
                break;
            default:
                ((Int128*)data)[row] = unscaled;
                break;
        }
    }

    /// <summary>The value at a row, boxed; null, string, bool, integers, double, decimal, DateOnly, DateTime, arrays and dictionaries.</summary>
    public unsafe object? Value(int row)
    {
        if (IsNull(row))
        {
            return null;
        }

        var data = NativeMethods.VectorGetData(_vector);
        return Type.Kind switch
        {
            LogicalKind.Boolean => ((byte*)data)[row] != 0,
            LogicalKind.TinyInt => (long)((sbyte*)data)[row],
            LogicalKind.SmallInt => (long)((short*)data)[row],
            LogicalKind.Integer => (long)((int*)data)[row],
            LogicalKind.BigInt => ((long*)data)[row],
            LogicalKind.UTinyInt => (long)((byte*)data)[row],
            LogicalKind.USmallInt => (long)((ushort*)data)[row],
            LogicalKind.UInteger => (long)((uint*)data)[row],
            LogicalKind.UBigInt => ((ulong*)data)[row],
            LogicalKind.HugeInt => ((Int128*)data)[row],
            LogicalKind.Float => (double)((float*)data)[row],
            LogicalKind.Double => ((double*)data)[row],
            LogicalKind.Date => DuckDbTime.FromDays(((int*)data)[row]),
            LogicalKind.Timestamp or LogicalKind.TimestampTz => DuckDbTime.FromMicroseconds(((long*)data)[row]),
            LogicalKind.TimestampSeconds => DuckDbTime.FromMicroseconds(((long*)data)[row] * 1_000_000),
            LogicalKind.TimestampMilliseconds => DuckDbTime.FromMicroseconds(((long*)data)[row] * 1_000),
            LogicalKind.TimestampNanoseconds => DuckDbTime.FromMicroseconds(((long*)data)[row] / 1_000),
            LogicalKind.Time => new TimeOnly(((long*)data)[row] * 10),
            LogicalKind.Varchar => Encoding.UTF8.GetString(Text(row)),
            LogicalKind.Blob => Text(row).ToArray(),
            LogicalKind.Decimal => DecimalText.FromUnscaled(Unscaled(data, row), Type.Scale),
            LogicalKind.List => ListValue(row),
            LogicalKind.Map => MapValue(row),
            LogicalKind.Struct => StructValue(row),
            _ => throw new NotSupportedException(
                $"Values of type {Type.SqlName} are not read; cast them in the query (for example to VARCHAR)"
            ),
        };
    }

    private unsafe Int128 Unscaled(void* data, int row) =>
        Type.Width switch
        {
            <= 4 => ((short*)data)[row],
            <= 9 => ((int*)data)[row],
            <= 18 => ((long*)data)[row],
            _ => ((Int128*)data)[row],
        };

    private unsafe (int Offset, int Length) Entry(int row)
    {
        var entries = (ulong*)NativeMethods.VectorGetData(_vector);
        return ((int)entries[row * 2], (int)entries[(row * 2) + 1]);
    }

    private object?[] ListValue(int row)
    {
        var (offset, length) = Entry(row);
        var child = new Vector(NativeMethods.ListVectorGetChild(_vector), Type.Children[0]);
        var values = new object?[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = child.Value(offset + i);
        }

        return values;
    }

    private Dictionary<string, object?> MapValue(int row)
    {
        // A map is a list of structs with two members.
        var (offset, length) = Entry(row);
        var pairs = NativeMethods.ListVectorGetChild(_vector);
        var keys = new Vector(NativeMethods.StructVectorGetChild(pairs, 0), Type.Children[0]);
        var values = new Vector(NativeMethods.StructVectorGetChild(pairs, 1), Type.Children[1]);
        var map = new Dictionary<string, object?>(length);
        for (var i = offset; i < offset + length; i++)
        {
            map[keys.Value(i)?.ToString() ?? ""] = values.Value(i);
        }

        return map;
    }

    private Dictionary<string, object?> StructValue(int row)
    {
        var members = new Dictionary<string, object?>(Type.Children.Count);
        for (var i = 0; i < Type.Children.Count; i++)
        {
            var member = new Vector(NativeMethods.StructVectorGetChild(_vector, (ulong)i), Type.Children[i]);
            members[Type.MemberNames[i]] = member.Value(row);
        }

        return members;
    }
}
