namespace Tidemark.Lake.Tables;

/// <summary>
/// The columns by which a table's files are divided into folders, in the order of the folders: none, <c>dt</c>,
/// <c>month</c>, or <c>dt</c> and text columns of the rows (<c>dt/underlying/exchange</c>). Immutable, equal by its
/// columns.
/// </summary>
public sealed class TablePartitioning : IEquatable<TablePartitioning>
{
    private TablePartitioning(IReadOnlyList<string> columns) => Columns = columns;

    /// <summary>All files are in one folder.</summary>
    public static TablePartitioning None { get; } = new([]);

    /// <summary>A folder per day: <c>dt=2022-06-01/</c>. The folder has the day; the files don't.</summary>
    public static TablePartitioning Day { get; } = new([TableDefinition.DayColumn]);

    /// <summary>
    /// A folder per month: <c>month=2022-06/</c>. A unit is still a day, and <c>dt</c> is a column of the files. For
    /// tables that have few rows a day.
    /// </summary>
    public static TablePartitioning Month { get; } = new([TablePartition.MonthColumn]);

    /// <summary>The partition columns, as the log has them.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>
    /// The columns of the rows that divide a day further; their values are in the names of folders and not in the
    /// files.
    /// </summary>
    public IReadOnlyList<string> Within => HasDays ? [.. Columns.Skip(1)] : [];

    /// <summary>Whether rows belong to days.</summary>
    public bool HasDays => Columns.Count > 0;

    public bool IsByMonth => Columns is [TablePartition.MonthColumn];

    /// <summary>Divides by these columns, in this order.</summary>
    /// <exception cref="ArgumentException">
    /// Files cannot be divided like this: only by month, or by day first.
    /// </exception>
    public static TablePartitioning By(params IReadOnlyList<string> columns) =>
        TryBy(columns)
        ?? throw new ArgumentException(
            $"A table is divided by nothing, by month, or by dt and other columns after it, not by {string.Join('/', columns)}",
            nameof(columns)
        );

    /// <summary>The same; null when files cannot be divided like this.</summary>
    public static TablePartitioning? TryBy(IReadOnlyList<string> columns) =>
        columns switch
        {
            [] => None,
            [TableDefinition.DayColumn] => Day,
            [TablePartition.MonthColumn] => Month,
            [TableDefinition.DayColumn, ..]
                when !columns.Contains(TablePartition.MonthColumn)
                    && columns.Distinct(StringComparer.Ordinal).Count() == columns.Count => new([.. columns]),
            _ => null,
        };

    public bool Equals(TablePartitioning? other) =>
        other is not null && Columns.SequenceEqual(other.Columns, StringComparer.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as TablePartitioning);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary><c>dt/underlying/exchange</c>; <c>nothing</c> for one folder.</summary>
    public override string ToString() => Columns.Count == 0 ? "nothing" : string.Join('/', Columns);

    public static bool operator ==(TablePartitioning? left, TablePartitioning? right) => Equals(left, right);

    public static bool operator !=(TablePartitioning? left, TablePartitioning? right) => !Equals(left, right);
}
