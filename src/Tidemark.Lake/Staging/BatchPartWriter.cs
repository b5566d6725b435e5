using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Tidemark.Core.Columns;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Parquet;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>Writes staged batches as Parquet files, one a unit, on all cores: no engine, no copy of the rows.</summary>
internal sealed class BatchPartWriter(TableDefinition definition, string folder)
{
    private readonly ConcurrentBag<ParquetWriter> _writers = [];

    /// <param name="units">All units, by number.</param>
    /// <param name="batches">Their rows, by number.</param>
    /// <param name="wanted">The numbers of those to write.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    public IReadOnlyList<StagedFile> Write(
        IReadOnlyList<StagedUnit> units,
        IReadOnlyList<ColumnBatch> batches,
        IReadOnlyList<int> wanted,
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
            Parallel.For(0, wanted.Count, options, i => files[i] = WriteOne(units[wanted[i]], batches[wanted[i]], i));
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<IOException>().FirstOrDefault() is { } failure)
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

    private StagedFile WriteOne(StagedUnit unit, ColumnBatch batch, int number)
    {
        if (!_writers.TryTake(out var writer))
        {
            writer = new ParquetWriter();
        }

        if (definition.Partitioning == TablePartitioning.Month)
        {
            batch = WithDay(batch, unit.Day!.Value);
        }

        var content = writer.Write(batch, out var statistics);
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"part_{number}.parquet"));
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
        }

        var staged = new StagedFile(
            path,
            unit.Unit,
            unit.Day,
            batch.RowCount,
            content.Length,
            Convert.ToHexStringLower(SHA256.HashData(content)),
            DeltaStats.Write(batch.RowCount, definition.FileColumns, statistics)
        );
        _writers.Add(writer);
        return staged;
    }

    /// <summary>The batch's own columns and the day, which such a file has in every row.</summary>
    private static ColumnBatch WithDay(ColumnBatch batch, DateOnly day)
    {
        var column = (ValueColumn<int>)Column.Create(ColumnKind.Date, batch.RowCount);
        var value = day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        for (var i = 0; i < batch.RowCount; i++)
        {
            column.Append(value);
        }

        return batch.With(new ColumnDefinition(TableDefinition.DayColumn, ColumnKind.Date, Nullable: false), column);
    }
}
