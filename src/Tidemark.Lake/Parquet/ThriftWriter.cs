using System.Text;

namespace Tidemark.Lake.Parquet;

/// <summary>
/// Writes Thrift's compact protocol, the format of Parquet's headers and footers: fields of a struct in ascending order
/// of their ids, integers zigzagged.
/// </summary>
internal sealed class ThriftWriter(ByteBuffer output)
{
    private readonly Stack<short> _outer = new();
    private short _lastField;

    /// <summary>Begins a struct that is an element of a list or the whole message.</summary>
    public void BeginStruct()
    {
        _outer.Push(_lastField);
        _lastField = 0;
    }

    /// <summary>Begins a struct that is a field of another.</summary>
    public void BeginStruct(short field)
    {
        Header(field, ThriftType.Struct);
        BeginStruct();
    }

    public void EndStruct()
    {
        output.WriteByte(0);
        _lastField = _outer.Pop();
    }

    /// <summary>A struct without fields: how unions name a member that carries nothing.</summary>
    public void EmptyStruct(short field)
    {
        BeginStruct(field);
        EndStruct();
    }

    public void Bool(short field, bool value) => Header(field, value ? ThriftType.True : ThriftType.False);

    public void I32(short field, int value)
    {
        Header(field, ThriftType.I32);
        Zigzag(value);
    }

    public void I64(short field, long value)
    {
        Header(field, ThriftType.I64);
        Zigzag(value);
    }

    public void Binary(short field, ReadOnlySpan<byte> value)
    {
        Header(field, ThriftType.Binary);
        Bytes(value);
    }

    public void Text(short field, string value) => Binary(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Begins a list of structs; each element then begins and ends its struct.</summary>
    public void StructList(short field, int count) => List(field, count, ThriftType.Struct);

    public void I32List(short field, params ReadOnlySpan<int> values)
    {
        List(field, values.Length, ThriftType.I32);
        foreach (var value in values)
        {
            Zigzag(value);
        }
    }

    public void TextList(short field, params ReadOnlySpan<string> values)
    {
        List(field, values.Length, ThriftType.Binary);
        foreach (var value in values)
        {
            Bytes(Encoding.UTF8.GetBytes(value));
        }
    }

    private void List(short field, int count, byte elementType)
    {
        Header(field, ThriftType.List);
        if (count < 15)
        {
            output.WriteByte((byte)((count << 4) | elementType));
        }
        else
        {
            output.WriteByte((byte)(0xF0 | elementType));
            output.WriteVarint((ulong)count);
        }
    }

    private void Header(short field, byte type)
    {
        var delta = field - _lastField;
        if (delta is > 0 and <= 15)
        {
            output.WriteByte((byte)((delta << 4) | type));
        }
        else
        {
            output.WriteByte(type);
            Zigzag(field);
        }

        _lastField = field;
    }

    private void Zigzag(long value) => output.WriteVarint((ulong)((value << 1) ^ (value >> 63)));

    private void Bytes(ReadOnlySpan<byte> value)
    {
        output.WriteVarint((ulong)value.Length);
        output.Write(value);
    }
}
