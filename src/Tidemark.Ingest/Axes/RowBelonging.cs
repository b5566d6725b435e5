using System.Text;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// Proves that the vendor sent the rows that were asked for: each row is of the unit's days, period and part.
/// </summary>
internal static class RowBelonging
{
    private static readonly int s_epochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <exception cref="TidemarkException">Kind Schema, code <c>DATE_OUTSIDE_REQUEST</c> or
    /// <c>PART_OUTSIDE_REQUEST</c>.</exception>
    public static void Ensure(DatasetDefinition dataset, UnitId unit, DateOnly through, ColumnBatch rows)
    {
        EnsureDays(dataset, unit, through, rows);
        EnsurePeriod(dataset, unit, rows);
        EnsurePart(dataset, unit, rows);
    }

    /// <summary>Checks the part only.</summary>
    public static void EnsurePart(DatasetDefinition dataset, UnitId unit, ColumnBatch rows)
    {
        if (dataset.Part?.Column is { } column && unit.Part is { } part)
        {
            EnsureText(dataset, unit, rows, column, part, "PART_OUTSIDE_REQUEST");
        }
    }

    private static void EnsureDays(DatasetDefinition dataset, UnitId unit, DateOnly through, ColumnBatch rows)
    {
        if (dataset.DateColumn is not { } name)
        {
            return;
        }

        var column = (ValueColumn<int>)rows[name];
        for (var row = 0; column.NullCount > 0 && row < column.Count; row++)
        {
            if (column.IsNull(row))
            {
                throw RowFault.Of(
                    unit,
                    "DATE_MISSING",
                    $"row {row + 1} has no {name}, which every row must have",
                    "tell the vendor"
                );
            }
        }

        var days = column.Values;
        var stray = days.IndexOfAnyExceptInRange(unit.Day.DayNumber - s_epochDay, through.DayNumber - s_epochDay);
        if (stray >= 0)
        {
            var found = DateOnly.FromDayNumber(days[stray] + s_epochDay).ToIso();
            throw Stray(dataset, unit, "DATE_OUTSIDE_REQUEST", $"row {stray + 1} has {name} {found}");
        }
    }

    private static void EnsurePeriod(DatasetDefinition dataset, UnitId unit, ColumnBatch rows)
    {
        if (dataset.PeriodColumn is { } column)
        {
            EnsureText(dataset, unit, rows, column, RequestTemplate.PeriodText(unit.Period), "DATE_OUTSIDE_REQUEST");
        }
    }

    private static void EnsureText(
        DatasetDefinition dataset,
        UnitId unit,
        ColumnBatch rows,
        string name,
        string wanted,
        string code
    )
    {
        var column = (TextColumn)rows[name];
        var bytes = Encoding.UTF8.GetBytes(wanted);
        for (var row = 0; row < column.Count; row++)
        {
            if (column.IsNull(row) || !column[row].SequenceEqual(bytes))
            {
                var found = column.IsNull(row) ? "null" : Encoding.UTF8.GetString(column[row]);
                throw Stray(dataset, unit, code, $"row {row + 1} has {name} {found}");
            }
        }
    }

    private static TidemarkException Stray(DatasetDefinition dataset, UnitId unit, string code, string what) =>
        RowFault.Of(
            unit,
            code,
            $"{what}, which was not asked for",
            $"tell the vendor, or do without it: `off: [{dataset.Id}]` in tidemark.yaml"
        );
}
