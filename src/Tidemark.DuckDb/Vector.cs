using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>
/// One column of a <see cref="DataChunk"/>. Values are laid out as DuckDB keeps them: dates are days (int) and
/// timestamps microseconds (long) since 1970-01-01, booleans bytes, texts 16-byte entries. Using it after its chunk is
/// disposed (by the result, when the next chunk is asked for) throws ObjectDisposedException.
/// </summary>
public sealed class Vector
{
    private const int InlineLength = 12;
    private static readonly Int128[] s_powersOfTen = PowersOfTen();
    private readonly IntPtr _vector;
    private readonly DuckDBDataChunk _owner;

    internal Vector(IntPtr vector, ColumnType type, DuckDBDataChunk owner)
    {
        _vector = vector;
        _owner = owner;
        Type = type;
    }

    public ColumnType Type { get; }

    /// <summary>The values of the first <paramref name="count"/> rows; the values of null rows are undefined.</summary>
    /// <exception cref="InvalidOperationException">
    /// The column's values are not as wide as <typeparamref name="T"/>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">More rows than a chunk holds.</exception>
    public unsafe Span<T> Values<T>(int count)
        where T : unmanaged
    {
        EnsureFits(count);
        return sizeof(T) == Type.ValueSize
            ? new Span<T>(Data, count)
            : throw new InvalidOperationException(
                $"A column of type {Type.SqlName} has no values of {sizeof(T)} bytes"
            );
    }

    /// <summary>One bit per row, lowest first, 1 = not null; empty when no row is null.</summary>
    public unsafe ReadOnlySpan<ulong> Validity(int count)
    {
        EnsureFits(count);
        var mask = Mask;
        return mask is null ? default : new ReadOnlySpan<ulong>(mask, (count + 63) / 64);
    }

    /// <summary>The validity bits to write to.</summary>
    public unsafe Span<ulong> WritableValidity(int count)
    {
        EnsureFits(count);
        ObjectDisposedException.ThrowIf(_owner.IsClosed, this);
        NativeMethods.Vectors.DuckDBVectorEnsureValidityWritable(_vector);
        return new Span<ulong>(Mask, (count + 63) / 64);
    }

    public unsafe bool IsNull(int row)
    {
        var mask = Mask;
        return mask is not null && (mask[row >> 6] & (1UL << (row & 63))) == 0;
    }

    public unsafe void SetNull(int row)
    {
        ObjectDisposedException.ThrowIf(_owner.IsClosed, this);
        NativeMethods.Vectors.DuckDBVectorEnsureValidityWritable(_vector);
        Mask[row >> 6] &= ~(1UL << (row & 63));
    }

    /// <summary>The UTF-8 bytes at a row; valid while the chunk is.</summary>
    /// <exception cref="DuckDbException">
    /// The text is longer than a .NET span can be: the engine has texts of up to 4 GB.
    /// </exception>
    public unsafe ReadOnlySpan<byte> Text(int row)
    {
        var entry = (byte*)Data + ((long)row * 16);
        var length = *(int*)entry;
        if (length < 0)
        {
            throw new DuckDbException(
                $"Out of Range Error: a text of {(uint)length} bytes is longer than 2 GB; take a part of it, like left(text, 1000)"
            );
        }

        return new ReadOnlySpan<byte>(length <= InlineLength ? entry + 4 : *(byte**)(entry + 8), length);
    }

    /// <summary>
    /// Sets a text; short ones are written in place, longer ones copied into the vector's own memory.
    /// </summary>
    /// <exception cref="DuckDbException">The bytes are not UTF-8.</exception>
    public unsafe void SetText(int row, ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw NotUtf8(row);
        }

        fixed (byte* start = utf8)
        {
            Assign((byte*)Data + ((long)row * 16), row, start, utf8.Length);
        }
    }

    /// <summary>
    /// Sets many texts from one buffer: row i is <c>utf8[offsets[i]..offsets[i + 1]]</c>. Null rows are empty texts
    /// here.
    /// </summary>
    /// <exception cref="DuckDbException">The bytes are not UTF-8, or a row ends within a character.</exception>
    public unsafe void SetTexts(ReadOnlySpan<byte> utf8, ReadOnlySpan<int> offsets)
    {
        EnsureFits(offsets.Length - 1);
        EnsureUtf8(utf8, offsets);
        var entry = (byte*)Data;
        fixed (byte* start = utf8)
        {
            for (var row = 0; row < offsets.Length - 1; row++, entry += 16)
            {
                Assign(entry, row, start + offsets[row], offsets[row + 1] - offsets[row]);
            }
        }
    }

    /// <summary>Sets the list at a row (lists of texts), appending to what earlier rows hold.</summary>
    public unsafe void SetTextList(int row, IReadOnlyList<string> texts, ref int used)
    {
        var entries = (ulong*)Data;
        entries[row * 2] = (ulong)used;
        entries[(row * 2) + 1] = (ulong)texts.Count;
        _ = NativeMethods.Vectors.DuckDBListVectorReserve(_vector, (ulong)(used + texts.Count));
        var child = new Vector(NativeMethods.Vectors.DuckDBListVectorGetChild(_vector), Type.Children[0], _owner);
        foreach (var text in texts)
        {
            child.SetText(used++, Encoding.UTF8.GetBytes(text));
        }

        _ = NativeMethods.Vectors.DuckDBListVectorSetSize(_vector, (ulong)used);
    }

    /// <summary>Sets a decimal; throws OverflowException when it does not fit the column's width or scale.</summary>
    public unsafe void SetDecimal(int row, decimal value)
    {
        var unscaled = DecimalText.Unscaled(value);
        for (var scale = value.Scale; scale < Type.Scale; scale++)
        {
            unscaled = checked(unscaled * 10);
        }

        for (var scale = value.Scale; scale > Type.Scale; scale--)
        {
            (unscaled, var rest) = Int128.DivRem(unscaled, 10);
            if (rest != 0)
            {
                throw new OverflowException($"{value} has more than {Type.Scale} decimals");
            }
        }

        if (Int128.Abs(unscaled) >= s_powersOfTen[Type.Width])
        {
            throw new OverflowException($"{value} does not fit {Type.SqlName}");
        }

        var data = Data;
        switch (Type.Width)
        {
            case <= 4:
                ((short*)data)[row] = (short)unscaled;
                break;
            case <= 9:
                ((int*)data)[row] = (int)unscaled;
                break;
            case <= 18:
                ((long*)data)[row] = (long)unscaled;
                break;
            default:
                ((Int128*)data)[row] = unscaled;
                break;
        }
    }

    /// <summary>
    /// The value at a row, boxed; null, string, bool, integers, double, decimal, DateOnly, DateTime, arrays and
    /// dictionaries.
    /// </summary>
    public unsafe object? Value(int row)
    {
        if (IsNull(row))
        {
            return null;
        }

        var data = Data;
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
            LogicalKind.UHugeInt => ((UInt128*)data)[row],
            LogicalKind.Uuid => DuckDbTexts.Uuid(((Int128*)data)[row]),
            LogicalKind.Interval => DuckDbTexts.Interval(
                ((int*)data)[row * 4],
                ((int*)data)[(row * 4) + 1],
                ((long*)data)[(row * 2) + 1]
            ),
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
            LogicalKind.List or LogicalKind.Array => ListValue(row),
            LogicalKind.Map => MapValue(row),
            LogicalKind.Struct => StructValue(row),
            _ => throw new NotSupportedException(
                $"Values of type {Type.SqlName} are not read; cast them in the query (for example to VARCHAR)"
            ),
        };
    }

    private unsafe void* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_owner.IsClosed, this);
            return NativeMethods.Vectors.DuckDBVectorGetData(_vector);
        }
    }

    private unsafe ulong* Mask
    {
        get
        {
            ObjectDisposedException.ThrowIf(_owner.IsClosed, this);
            return NativeMethods.Vectors.DuckDBVectorGetValidity(_vector);
        }
    }

    private unsafe void Assign(byte* entry, int row, byte* text, int length)
    {
        if (length <= InlineLength)
        {
            Unsafe.InitBlockUnaligned(entry, 0, 16);
            *(int*)entry = length;
            Unsafe.CopyBlockUnaligned(entry + 4, text, (uint)length);
        }
        else
        {
            NativeMethods.Vectors.DuckDBUnsafeVectorAssignStringElementLength(_vector, (ulong)row, text, length);
        }
    }

    // DuckDB silently turns a long text that is not UTF-8 into null, and notices a short one only when it is appended.
    private static void EnsureUtf8(ReadOnlySpan<byte> utf8, ReadOnlySpan<int> offsets)
    {
        // Check the whole buffer first, which is fast; then find a character that two rows share by its second half.
        var valid = Utf8.IsValid(utf8[offsets[0]..offsets[^1]]);
        for (var row = 0; row < offsets.Length - 1; row++)
        {
            var text = utf8[offsets[row]..offsets[row + 1]];
            if (valid ? !text.IsEmpty && (text[0] & 0xC0) == 0x80 : !Utf8.IsValid(text))
            {
                throw NotUtf8(row);
            }
        }
    }

    private static DuckDbException NotUtf8(int row) => new($"The text at row {row} of the chunk is not valid UTF-8");

    private static Int128[] PowersOfTen()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }

    // The memory beyond a chunk's rows belongs to something else.
    private static void EnsureFits(int count) =>
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)DataChunk.Capacity, nameof(count));

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
        var entries = (ulong*)Data;
        return ((int)entries[row * 2], (int)entries[(row * 2) + 1]);
    }

    /// <summary>
    /// The values of all lists or arrays of the column, one list after the other; <see cref="Items"/> says which belong
    /// to a row.
    /// </summary>
    public Vector Elements =>
        new(
            Type.Kind == LogicalKind.Array
                ? NativeMethods.Vectors.DuckDBArrayVectorGetChild(_vector)
                : NativeMethods.Vectors.DuckDBListVectorGetChild(_vector),
            Type.Children[0],
            _owner
        );

    /// <summary>Keys and values of all maps of the column; <see cref="Items"/> says which belong to a row.</summary>
    public (Vector Keys, Vector Values) Pairs
    {
        get
        {
            // A map is a list of structs with two members.
            var pairs = NativeMethods.Vectors.DuckDBListVectorGetChild(_vector);
            return (
                new Vector(NativeMethods.Vectors.DuckDBStructVectorGetChild(pairs, 0), Type.Children[0], _owner),
                new Vector(NativeMethods.Vectors.DuckDBStructVectorGetChild(pairs, 1), Type.Children[1], _owner)
            );
        }
    }

    /// <summary>A member of the structs of the column.</summary>
    public Vector Member(int index) =>
        new(NativeMethods.Vectors.DuckDBStructVectorGetChild(_vector, index), Type.Children[index], _owner);

    /// <summary>The place of a row's items in <see cref="Elements"/> or <see cref="Pairs"/>.</summary>
    public (int Offset, int Length) Items(int row) =>
        Type.Kind == LogicalKind.Array ? (row * Type.Length, Type.Length) : Entry(row);

    private object?[] ListValue(int row)
    {
        var (offset, length) = Items(row);
        var child = Elements;
        var values = new object?[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = child.Value(offset + i);
        }

        return values;
    }

    private Dictionary<string, object?> MapValue(int row)
    {
        var (offset, length) = Entry(row);
        var (keys, values) = Pairs;
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
            members[Type.MemberNames[i]] = Member(i).Value(row);
        }

        return members;
    }
}
