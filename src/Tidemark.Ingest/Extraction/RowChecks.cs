using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Axes;

namespace Tidemark.Ingest.Extraction;

/// <summary>What normalizing did with a unit's rows.</summary>
/// <param name="Rows">The rows to commit: the fetched ones, or a copy without repeated rows.</param>
/// <param name="Dropped">The number of rows dropped because they equal another row in every value.</param>
public readonly record struct NormalizedRows(ColumnBatch Rows, int Dropped)
{
    /// <summary>The same, by reason.</summary>
    public DropCounts Drops => new(OtherDay: 0, Repeated: Dropped);
}

/// <summary>
/// Checks a unit's rows against the dataset's declaration: required values are there, every row belongs to the unit, no
/// key comes twice. Equal rows that came twice (vendors shift rows between pages while they load) are dropped and
/// counted.
/// </summary>
public static class RowChecks
{
    private static readonly int s_epochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <exception cref="TidemarkException">Kind Schema; the message names unit, column, row and values.</exception>
    /// <param name="dataset">The declaration.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="through">The last day that was asked for; null for all of the unit's.</param>
    public static NormalizedRows Normalize(
        DatasetDefinition dataset,
        UnitId unit,
        ColumnBatch rows,
        DateOnly? through = null
    )
    {
        EnsureRequired(dataset, rows, unit);
        UnitAxis.Of(dataset).EnsureBelong(unit, through ?? unit.LastDay, rows);

        // Nothing tells a repeated row from a second one that is equal by right.
        return dataset.Key.Count == 0 ? new NormalizedRows(rows, 0) : WithoutRepeats(dataset, unit, rows);
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

            throw RowFault.Of(
                unit,
                "VALUE_MISSING",
                $"row {row + 1} has no {rows.Definitions[i].Name}, which every row must have",
                dataset.Key.Contains(rows.Definitions[i].Name)
                    ? "tell the vendor"
                    : "and it can be missing, take `nullable: false` from the column in the dataset"
            );
        }
    }

    // An empty text names nothing: as a key, any number of rows could have it.
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
                throw RowFault.Of(
                    unit,
                    "KEY_REPEATED",
                    $"rows {same + 1} and {row + 1} have the same key ({Describe(dataset, keys, row)}) and different values",
                    "tell the vendor; if both rows are right, lengthen its `key` in the dataset"
                );
            }

            (repeats ??= []).Add(row);
        }

        index.Release();
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

    internal static string Describe(DatasetDefinition dataset, Column[] keys, int row)
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
}
