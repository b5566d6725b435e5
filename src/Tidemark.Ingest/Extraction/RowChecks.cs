using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;

namespace Tidemark.Ingest.Extraction;

/// <summary>What normalizing did with a unit's rows.</summary>
/// <param name="Rows">The rows to commit: the fetched ones, or a copy without repeated rows.</param>
/// <param name="Dropped">Rows that repeated another to the last value.</param>
public readonly record struct NormalizedRows(ColumnBatch Rows, int Dropped);

/// <summary>
/// Checks a unit's rows against the dataset's declaration: required values are there, every row is of the requested day, no key
/// comes twice. Equal rows that came twice (vendors shift rows between pages while they load) are dropped and counted.
/// </summary>
public static class RowChecks
{
    private static readonly int s_epochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <exception cref="TidemarkException">Kind Schema; the message names unit, column, row and values.</exception>
    public static NormalizedRows Normalize(DatasetDefinition dataset, UnitId unit, ColumnBatch rows)
    {
        EnsureRequired(dataset, rows, unit);
        EnsureDay(dataset, unit, rows);
        return WithoutRepeats(dataset, unit, rows);
    }

    /// <summary>
    /// A list lives longer than its entries, so that one with less than half of the rows of the one before is a fault of the vendor (one
    /// of several calls answered with nothing), unless the dataset says that this is ordinary.
    /// </summary>
    /// <exception cref="TidemarkException">Kind Schema, code <c>LIST_SHRINKS</c>.</exception>
    public static void EnsureWholeList(DatasetDefinition dataset, UnitId unit, long rows, long rowsBefore)
    {
        if (dataset.Grain == UnitGrain.Snapshot && !dataset.EmptyIsOrdinary && rows * 2 < rowsBefore)
        {
            throw Broken(
                unit,
                "LIST_SHRINKS",
                $"the vendor sent a list of {rows} rows; the one before has {rowsBefore}. If it is right: tidemark refetch {dataset.Id} --allow-shrink REASON",
                "tell the vendor"
            );
        }
    }

    private static void EnsureRequired(DatasetDefinition dataset, ColumnBatch rows, UnitId unit)
    {
        for (var i = 0; i < rows.Columns.Count; i++)
        {
            if (rows.Definitions[i].Nullable)
            {
                continue;
            }

            var row = FirstAbsent(rows.Columns[i]);
            if (row < 0)
            {
                continue;
            }

            throw Broken(
                unit,
                "VALUE_MISSING",
                $"row {row + 1} has no {rows.Definitions[i].Name}, which every row must have",
                dataset.Key.Contains(rows.Definitions[i].Name)
                    ? "tell the vendor"
                    : "and it can be missing, take `nullable: false` from the column in the dataset"
            );
        }
    }

    // A text of no characters names nothing: as a key it would stand for any number of rows.
    private static int FirstAbsent(Column column)
    {
        var text = column as TextColumn;
        if (text is null && column.NullCount == 0)
        {
            return -1;
        }

        for (var row = 0; row < column.Count; row++)
        {
            if (column.IsNull(row) || (text is not null && text[row].IsEmpty))
            {
                return row;
            }
        }

        return -1;
    }

    private static void EnsureDay(DatasetDefinition dataset, UnitId unit, ColumnBatch rows)
    {
        if (dataset.DateColumn is null)
        {
            return;
        }

        var wanted = unit.Day.DayNumber - s_epochDay;
        var days = ((ValueColumn<int>)rows[dataset.DateColumn]).Values;
        var stray = days.IndexOfAnyExcept(wanted);
        if (stray >= 0)
        {
            var found = DateOnly.FromDayNumber(days[stray] + s_epochDay).ToIso();
            throw Broken(
                unit,
                "DATE_OUTSIDE_REQUEST",
                $"row {stray + 1} has {dataset.DateColumn} {found}, which was not asked for",
                $"tell the vendor, or do without it: `off: [{dataset.Id}]` in tidemark.yaml"
            );
        }
    }

    private static NormalizedRows WithoutRepeats(DatasetDefinition dataset, UnitId unit, ColumnBatch rows)
    {
        var keys = dataset.Key.Select(k => rows[k]).ToArray();
        var index = new KeyIndex(keys, rows.RowCount);
        List<int>? repeats = null;
        for (var row = 0; row < rows.RowCount; row++)
        {
            var same = index.Add(row);
            if (same < 0)
            {
                continue;
            }

            if (!KeyIndex.SameRow(rows.Columns, same, row))
            {
                throw Broken(
                    unit,
                    "KEY_REPEATED",
                    $"rows {same + 1} and {row + 1} have the same key ({Describe(dataset, keys, row)}) and different values",
                    "tell the vendor; if both rows are right, lengthen its `key` in the dataset"
                );
            }

            (repeats ??= []).Add(row);
        }

        return repeats is null ? new NormalizedRows(rows, 0) : new NormalizedRows(Copy(rows, repeats), repeats.Count);
    }

    private static ColumnBatch Copy(ColumnBatch rows, List<int> without)
    {
        var copy = new ColumnBatch(rows.Definitions, rows.RowCount);
        var skipped = 0;
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (skipped < without.Count && without[skipped] == row)
            {
                skipped++;
                continue;
            }

            for (var i = 0; i < rows.Columns.Count; i++)
            {
                copy.Columns[i].AppendFrom(rows.Columns[i], row);
            }
        }

        return copy;
    }

    private static string Describe(DatasetDefinition dataset, Column[] keys, int row)
    {
        var parts = new string[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            parts[i] =
                keys[i].IsNull(row) ? "null"
                : keys[i] is TextColumn text ? System.Text.Encoding.UTF8.GetString(text[row])
                : keys[i] is ValueColumn<int> days ? DateOnly.FromDayNumber(days.Values[row] + s_epochDay).ToIso()
                : "…";
        }

        return string.Join(", ", dataset.Key.Zip(parts, (name, value) => $"{name} {value}"));
    }

    private static TidemarkException Broken(UnitId unit, string code, string problem, string ifItStays) =>
        new(
            ErrorKind.Schema,
            code,
            $"{unit}: {problem}. Nothing of this unit was committed. If it stays so, {ifItStays}."
        );
}
