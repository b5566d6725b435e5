namespace Tidemark.Lake.Parquet;

/// <summary>The bytes of a column in a row group.</summary>
internal readonly record struct StoredChunk(long Start, long Length, int Codec)
{
    public long End => Start + Length;
}

/// <summary>
/// A row group as a file's metadata describes it, and how it is described in another file. Kept are values, sizes, encodings and bounds; page
/// indexes and Bloom filters, which lie apart from the values, stay behind.
/// </summary>
/// <param name="Metadata">The RowGroup as it is in the file.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Chunks">A chunk a column, in the order of the columns and of the bytes.</param>
internal sealed record StoredRowGroup(ReadOnlyMemory<byte> Metadata, long Rows, IReadOnlyList<StoredChunk> Chunks)
{
    /// <param name="reader">Stands at the RowGroup.</param>
    /// <param name="footer">What it reads.</param>
    /// <param name="columns">How many columns the schema has.</param>
    /// <param name="first">The first byte that can belong to this row group.</param>
    /// <param name="end">The byte behind the last one.</param>
    /// <exception cref="InvalidDataException">It is damaged, or has what we do not know how to move.</exception>
    public static StoredRowGroup Read(
        ref ThriftReader reader,
        ReadOnlyMemory<byte> footer,
        int columns,
        long first,
        long end
    )
    {
        var start = reader.Position;
        var chunks = new List<StoredChunk>(columns);
        var rows = -1L;
        short field = 0;
        while (reader.Next(ref field, out var type))
        {
            switch (field)
            {
                case 1:
                    for (var count = reader.List(type, ThriftType.Struct); count > 0; count--)
                    {
                        var chunk = ReadChunk(ref reader);
                        if (chunk.Start < first || chunk.Length <= 0 || chunk.Length > end - chunk.Start)
                        {
                            throw new InvalidDataException($"{chunk} is not between {first} and {end}.");
                        }

                        chunks.Add(chunk);
                        first = chunk.End;
                    }

                    break;
                case 3:
                    rows = reader.I64(type);
                    break;
                case 2 or (>= 4 and <= 7): // sizes, sorting, offset, ordinal
                    reader.Raw(type);
                    break;
                default:
                    throw new InvalidDataException($"A row group has the field {field}.");
            }
        }

        return chunks.Count == columns && rows is > 0 and <= int.MaxValue
            ? new StoredRowGroup(footer[start..reader.Position], rows, chunks)
            : throw new InvalidDataException($"A row group has {chunks.Count} of {columns} columns and {rows} rows.");
    }

    /// <summary>Writes the RowGroup as an element of a list, for the file in which its chunks follow one another from a place on.</summary>
    public void WriteAt(long place, ThriftWriter output)
    {
        var reader = new ThriftReader(Metadata.Span);
        output.BeginStruct();
        short field = 0;
        while (reader.Next(ref field, out var type))
        {
            switch (field)
            {
                case 1:
                    output.StructList(1, reader.List(type, ThriftType.Struct));
                    var start = place;
                    foreach (var chunk in Chunks)
                    {
                        WriteChunk(ref reader, start - chunk.Start, output);
                        start += chunk.Length;
                    }

                    break;
                case 5:
                    reader.Raw(type);
                    output.I64(5, place);
                    break;
                case 7: // the ordinal, which only encryption needs
                    reader.Raw(type);
                    break;
                default:
                    output.Raw(field, type, reader.Raw(type));
                    break;
            }
        }

        output.EndStruct();
    }

    private static StoredChunk ReadChunk(ref ThriftReader reader)
    {
        var chunk = default(StoredChunk);
        short field = 0;
        while (reader.Next(ref field, out var type))
        {
            switch (field)
            {
                case 2 or (>= 4 and <= 7): // where the metadata may be once more, and the page index
                    reader.Raw(type);
                    break;
                case 3 when type == ThriftType.Struct:
                    chunk = ReadPlace(ref reader);
                    break;
                default: // a file of its own, encryption
                    throw new InvalidDataException($"A column chunk has the field {field}.");
            }
        }

        return chunk;
    }

    private static StoredChunk ReadPlace(ref ThriftReader reader)
    {
        var codec = -1;
        var length = 0L;
        var data = 0L;
        var dictionary = long.MaxValue;
        short field = 0;
        while (reader.Next(ref field, out var type))
        {
            switch (field)
            {
                case 4:
                    codec = reader.I32(type);
                    break;
                case 7:
                    length = reader.I64(type);
                    break;
                case 9:
                    data = reader.I64(type);
                    break;
                case 11:
                    dictionary = reader.I64(type);
                    break;
                case (>= 1 and <= 8) or (>= 12 and <= 16):
                    reader.Raw(type);
                    break;
                default: // index pages, which nobody writes, or what came later
                    throw new InvalidDataException($"A column has the field {field}.");
            }
        }

        return new StoredChunk(Math.Min(data, dictionary), length, codec);
    }

    private static void WriteChunk(ref ThriftReader reader, long shift, ThriftWriter output)
    {
        output.BeginStruct();
        short field = 0;
        while (reader.Next(ref field, out var type))
        {
            if (field == 2)
            {
                // 0 for a writer that does not repeat the metadata in front of the footer, and else of no use any more.
                reader.Raw(type);
                output.I64(2, 0);
            }
            else if (field == 3)
            {
                output.BeginStruct(3);
                WriteColumn(ref reader, shift, output);
                output.EndStruct();
            }
            else
            {
                reader.Raw(type);
            }
        }

        output.EndStruct();
    }

    private static void WriteColumn(ref ThriftReader reader, long shift, ThriftWriter output)
    {
        short field = 0;
        while (reader.Next(ref field, out var type))
        {
            switch (field)
            {
                case 9 or 11:
                    output.I64(field, reader.I64(type) + shift);
                    break;
                case 14 or 15: // the Bloom filter
                    reader.Raw(type);
                    break;
                default:
                    output.Raw(field, type, reader.Raw(type));
                    break;
            }
        }
    }
}
