using System.Globalization;
using Tidemark.Core;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>One of the parts into which a table's files are divided: a day, a month, or the whole table.</summary>
public readonly record struct TablePartition
{
    /// <summary>The partition column of a table with a folder per month: text like <c>2022-06</c>.</summary>
    public const string MonthColumn = "month";

    private const string MonthFormat = "yyyy-MM";

    private TablePartition(string column, DateOnly first)
    {
        Column = column;
        First = first;
    }

    /// <summary>All of an unpartitioned table; also the partition of a file that has none of ours.</summary>
    public static TablePartition Whole => default;

    /// <summary>The column whose values are days or months; null for the whole table.</summary>
    public string? Column { get; }

    public bool IsMonth => Column == MonthColumn;

    public bool IsDay => Column == TableDefinition.DayColumn;

    /// <summary>Its first day; null for the whole table.</summary>
    public DateOnly? First { get; }

    /// <summary>Its last day; null for the whole table.</summary>
    public DateOnly? Last => IsMonth ? First?.AddMonths(1).AddDays(-1) : First;

    /// <summary>
    /// The value of the partition column: <c>2022-06-01</c> or <c>2022-06</c>; null for the whole table.
    /// </summary>
    public string? Value => IsMonth ? First?.ToString(MonthFormat, CultureInfo.InvariantCulture) : First?.ToIso();

    /// <summary>The folder below the table's: <c>dt=2022-06-01/</c>, <c>month=2022-06/</c>, or nothing.</summary>
    public string Folder => Column is null ? "" : $"{Column}={Value}/";

    /// <summary>The partition values, as the log has them.</summary>
    internal IReadOnlyDictionary<string, string?> Values =>
        Column is null ? new Dictionary<string, string?>() : new Dictionary<string, string?> { [Column] = Value };

    /// <summary>The partition of a day's rows; the whole table in one without days.</summary>
    public static TablePartition Of(TablePartitioning partitioning, DateOnly? day) =>
        day is not { } of || !partitioning.HasDays ? Whole
        : partitioning.IsByMonth ? new TablePartition(MonthColumn, new DateOnly(of.Year, of.Month, 1))
        : new TablePartition(TableDefinition.DayColumn, of);

    /// <summary>The partition of a file, as the log says.</summary>
    public static TablePartition Of(AddAction file) =>
        file.PartitionValues.TryGetValue(TableDefinition.DayColumn, out var day) ? Parse(TablePartitioning.Day, day)
        : file.PartitionValues.TryGetValue(MonthColumn, out var month) ? Parse(TablePartitioning.Month, month)
        : Whole;

    /// <summary>The partition with this <see cref="Folder"/>; null for a folder that is not ours.</summary>
    internal static TablePartition? OfFolder(string folder)
    {
        if (folder.Length == 0)
        {
            return Whole;
        }

        var equals = folder.IndexOf('=', StringComparison.Ordinal);
        var partition =
            equals < 0 ? Whole
            : folder[..equals] == TableDefinition.DayColumn ? Parse(TablePartitioning.Day, folder[(equals + 1)..^1])
            : folder[..equals] == MonthColumn ? Parse(TablePartitioning.Month, folder[(equals + 1)..^1])
            : Whole;
        return partition.Folder == folder ? partition : null;
    }

    /// <summary>The days of a file's rows, or the days that it says have none; empty in a table without days.</summary>
    public static IReadOnlyList<DateOnly> DaysOf(AddAction file)
    {
        var partition = Of(file);
        if (partition is not { IsMonth: true, First: { } first, Last: { } last })
        {
            return partition.First is { } day ? [day] : [];
        }

        // A file of another program does not say: it may hold any day of its month.
        var slices = UnitSlice.Of(file).Select(s => s.Days).ToArray();
        return slices.Length > 0 && slices.All(days => days.Count > 0)
            ? [.. slices.SelectMany(days => days).Distinct().Order()]
            : [.. Enumerable.Range(0, last.Day).Select(first.AddDays)];
    }

    private static TablePartition Parse(TablePartitioning partitioning, string? value) =>
        TradeDate.TryParseIso(partitioning.IsByMonth ? value + "-01" : value, out var day)
            ? Of(partitioning, day)
            : Whole;
}
