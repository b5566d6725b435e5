namespace Tidemark.Lake.Parquet;

/// <summary>
/// Reads Thrift's compact protocol. The bytes may be anything: each call ends after at most as many steps as there are bytes, or throws
/// <see cref="InvalidDataException"/>.
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> input)
{
    private const int MaxDepth = 32;
    private const int MaxVarintBits = 63;
    private readonly ReadOnlySpan<byte> _input = input;

    /// <summary>How many bytes have been read.</summary>
    public int Position { get; private set; }

    /// <summary>The head of the next field of a struct; false at the struct's end.</summary>
    /// <param name="field">The id of the field before, 0 at the beginning; then this one's.</param>
    /// <param name="type">One of <see cref="ThriftType"/>.</param>
    public bool Next(ref short field, out byte type)
    {
        var head = Byte();
        type = (byte)(head & 0x0F);
        if (type == 0)
        {
            return false;
        }

        var id = head >> 4 == 0 ? Integer() : field + (head >> 4);

        // All writers put them in order, and so none comes twice.
        field = id > field && id <= short.MaxValue ? (short)id : throw Damaged($"a field {id} after {field}");
        return true;
    }

    public int I32(byte type)
    {
        var value = I64(type);
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw Damaged("an integer that is too large");
    }

    public long I64(byte type) =>
        type is ThriftType.I16 or ThriftType.I32 or ThriftType.I64
            ? Integer()
            : throw Damaged($"the type {type} instead of an integer");

    public ReadOnlySpan<byte> Binary(byte type) =>
        type == ThriftType.Binary ? Take(Count()) : throw Damaged($"the type {type} instead of bytes");

    /// <summary>The head of a list, of which then each element is read.</summary>
    /// <returns>How many elements there are; never more than there are bytes left.</returns>
    public int List(byte type, byte elementType)
    {
        var (count, actual) = type == ThriftType.List ? List() : throw Damaged($"the type {type} instead of a list");
        return actual == elementType || count == 0
            ? count
            : throw Damaged($"a list of the type {actual} instead of {elementType}");
    }

    /// <summary>Passes over a value and gives its bytes, which mean the same wherever they stand.</summary>
    public ReadOnlySpan<byte> Raw(byte type)
    {
        var start = Position;
        Skip(type, 0, isElement: false);
        return _input[start..Position];
    }

    private void Skip(byte type, int depth, bool isElement)
    {
        if (depth > MaxDepth)
        {
            throw Damaged("values nested too deeply");
        }

        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                // The head of a field says it all; in a list it is a byte.
                Take(isElement ? 1 : 0);
                break;
            case ThriftType.Byte:
                Take(1);
                break;
            case ThriftType.I16 or ThriftType.I32 or ThriftType.I64:
                Integer();
                break;
            case ThriftType.Double:
                Take(sizeof(double));
                break;
            case ThriftType.Binary:
                Take(Count());
                break;
            case ThriftType.List or ThriftType.Set:
                var (count, elementType) = List();
                for (var i = 0; i < count; i++)
                {
                    Skip(elementType, depth + 1, isElement: true);
                }

                break;
            case ThriftType.Struct:
                short field = 0;
                while (Next(ref field, out var fieldType))
                {
                    Skip(fieldType, depth + 1, isElement: false);
                }

                break;
            default:
                throw Damaged($"the unknown type {type}");
        }
    }

    private (int Count, byte ElementType) List()
    {
        var head = Byte();
        var count = head >> 4;
        if (count == 15)
        {
            count = Count();
        }

        // Each element takes a byte at least.
        return count <= _input.Length - Position
            ? (count, (byte)(head & 0x0F))
            : throw Damaged("a list that is longer than what is left");
    }

    private int Count()
    {
        var count = Varint();
        return count <= int.MaxValue ? (int)count : throw Damaged("a length that is too large");
    }

    private long Integer()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong Varint()
    {
        var value = 0ul;
        for (var shift = 0; shift <= MaxVarintBits; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged("an integer without an end");
    }

    private byte Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _input.Length - Position)
        {
            throw Damaged("its end too early");
        }

        var bytes = _input.Slice(Position, count);
        Position += count;
        return bytes;
    }

    private readonly InvalidDataException Damaged(string what) => new($"Metadata has {what}, at byte {Position}.");
}
