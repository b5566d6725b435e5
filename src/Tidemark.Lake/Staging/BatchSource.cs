using Tidemark.Core.Columns;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// Column batches as a table that DuckDB reads in place: the table's columns, the day where there are days, and the
/// number of the unit. Chunks are 2,048 rows, copied column by column when they are asked for.
/// </summary>
internal sealed class BatchSource(TableDefinition definition) : IChunkSource
{
    private readonly List<(ColumnBatch Batch, Column? Dates, int Day, int Unit)> _batches = [];
    private readonly List<(int Batch, int Start)> _chunks = [];

    public IReadOnlyList<SourceColumn> Columns { get; } =
    [
        .. definition.Columns.Select(c => new SourceColumn(c.Name, TypeOf(c.Type))),
        .. definition.HasDays
            ? [new SourceColumn(TableDefinition.DayColumn, ColumnType.Date)]
            : Array.Empty<SourceColumn>(),
        new SourceColumn(TableStaging.UnitColumn, new ColumnType(LogicalKind.Integer)),
    ];

    public int ChunkCount => _chunks.Count;

    public long RowCount { get; private set; }

    /// <summary>Adds rows; don't change the batch until the last query has read it.</summary>
    public void Add(StagedBatch rows, int unit)
    {
        var batch = rows.Rows;
        for (var start = 0; start < batch.RowCount; start += DataChunk.Capacity)
        {
            _chunks.Add((_batches.Count, start));
        }

        var dates = rows.DateColumn is { } name ? batch[name] : null;
        var day = rows.Parts[0].Place.Days is [var first, ..] ? StagedBatch.NumberOf(first) : 0;
        _batches.Add((batch, dates, day, unit));
        RowCount += batch.RowCount;
    }

    public void Fill(int number, DataChunk chunk)
    {
        var (index, start) = _chunks[number];
        var (batch, dates, day, unit) = _batches[index];
        var count = Math.Min(DataChunk.Capacity, batch.RowCount - start);
        for (var i = 0; i < batch.Columns.Count; i++)
        {
            Copy(batch.Columns[i], start, count, chunk[i]);
        }

        var next = batch.Columns.Count;
        if (dates is not null)
        {
            Copy(dates, start, count, chunk[next++]);
        }
        else if (definition.HasDays)
        {
            chunk[next++].Values<int>(count).Fill(day);
        }

        chunk[next].Values<int>(count).Fill(unit);
        chunk.SetCount(count);
    }

    private static ColumnType TypeOf(LakeType type) =>
        type.SqlName switch
        {
            "VARCHAR" => ColumnType.Varchar,
            "DATE" => ColumnType.Date,
            "TIMESTAMP WITH TIME ZONE" => new ColumnType(LogicalKind.TimestampTz),
            "DOUBLE" => ColumnType.Double,
            "BIGINT" => ColumnType.BigInt,
            "BOOLEAN" => ColumnType.Boolean,
            _ => throw new ArgumentException($"Batches hold no {type.SqlName}", nameof(type)),
        };

    private static void Copy(Column column, int start, int count, Vector target)
    {
        switch (column)
        {
            case TextColumn text:
                target.SetTexts(text.Utf8, text.Offsets.Slice(start, count + 1));
                break;
            case ValueColumn<double> numbers:
                numbers.Values.Slice(start, count).CopyTo(target.Values<double>(count));
                break;
            case ValueColumn<long> integers:
                integers.Values.Slice(start, count).CopyTo(target.Values<long>(count));
                break;
            case ValueColumn<int> days:
                days.Values.Slice(start, count).CopyTo(target.Values<int>(count));
                break;
            case ValueColumn<byte> flags:
                flags.Values.Slice(start, count).CopyTo(target.Values<byte>(count));
                break;
            default:
                throw new ArgumentException($"Unknown column {column.GetType()}", nameof(column));
        }

        if (column.NullCount > 0)
        {
            // Chunks begin at multiples of 2,048 rows, so the words line up.
            column.ValidityWords.Slice(start >> 6, (count + 63) >> 6).CopyTo(target.WritableValidity(count));
        }
    }
}
