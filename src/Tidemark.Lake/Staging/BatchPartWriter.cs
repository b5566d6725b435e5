using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Tidemark.Lake.Parquet;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// Writes staged batches as Parquet files, one per unit and partition, on all cores. Needs no engine and copies no
/// rows.
/// </summary>
internal sealed class BatchPartWriter(TableDefinition definition, string folder, ParquetCodec codec)
{
    private readonly ConcurrentBag<ParquetWriter> _writers = [];

    /// <param name="wanted">What to write: the unit's name, its rows, and which of them.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    public IReadOnlyList<StagedFile> Write(
        IReadOnlyList<(string Unit, StagedBatch Rows, BatchPart Part)> wanted,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(folder);
        var files = new StagedFile[wanted.Count];
        var options = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        try
        {
            Parallel.For(
                0,
                wanted.Count,
                options,
                i => files[i] = WriteOne(wanted[i].Unit, wanted[i].Rows, wanted[i].Part, i)
            );
        }
        catch (AggregateException e)
            when (e.Flatten().InnerExceptions.OfType<IOException>().FirstOrDefault() is { } failure)
        {
            throw new IOException(failure.Message, failure); // a full disk fails every file alike
        }
        finally
        {
            foreach (var writer in _writers)
            {
                writer.Dispose();
            }
        }

        return files;
    }

    private StagedFile WriteOne(string unit, StagedBatch rows, BatchPart part, int number)
    {
        if (!_writers.TryTake(out var writer))
        {
            writer = new ParquetWriter(codec);
        }

        var batch = rows.RowsOf(part, definition);
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"part_{number}.parquet"));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IReadOnlyList<ColumnStatistics> statistics;
        var length = 0L;
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
        {
            statistics = writer.Write(
                batch,
                bytes =>
                {
                    RandomAccess.Write(file, bytes, length);
                    hash.AppendData(bytes);
                    length += bytes.Length;
                }
            );
        }

        var staged = new StagedFile(
            path,
            unit,
            part.Place,
            batch.RowCount,
            length,
            Convert.ToHexStringLower(hash.GetHashAndReset()),
            DeltaStats.Write(batch.RowCount, definition.FileColumns, statistics)
        );
        _writers.Add(writer);
        return staged;
    }
}
