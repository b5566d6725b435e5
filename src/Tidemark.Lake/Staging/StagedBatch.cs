using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>The rows of a unit that go to one folder.</summary>
/// <param name="Place">The folder.</param>
/// <param name="Rows">Which rows of the unit's batch; null for all.</param>
internal sealed record BatchPart(FilePlace Place, int[]? Rows);

/// <summary>The rows of a unit as a batch, divided by partition. Copies nothing before a file is written.</summary>
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

    /// <summary>The parts, in the order of the partitions; at least one.</summary>
    public IReadOnlyList<BatchPart> Parts { get; }

    /// <summary>A unit whose rows all belong to one day, or to a table without days.</summary>
    /// <exception cref="TidemarkException">
    /// <c>VALUE_MISSING</c>: a row lacks a value that is part of its folder's name.
    /// </exception>
    public static StagedBatch OfDay(TableDefinition definition, string unit, DateOnly? day, ColumnBatch rows) =>
        new(
            rows,
            null,
            rows.RowCount == 0 || definition.Partitioning.Within.Count == 0
                ? [new BatchPart(FilePlace.Of(definition.Partitioning, day), Rows: null)]
                : new BatchDivision(definition, unit, rows).By(day!.Value)
        );

    /// <summary>
    /// A unit whose rows have their day in a column; without rows, the unit is filed under its home day.
    /// </summary>
    /// <exception cref="TidemarkException">
    /// <c>DATE_MISSING</c>: a row has no day; <c>VALUE_MISSING</c>: a row lacks another value that is part of its
    /// folder's name.
    /// </exception>
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
            ? OfDay(definition, unit, home, rows)
            : new StagedBatch(rows, dateColumn, new BatchDivision(definition, unit, rows).By(dates));
    }

    /// <summary>The rows of a part, with the columns that its file has.</summary>
    public ColumnBatch RowsOf(BatchPart part, TableDefinition definition)
    {
        var rows = part.Rows is null ? Rows : Take(part.Rows);
        if (definition.Partitioning.Within is { Count: > 0 } within)
        {
            rows = rows.Without(within);
        }

        if (!definition.Partitioning.IsByMonth)
        {
            return rows;
        }

        var day = new ColumnDefinition(TableDefinition.DayColumn, ColumnKind.Date, Nullable: false);
        return rows.With(day, DateColumn is null ? Constant(part.Place.Days[0], rows.RowCount) : rows[DateColumn]);
    }

    /// <summary>The number of a day in a column of dates.</summary>
    public static int NumberOf(DateOnly day) => day.DayNumber - s_epoch;

    /// <summary>The day of a number in a column of dates.</summary>
    public static DateOnly DayOf(int number) => DateOnly.FromDayNumber(s_epoch + number);

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
