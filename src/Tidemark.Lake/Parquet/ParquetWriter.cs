using Tidemark.Core.Columns;

namespace Tidemark.Lake.Parquet;

/// <summary>
/// Writes a batch as a Parquet file: dictionaries for texts that repeat, else plain encoding, compression where it helps, one data
/// page a column and row group, bounds in the footer. It covers just what batches hold and is several times as fast as going through an
/// engine, which is what makes many small partitions cheap; rows that come from SQL are written by DuckDB. Not thread-safe; reuse it.
/// </summary>
/// <remarks>Source: the Apache Parquet format, parquet.thrift and Encodings.md.</remarks>
internal sealed class ParquetWriter(ParquetCodec codec = ParquetCodec.Snappy) : IDisposable
{
    /// <summary>Rows of a row group, as DuckDB has it.</summary>
    internal const int RowGroupRows = 122_880;
    private readonly ByteBuffer _file = new(1 << 20);
    private readonly List<RowGroupWriter> _groups = [];

    /// <summary>The file's bytes, valid until the next call, and each column's statistics over the whole file.</summary>
    public ReadOnlySpan<byte> Write(ColumnBatch batch, out IReadOnlyList<ColumnStatistics> statistics)
    {
        _file.Clear();
        _file.Write("PAR1"u8);
        var groups = WriteGroups(batch);
        var footer = _file.Length;
        ParquetFooter.Write(_file, batch, groups);
        _file.WriteInt32(_file.Length - footer);
        _file.Write("PAR1"u8);
        statistics = groups.Length == 1 ? [.. groups[0].Chunks.Select(c => c.Statistics)] : StatisticsOf(batch);
        return _file.Written;
    }

    public void Dispose()
    {
        foreach (var group in _groups)
        {
            group.Dispose();
        }
    }

    /// <summary>Row groups are encoded side by side and put one after the other.</summary>
    private RowGroup[] WriteGroups(ColumnBatch batch)
    {
        var groups = new RowGroup[(batch.RowCount + RowGroupRows - 1) / RowGroupRows];
        for (var done = 0; done < groups.Length; )
        {
            var first = done;
            var count = Math.Min(Environment.ProcessorCount, groups.Length - first);
            while (_groups.Count < count)
            {
                _groups.Add(new RowGroupWriter(codec));
            }

            void WriteOne(int i)
            {
                var start = (first + i) * RowGroupRows;
                groups[first + i] = _groups[i].Write(batch, start, Math.Min(RowGroupRows, batch.RowCount - start));
            }

            if (count == 1)
            {
                WriteOne(0);
            }
            else
            {
                Parallel.For(0, count, WriteOne);
            }

            for (var i = 0; i < count; i++, done++)
            {
                groups[done] = groups[done].At(_file.Length);
                _file.Write(_groups[i].Written);
            }
        }

        return groups;
    }

    private static ColumnStatistics[] StatisticsOf(ColumnBatch batch)
    {
        var statistics = new ColumnStatistics[batch.Columns.Count];
        Parallel.For(
            0,
            statistics.Length,
            i => statistics[i] = ColumnStatistics.Of(batch.Columns[i], 0, batch.RowCount)
        );
        return statistics;
    }
}
