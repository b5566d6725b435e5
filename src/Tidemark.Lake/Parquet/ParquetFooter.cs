using Tidemark.Core.Columns;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Parquet;

/// <summary>
/// The FileMetaData at the end of a Parquet file: schema, row groups, bounds. Field numbers are those of
/// parquet.thrift.
/// </summary>
internal static class ParquetFooter
{
    /// <summary>
    /// The program's name in the file, spelled as the format demands: readers use it to decide what to distrust.
    /// </summary>
    public static readonly string Writer = $"Tidemark version {TidemarkVersion.Current}";

    private const int TypeBoolean = 0;
    private const int TypeInt32 = 1;
    private const int TypeInt64 = 2;
    private const int TypeDouble = 5;
    private const int TypeByteArray = 6;
    private const int RepetitionOptional = 1;
    private const int ConvertedUtf8 = 0;
    private const int ConvertedDate = 6;
    private const int ConvertedTimestampMicros = 10;
    private const int CodecNone = 0;

    public static void Write(ByteBuffer output, ColumnBatch batch, IReadOnlyList<RowGroup> groups)
    {
        var thrift = new ThriftWriter(output);
        thrift.BeginStruct();
        thrift.I32(1, 1); // version
        thrift.StructList(2, batch.Definitions.Count + 1);
        thrift.BeginStruct();
        thrift.Text(4, "schema");
        thrift.I32(5, batch.Definitions.Count);
        thrift.EndStruct();
        foreach (var column in batch.Definitions)
        {
            WriteSchemaElement(thrift, column);
        }

        thrift.I64(3, batch.RowCount);
        thrift.StructList(4, groups.Count);
        foreach (var group in groups)
        {
            WriteRowGroup(thrift, batch, group);
        }

        thrift.Text(6, Writer);
        thrift.StructList(7, batch.Definitions.Count);
        for (var i = 0; i < batch.Definitions.Count; i++)
        {
            thrift.BeginStruct();
            thrift.EmptyStruct(1); // bounds are in the type's own order
            thrift.EndStruct();
        }

        thrift.EndStruct();
    }

    private static void WriteSchemaElement(ThriftWriter thrift, ColumnDefinition column)
    {
        thrift.BeginStruct();
        thrift.I32(1, PhysicalType(column.Kind));
        thrift.I32(3, RepetitionOptional);
        thrift.Text(4, column.Name);
        switch (column.Kind)
        {
            case ColumnKind.Text:
                thrift.I32(6, ConvertedUtf8);
                thrift.BeginStruct(10);
                thrift.EmptyStruct(1); // STRING
                thrift.EndStruct();
                break;
            case ColumnKind.Date:
                thrift.I32(6, ConvertedDate);
                thrift.BeginStruct(10);
                thrift.EmptyStruct(6); // DATE
                thrift.EndStruct();
                break;
            case ColumnKind.Timestamp:
                thrift.I32(6, ConvertedTimestampMicros);
                thrift.BeginStruct(10);
                thrift.BeginStruct(8); // TIMESTAMP
                thrift.Bool(1, true); // in UTC
                thrift.BeginStruct(2);
                thrift.EmptyStruct(2); // MICROS
                thrift.EndStruct();
                thrift.EndStruct();
                thrift.EndStruct();
                break;
        }

        thrift.EndStruct();
    }

    private static void WriteRowGroup(ThriftWriter thrift, ColumnBatch batch, RowGroup group)
    {
        thrift.BeginStruct();
        thrift.StructList(1, group.Chunks.Length);
        for (var i = 0; i < group.Chunks.Length; i++)
        {
            WriteColumnChunk(thrift, batch.Definitions[i], group.Chunks[i], group.Rows);
        }

        thrift.I64(2, group.Chunks.Sum(c => c.UncompressedLength));
        thrift.I64(3, group.Rows);
        thrift.EndStruct();
    }

    private static void WriteColumnChunk(ThriftWriter thrift, ColumnDefinition column, ColumnChunk chunk, int rows)
    {
        thrift.BeginStruct();
        thrift.I64(2, chunk.DictionaryOffset ?? chunk.Offset);
        thrift.BeginStruct(3);
        thrift.I32(1, PhysicalType(column.Kind));
        if (chunk.DictionaryOffset is null)
        {
            thrift.I32List(2, ParquetEncoding.Plain, ParquetEncoding.Rle);
        }
        else
        {
            thrift.I32List(2, ParquetEncoding.Plain, ParquetEncoding.Rle, ParquetEncoding.RleDictionary);
        }

        thrift.TextList(3, column.Name);
        thrift.I32(4, (int?)chunk.Codec ?? CodecNone);
        thrift.I64(5, rows);
        thrift.I64(6, chunk.UncompressedLength);
        thrift.I64(7, chunk.Length);
        thrift.I64(9, chunk.Offset);
        if (chunk.DictionaryOffset is { } dictionary)
        {
            thrift.I64(11, dictionary);
        }

        thrift.BeginStruct(12);
        thrift.I64(3, chunk.Statistics.NullCount);
        if (chunk.Statistics.Min is { } min)
        {
            thrift.Binary(5, chunk.Statistics.Max);
            thrift.Binary(6, min);
        }

        thrift.EndStruct();
        thrift.EndStruct();
        thrift.EndStruct();
    }

    private static int PhysicalType(ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Text => TypeByteArray,
            ColumnKind.Date => TypeInt32,
            ColumnKind.Timestamp or ColumnKind.Long => TypeInt64,
            ColumnKind.Double => TypeDouble,
            ColumnKind.Boolean => TypeBoolean,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown column kind"),
        };
}
