using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tidemark.Core.Columns;

namespace Tidemark.Lake.Parquet;

/// <summary>Writes the rows of one row group, column by column. Not thread-safe; reuse it.</summary>
internal sealed class RowGroupWriter
{
    private const int SampleLength = 4096;
    private const double WorthCompressing = 0.75;
    private const int EncodingPlain = 0;
    private const int EncodingRle = 3;
    private readonly ByteBuffer _group = new(1 << 20);
    private readonly ByteBuffer _page = new(1 << 20);
    private readonly ByteBuffer _compressed = new(1 << 20);
    private readonly ByteBuffer _header = new(64);
    private readonly SnappyEncoder _snappy = new();

    /// <summary>The row group's bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> Written => _group.Written;

    /// <returns>Where its columns are, from the first byte of the row group on.</returns>
    public RowGroup Write(ColumnBatch batch, int start, int count)
    {
        _group.Clear();
        var chunks = new ColumnChunk[batch.Columns.Count];
        for (var i = 0; i < chunks.Length; i++)
        {
            var column = batch.Columns[i];
            var statistics = ColumnStatistics.Of(column, start, count);
            _page.Clear();
            WriteLevels(column, start, count, statistics.NullCount > 0);
            WriteValues(column, start, count, statistics.NullCount > 0);
            var isCompressed = IsWorthCompressing();
            var body = isCompressed ? Compressed() : _page;
            WritePageHeader(count, body.Length);

            var offset = _group.Length;
            _group.Write(_header.Written);
            _group.Write(body.Written);
            chunks[i] = new ColumnChunk(
                offset,
                _header.Length + _page.Length,
                _header.Length + body.Length,
                isCompressed,
                statistics
            );
        }

        return new RowGroup(count, chunks);
    }

    // Volumes and amounts hardly shrink, and trying costs more than writing them: a sample decides.
    private bool IsWorthCompressing()
    {
        if (_page.Length < SampleLength)
        {
            return true;
        }

        _compressed.Clear();
        _snappy.Encode(_page.Written[^SampleLength..], _compressed);
        return _compressed.Length < SampleLength * WorthCompressing;
    }

    private ByteBuffer Compressed()
    {
        _compressed.Clear();
        _snappy.Encode(_page.Written, _compressed);
        return _compressed;
    }

    private void WritePageHeader(int count, int length)
    {
        _header.Clear();
        var thrift = new ThriftWriter(_header);
        thrift.BeginStruct();
        thrift.I32(1, 0); // DATA_PAGE
        thrift.I32(2, _page.Length);
        thrift.I32(3, length);
        thrift.BeginStruct(5);
        thrift.I32(1, count);
        thrift.I32(2, EncodingPlain);
        thrift.I32(3, EncodingRle);
        thrift.I32(4, EncodingRle);
        thrift.EndStruct();
        thrift.EndStruct();
    }

    /// <summary>One bit a row, 1 = there is a value: a run when all are there, else the validity bits as they are.</summary>
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
        // Little-endian, as every platform that .NET 10 runs on.
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

/// <summary>Where a column of a row group is: in the row group, or in the file.</summary>
internal readonly record struct ColumnChunk(
    long Offset,
    long UncompressedLength,
    long Length,
    bool IsCompressed,
    ColumnStatistics Statistics
);

/// <summary>A row group that has been written.</summary>
internal sealed record RowGroup(int Rows, ColumnChunk[] Chunks)
{
    /// <summary>The same, with its first byte at a place in the file.</summary>
    public RowGroup At(long place) =>
        this with
        {
            Chunks = [.. Chunks.Select(c => c with { Offset = place + c.Offset })],
        };
}
