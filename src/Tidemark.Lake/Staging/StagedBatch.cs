using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>The rows of a unit that go to one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Days">The days of these rows, in order; empty in a table without days.</param>
/// <param name="Rows">Which rows of the unit's batch; null for all.</param>
internal sealed record BatchPart(TablePartition Partition, IReadOnlyList<DateOnly> Days, int[]? Rows);

/// <summary>The rows of a unit as a batch, divided by the partitions to which they go. Nothing is copied before a file is written.</summary>
internal sealed class StagedBatch
{
    private static readonly int s_epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private StagedBatch(ColumnBatch rows, string? dateColumn, IReadOnlyList<BatchPart> parts)
    {
        Rows = rows;
        DateColumn = dateColumn;
        Parts = parts;
    }

    /// <summary>All rows of the unit.</summary>
    public ColumnBatch Rows { get; }

    /// <summary>The column that says to which day a row belongs; null where all rows are of the unit's day.</summary>
    public string? DateColumn { get; }

    /// <summary>One at least, in the order of the partitions.</summary>
    public IReadOnlyList<BatchPart> Parts { get; }

    /// <summary>All rows are of one day, or of a table without days.</summary>
    public static StagedBatch OfDay(TableDefinition definition, DateOnly? day, ColumnBatch rows) =>
        new(rows, null, [new BatchPart(TablePartition.Of(definition.Partitioning, day), DaysOf(day), Rows: null)]);

    /// <summary>Each row is of the day that a column says; without rows, the unit is filed under its home day.</summary>
    /// <exception cref="TidemarkException"><c>DATE_MISSING</c>: a row does not say its day.</exception>
    public static StagedBatch ByDate(
        TableDefinition definition,
        string unit,
        DateOnly home,
        ColumnBatch rows,
        string dateColumn
    )
    {
        if (rows[dateColumn] is not ValueColumn<int> dates)
        {
            throw new ArgumentException($"{dateColumn} is no column of dates", nameof(dateColumn));
        }

        if (dates.NullCount > 0)
        {
            throw new TidemarkException(
                ErrorKind.Schema,
                "DATE_MISSING",
                $"{definition.Id}: {dates.NullCount} of {rows.RowCount} rows of the unit {unit} have no {dateColumn}, which says to which day a row belongs. "
                    + "Nothing of the unit was kept. Run again later; if it stays so, tell the vendor."
            );
        }

        return rows.RowCount == 0
            ? OfDay(definition, home, rows)
            : new StagedBatch(rows, dateColumn, Divide(definition.Partitioning, dates));
    }

    /// <summary>The rows of a part, with the columns that its file has.</summary>
    public ColumnBatch RowsOf(BatchPart part, TableDefinition definition)
    {
        var rows = part.Rows is null ? Rows : Take(part.Rows);
        if (definition.Partitioning != TablePartitioning.Month)
        {
            return rows;
        }

        var day = new ColumnDefinition(TableDefinition.DayColumn, ColumnKind.Date, Nullable: false);
        return rows.With(day, DateColumn is null ? Constant(part.Days[0], rows.RowCount) : rows[DateColumn]);
    }

    /// <summary>A day as a column of dates has it.</summary>
    public static int NumberOf(DateOnly day) => day.DayNumber - s_epoch;

    private static List<BatchPart> Divide(TablePartitioning partitioning, ValueColumn<int> dates)
    {
        var rows = new SortedDictionary<DateOnly, List<int>>();
        var (last, current) = (int.MinValue, (List<int>?)null);
        for (var row = 0; row < dates.Count; row++)
        {
            var number = dates.Values[row];
            if (number != last || current is null) // neighbours are mostly of one day
            {
                var day = DateOnly.FromDayNumber(s_epoch + number);
                if (!rows.TryGetValue(day, out current))
                {
                    rows[day] = current = [];
                }

                last = number;
            }

            current.Add(row);
        }

        var parts = new List<BatchPart>(rows.Count);
        foreach (var days in rows.GroupBy(day => TablePartition.Of(partitioning, day.Key)))
        {
            int[]? own = null;
            if (days.Sum(d => d.Value.Count) < dates.Count)
            {
                own = [.. days.SelectMany(d => d.Value)];
                Array.Sort(own); // in the order in which they came
            }

            parts.Add(new BatchPart(days.Key, [.. days.Select(d => d.Key)], own));
        }

        return parts;
    }

    private static DateOnly[] DaysOf(DateOnly? day) => day is { } of ? [of] : [];

    private static ValueColumn<int> Constant(DateOnly day, int rows)
    {
        var column = (ValueColumn<int>)Column.Create(ColumnKind.Date, rows);
        var value = NumberOf(day);
        for (var i = 0; i < rows; i++)
        {
            column.Append(value);
        }

        return column;
    }

    private ColumnBatch Take(int[] rows)
    {
        var taken = new ColumnBatch(Rows.Definitions, rows.Length);
        for (var i = 0; i < taken.Columns.Count; i++)
        {
            foreach (var row in rows)
            {
                taken.Columns[i].AppendFrom(Rows.Columns[i], row);
            }
        }

        return taken;
    }
}
