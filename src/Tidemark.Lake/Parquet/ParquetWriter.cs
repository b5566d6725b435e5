using Tidemark.Core.Columns;

namespace Tidemark.Lake.Parquet;

/// <summary>
/// Writes a batch as a Parquet file: dictionaries for texts that repeat, else plain encoding, compression where it
/// helps, one data page a column and row group, bounds in the footer. It supports only the types that batches have, and
/// is several times as fast as an engine, which makes many small partitions cheap. DuckDB writes the rows that come
/// from SQL. Not thread-safe; reuse it.
/// </summary>
/// <remarks>Source: the Apache Parquet format, parquet.thrift and Encodings.md.</remarks>
internal sealed class ParquetWriter(ParquetCodec codec = ParquetCodec.Snappy) : IDisposable
{
    /// <summary>Rows in a row group; the same as DuckDB's default.</summary>
    internal const int RowGroupRows = 122_880;
    private static readonly byte[] s_magic = "PAR1"u8.ToArray();
    private readonly ByteBuffer _file = new(0);
    private readonly ByteBuffer _frame = new(1 << 16);
    private readonly List<RowGroupWriter> _groups = [];

    /// <summary>
    /// The file's bytes, valid until the next call, and each column's statistics over the whole file.
    /// </summary>
    public ReadOnlySpan<byte> Write(ColumnBatch batch, out IReadOnlyList<ColumnStatistics> statistics)
    {
        _file.Clear();
        statistics = Write(batch, _file.Write);
        return _file.Written;
    }

    /// <summary>The same, piece by piece: a large file need not be in memory as a whole.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="append">Takes the next bytes of the file; perhaps on another thread, never on two at once.</param>
    public IReadOnlyList<ColumnStatistics> Write(ColumnBatch batch, Action<ReadOnlySpan<byte>> append)
    {
        _frame.Clear();
        _frame.Write(s_magic);
        var count = (batch.RowCount + RowGroupRows - 1) / RowGroupRows;
        var groups = count > 1 ? WriteSideBySide(batch, count, append) : WriteOne(batch, count);
        var footer = _frame.Length;
        ParquetFooter.Write(_frame, batch, groups);
        _frame.WriteInt32(_frame.Length - footer);
        _frame.Write(s_magic);
        append(_frame.Written);
        return groups.Length == 1
            ? [.. groups[0].Chunks.Select(c => c.Statistics)]
            : [.. batch.Columns.Select((c, i) => ColumnStatistics.OfAll(c, groups, i))];
    }

    public void Dispose()
    {
        foreach (var group in _groups)
        {
            group.Dispose();
        }
    }

    /// <summary>Gives a small file away in one piece.</summary>
    private RowGroup[] WriteOne(ColumnBatch batch, int count)
    {
        if (count == 0)
        {
            return [];
        }

        var writer = Writers(1)[0];
        var group = writer.Write(batch, 0, batch.RowCount).At(_frame.Length);
        _frame.Write(writer.Written);
        return [group];
    }

    /// <summary>
    /// Encodes row groups side by side and gives them away in order: while one is written and hashed, the next are
    /// encoded.
    /// </summary>
    private RowGroup[] WriteSideBySide(ColumnBatch batch, int count, Action<ReadOnlySpan<byte>> append)
    {
        append(_frame.Written);
        var place = (long)_frame.Length;
        _frame.Clear();
        var groups = new RowGroup[count];
        var workers = Math.Min(Environment.ProcessorCount, count);
        var writers = Writers(workers);
        var queue = new OrderedQueue();
        Parallel.For(
            0,
            workers,
            new ParallelOptions { MaxDegreeOfParallelism = workers },
            worker =>
            {
                var writer = writers[worker];
                for (var i = queue.Take(); i < count; i = queue.Take())
                {
                    var start = i * RowGroupRows;
                    try
                    {
                        var group = writer.Write(batch, start, Math.Min(RowGroupRows, batch.RowCount - start));
                        if (!queue.Wait(i))
                        {
                            return;
                        }

                        append(writer.Written);
                        groups[i] = group.At(place);
                        place += writer.Written.Length;
                        queue.Done();
                    }
                    catch
                    {
                        queue.Fail();
                        throw;
                    }
                }
            }
        );
        return groups;
    }

    private List<RowGroupWriter> Writers(int count)
    {
        while (_groups.Count < count)
        {
            _groups.Add(new RowGroupWriter(codec));
        }

        return _groups;
    }

    /// <summary>Gives numbers in order to several threads, each of which then waits for its turn.</summary>
    private sealed class OrderedQueue
    {
        private readonly object _lock = new();
        private int _taken = -1;
        private int _turn;
        private bool _hasFailed;

        public int Take() => Interlocked.Increment(ref _taken);

        /// <summary>Waits until it is the number's turn; false when an earlier thread has failed.</summary>
        public bool Wait(int number)
        {
            lock (_lock)
            {
                while (_turn != number && !_hasFailed)
                {
                    Monitor.Wait(_lock);
                }

                return !_hasFailed;
            }
        }

        public void Done()
        {
            lock (_lock)
            {
                _turn++;
                Monitor.PulseAll(_lock);
            }
        }

        public void Fail()
        {
            lock (_lock)
            {
                _hasFailed = true;
                Monitor.PulseAll(_lock);
            }
        }
    }
}
