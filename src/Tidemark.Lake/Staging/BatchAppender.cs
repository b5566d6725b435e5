using Tidemark.Core.Columns;
using Tidemark.DuckDb;

namespace Tidemark.Lake.Staging;

/// <summary>Copies column batches into a DuckDB table, 2,048 rows at a time and column by column. Not thread-safe.</summary>
internal sealed class BatchAppender : IDisposable
{
    private readonly DuckDbAppender _appender;
    private readonly DataChunk _chunk;
    private readonly int _columnCount;
    private readonly bool _hasDay;

    /// <summary>The table has the batch's columns, then <c>dt</c> when there is a day, then the unit's number.</summary>
    public BatchAppender(DuckDbConnection connection, string table, IReadOnlyList<ColumnKind> kinds, bool hasDay)
    {
        _columnCount = kinds.Count;
        _hasDay = hasDay;
        var types = kinds.Select(TypeOf).ToList();
        if (hasDay)
        {
            types.Add(ColumnType.Date);
        }

        types.Add(new ColumnType(LogicalKind.Integer));
        _chunk = DataChunk.Create(types);
        _appender = connection.CreateAppender(schema: null, table);
    }

    public void Append(ColumnBatch batch, int unit, DateOnly? day)
    {
        var rows = batch.RowCount;
        for (var start = 0; start < rows; start += DataChunk.Capacity)
        {
            var count = Math.Min(DataChunk.Capacity, rows - start);
            _chunk.Reset();
            for (var i = 0; i < _columnCount; i++)
            {
                Copy(batch.Columns[i], start, count, _chunk[i]);
            }

            if (_hasDay)
            {
                _chunk[_columnCount].Values<int>(count).Fill(DuckDbTime.ToDays(day!.Value));
            }

            _chunk[_chunk.ColumnCount - 1].Values<int>(count).Fill(unit);
            _chunk.SetCount(count);
            _appender.Append(_chunk);
        }
    }

    public void Flush() => _appender.Flush();

    public void Dispose()
    {
        _appender.Dispose();
        _chunk.Dispose();
    }

    private static ColumnType TypeOf(ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Text => ColumnType.Varchar,
            ColumnKind.Date => ColumnType.Date,
            ColumnKind.Timestamp => new ColumnType(LogicalKind.TimestampTz),
            ColumnKind.Double => ColumnType.Double,
            ColumnKind.Long => ColumnType.BigInt,
            ColumnKind.Boolean => ColumnType.Boolean,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown column kind"),
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
