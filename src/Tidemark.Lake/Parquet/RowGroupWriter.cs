using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tidemark.Core.Columns;

namespace Tidemark.Lake.Parquet;

/// <summary>Writes the rows of one row group, column by column. Not thread-safe; reuse it.</summary>
internal sealed class RowGroupWriter(ParquetCodec codec) : IDisposable
{
    private const int SampleLength = 4096;
    private const double WorthCompressing = 0.75;
    private const int DataPage = 0;
    private const int DictionaryPage = 2;
    private readonly ByteBuffer _group = new(1 << 20);
    private readonly ByteBuffer _page = new(1 << 20);
    private readonly ByteBuffer _texts = new(1 << 10);
    private readonly ByteBuffer _compressed = new(1 << 20);
    private readonly ByteBuffer _header = new(64);
    private readonly TextDictionary _dictionary = new();
    private readonly PageCompressor _compressor = new(codec);

    /// <summary>The row group's bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> Written => _group.Written;

    /// <returns>The row group's columns, with their places relative to its first byte.</returns>
    public RowGroup Write(ColumnBatch batch, int start, int count)
    {
        _group.Clear();
        var chunks = new ColumnChunk[batch.Columns.Count];
        for (var i = 0; i < chunks.Length; i++)
        {
            var column = batch.Columns[i];
            var statistics = ColumnStatistics.Of(column, start, count);
            chunks[i] = WriteChunk(column, start, count, statistics);
        }

        return new RowGroup(count, chunks);
    }

    public void Dispose() => _compressor.Dispose();

    private ColumnChunk WriteChunk(Column column, int start, int count, ColumnStatistics statistics)
    {
        _page.Clear();
        WriteLevels(column, start, count, statistics.NullCount > 0);
        var texts = column is TextColumn text && _dictionary.TryBuild(text, start, count) ? text : null;
        if (texts is null)
        {
            WriteValues(column, start, count, statistics.NullCount > 0);
        }
        else
        {
            _dictionary.WriteNumbers(_page);
        }

        var isCompressed = IsWorthCompressing();
        var chunk = new ColumnChunk(_group.Length, null, 0, 0, isCompressed ? codec : null, statistics);
        if (texts is not null)
        {
            _texts.Clear();
            var values = _dictionary.WriteValues(texts, _texts);
            chunk = Append(chunk, DictionaryPage, values, _texts) with { DictionaryOffset = chunk.Offset };
            chunk = chunk with { Offset = _group.Length };
        }

        return Append(chunk, DataPage, count, _page);
    }

    private ColumnChunk Append(ColumnChunk chunk, int type, int values, ByteBuffer page)
    {
        var body = chunk.Codec is null ? page : Compressed(page);
        WritePageHeader(type, values, chunk.DictionaryOffset is not null, page.Length, body.Length);
        _group.Write(_header.Written);
        _group.Write(body.Written);
        return chunk with
        {
            UncompressedLength = chunk.UncompressedLength + _header.Length + page.Length,
            Length = chunk.Length + _header.Length + body.Length,
        };
    }

    // Volumes and amounts hardly shrink, and trying to compress them takes longer than writing them: a sample decides.
    private bool IsWorthCompressing()
    {
        if (_page.Length < SampleLength)
        {
            return true;
        }

        _compressed.Clear();
        _compressor.Compress(_page.Written[^SampleLength..], _compressed);
        return _compressed.Length < SampleLength * WorthCompressing;
    }

    private ByteBuffer Compressed(ByteBuffer page)
    {
        _compressed.Clear();
        _compressor.Compress(page.Written, _compressed);
        return _compressed;
    }

    private void WritePageHeader(int type, int values, bool hasDictionary, int length, int compressed)
    {
        _header.Clear();
        var thrift = new ThriftWriter(_header);
        thrift.BeginStruct();
        thrift.I32(1, type);
        thrift.I32(2, length);
        thrift.I32(3, compressed);
        thrift.BeginStruct((short)(type == DataPage ? 5 : 7));
        thrift.I32(1, values);
        thrift.I32(2, hasDictionary ? ParquetEncoding.RleDictionary : ParquetEncoding.Plain);
        if (type == DataPage)
        {
            thrift.I32(3, ParquetEncoding.Rle);
            thrift.I32(4, ParquetEncoding.Rle);
        }

        thrift.EndStruct();
        thrift.EndStruct();
    }

    /// <summary>
    /// One bit per row, 1 = there is a value: one run when every row has one, else the validity bits as they are.
    /// </summary>
    private void WriteLevels(Column column, int start, int count, bool hasNulls)
    {
        var lengthAt = _page.Length;
        _page.WriteInt32(0);
        if (hasNulls)
        {
            // Row groups begin at multiples of 64 rows, so the words line up; bits beyond the last row are not read.
            var groups = (count + 7) >> 3;
            _page.WriteVarint(((ulong)groups << 1) | 1);
            _page.Write(MemoryMarshal.AsBytes(column.ValidityWords[(start >> 6)..])[..groups]);
        }
        else
        {
            _page.WriteVarint((ulong)count << 1);
            _page.WriteByte(1);
        }

        var length = _page.Length - lengthAt - sizeof(int);
        BinaryPrimitives.WriteInt32LittleEndian(_page.WrittenAt(lengthAt, sizeof(int)), length);
    }

    private void WriteValues(Column column, int start, int count, bool hasNulls)
    {
        switch (column)
        {
            case TextColumn text:
                WriteTexts(text, start, count);
                break;
            case ValueColumn<byte> flags:
                WriteFlags(flags, start, count);
                break;
            case ValueColumn<double> doubles:
                WriteFixed(doubles, start, count, hasNulls);
                break;
            case ValueColumn<long> longs:
                WriteFixed(longs, start, count, hasNulls);
                break;
            case ValueColumn<int> days:
                WriteFixed(days, start, count, hasNulls);
                break;
            default:
                throw new ArgumentException($"Unknown column {column.GetType()}", nameof(column));
        }
    }

    private void WriteFixed<T>(ValueColumn<T> column, int start, int count, bool hasNulls)
        where T : unmanaged
    {
        // Little-endian, as is every platform on which .NET 10 runs.
        var values = column.Values.Slice(start, count);
        if (!hasNulls)
        {
            _page.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (!column.IsNull(start + i))
            {
                _page.Write(MemoryMarshal.AsBytes(values.Slice(i, 1)));
            }
        }
    }

    private void WriteTexts(TextColumn column, int start, int count)
    {
        for (var row = start; row < start + count; row++)
        {
            if (!column.IsNull(row))
            {
                var text = column[row];
                var room = _page.Extend(sizeof(int) + text.Length);
                BinaryPrimitives.WriteInt32LittleEndian(room, text.Length);
                text.CopyTo(room[sizeof(int)..]);
            }
        }
    }

    private void WriteFlags(ValueColumn<byte> column, int start, int count)
    {
        var bits = 0;
        var used = 0;
        for (var row = start; row < start + count; row++)
        {
            if (column.IsNull(row))
            {
                continue;
            }

            bits |= column.Values[row] << used;
            if (++used == 8)
            {
                _page.WriteByte((byte)bits);
                bits = 0;
                used = 0;
            }
        }

        if (used > 0)
        {
            _page.WriteByte((byte)bits);
        }
    }
}

/// <summary>Where a column of a row group is, relative to the row group or to the file.</summary>
/// <param name="Offset">The data page.</param>
/// <param name="DictionaryOffset">The dictionary's page, which comes before; null where there is none.</param>
/// <param name="UncompressedLength">Bytes of all its pages with their headers.</param>
/// <param name="Length">The same as stored in the file.</param>
/// <param name="Codec">Null when the pages are not compressed.</param>
/// <param name="Statistics">Bounds and nulls.</param>
internal readonly record struct ColumnChunk(
    long Offset,
    long? DictionaryOffset,
    long UncompressedLength,
    long Length,
    ParquetCodec? Codec,
    ColumnStatistics Statistics
);

/// <summary>A row group that has been written.</summary>
internal sealed record RowGroup(int Rows, ColumnChunk[] Chunks)
{
    /// <summary>
    /// The same, with places relative to the file, in which its first byte is at <paramref name="place"/>.
    /// </summary>
    public RowGroup At(long place) =>
        this with
        {
            Chunks =
            [
                .. Chunks.Select(c =>
                    c with
                    {
                        Offset = place + c.Offset,
                        DictionaryOffset = place + c.DictionaryOffset,
                    }
                ),
            ],
        };
}
