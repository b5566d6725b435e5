using System.Text;

namespace Tidemark.Lake.Parquet;

/// <summary>
/// The FileMetaData of a Parquet file, as far as it takes to put its row groups into another file. Field numbers are those of parquet.thrift.
/// </summary>
/// <param name="Version">Of the format.</param>
/// <param name="Schema">The schema's elements as they are in the file.</param>
/// <param name="Columns">What they say: two files with equal columns may have been written by different programs.</param>
/// <param name="Rows">Of the whole file.</param>
/// <param name="Groups">The row groups, in the order of their bytes.</param>
/// <param name="ColumnOrders">By which order the bounds are meant, as it is in the file; empty when the file does not say.</param>
internal sealed record FileMetadata(
    int Version,
    ReadOnlyMemory<byte> Schema,
    IReadOnlyList<SchemaColumn> Columns,
    long Rows,
    IReadOnlyList<StoredRowGroup> Groups,
    ReadOnlyMemory<byte> ColumnOrders
)
{
    private const int FirstByte = 4; // after PAR1

    /// <param name="footer">The FileMetaData.</param>
    /// <param name="end">Where the footer begins in the file, so that everything else ends.</param>
    /// <exception cref="InvalidDataException">It is damaged, or has what we do not know how to move.</exception>
    public static FileMetadata Read(ReadOnlyMemory<byte> footer, long end)
    {
        var reader = new ThriftReader(footer.Span);
        var version = 0;
        ReadOnlyMemory<byte> schema = default;
        ReadOnlyMemory<byte> orders = default;
        SchemaColumn[] columns = [];
        var rows = -1L;
        var groups = new List<StoredRowGroup>();
        short field = 0;
        while (reader.Next(ref field, out var type))
        {
            var start = reader.Position;
            switch (field)
            {
                case 1:
                    version = reader.I32(type);
                    break;
                case 2:
                    columns = ReadSchema(ref reader, type);
                    schema = footer[start..reader.Position];
                    break;
                case 3:
                    rows = reader.I64(type);
                    break;
                case 4:
                    var next = (long)FirstByte;
                    for (var count = reader.List(type, ThriftType.Struct); count > 0; count--)
                    {
                        var group = StoredRowGroup.Read(ref reader, footer, columns.Length, next, end);
                        next = group.Chunks.Count == 0 ? next : group.Chunks[^1].End;
                        groups.Add(group);
                    }

                    break;
                case 7 when type == ThriftType.List:
                    reader.Raw(type);
                    orders = footer[start..reader.Position];
                    break;
                case 5 or 6: // remarks of the writer, its name
                    reader.Raw(type);
                    break;
                default: // encryption, or what came later
                    throw new InvalidDataException($"Metadata has the field {field}.");
            }
        }

        if (columns.Length == 0 || rows < 0 || rows != groups.Sum(g => g.Rows))
        {
            throw new InvalidDataException(
                $"Metadata has {columns.Length} columns, and {rows} rows beside its groups."
            );
        }

        return new FileMetadata(version, schema, columns, rows, groups, orders);
    }

    /// <summary>The columns below the root; ours are never nested.</summary>
    private static SchemaColumn[] ReadSchema(ref ThriftReader reader, byte type)
    {
        var columns = new SchemaColumn[Math.Max(0, reader.List(type, ThriftType.Struct) - 1)];
        var root = SchemaColumn.Read(ref reader);
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = SchemaColumn.Read(ref reader);
            if (columns[i].Children > 0)
            {
                throw new InvalidDataException($"The column {columns[i].Name} is nested.");
            }
        }

        return root.Children == columns.Length
            ? columns
            : throw new InvalidDataException($"The schema has {columns.Length} columns and says {root.Children}.");
    }
}

/// <summary>A column as the schema describes it; equal for columns whose values are stored in the same way and mean the same.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Children">How many columns it is made of; 0 for a plain one.</param>
/// <param name="Type">The physical type.</param>
/// <param name="Meaning">
/// The other fields by number, in hexadecimal. Left out is what only repeats the physical type, which writers say or not as they like.
/// </param>
internal sealed record SchemaColumn(string Name, int Children, int Type, string Meaning)
{
    private const int TypeInt32 = 1;
    private const int TypeInt64 = 2;
    private const int ConvertedUtf8 = 0;
    private const int ConvertedDate = 6;
    private const int ConvertedInt32 = 17;
    private const int ConvertedInt64 = 18;

    public static SchemaColumn Read(ref ThriftReader reader)
    {
        var name = "";
        var children = 0;
        var physical = -1;
        var converted = -1;
        var logical = "";
        var meaning = new StringBuilder();
        short field = 0;
        while (reader.Next(ref field, out var type))
        {
            switch (field)
            {
                case 1:
                    physical = reader.I32(type);
                    break;
                case 4:
                    name = Encoding.UTF8.GetString(reader.Binary(type));
                    break;
                case 5:
                    children = reader.I32(type);
                    break;
                case 6:
                    converted = reader.I32(type);
                    break;
                case 10:
                    logical = Convert.ToHexString(reader.Raw(type));
                    break;
                default: // length, repetition, scale, precision, id
                    meaning
                        .Append(field)
                        .Append('=')
                        .Append(type)
                        .Append(Convert.ToHexString(reader.Raw(type)))
                        .Append(' ');
                    break;
            }
        }

        // Of these the logical type says no more than the converted one; of the others, a timestamp's zone is said there only.
        if (converted is ConvertedUtf8 or ConvertedDate or ConvertedInt32 or ConvertedInt64)
        {
            logical = "";
        }

        if ((physical, converted) is (TypeInt32, ConvertedInt32) or (TypeInt64, ConvertedInt64))
        {
            converted = -1;
        }

        return new SchemaColumn(name, children, physical, $"{meaning}{converted} {logical}");
    }
}
