using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Lake.Tables;

/// <summary>Where a column came from that nobody declared.</summary>
/// <param name="Field">What the vendor calls it.</param>
/// <param name="At">When the table got it.</param>
public sealed record Adoption(string Field, DateTimeOffset At);

/// <summary>A column of a lake table.</summary>
/// <param name="Unit">The unit of its numbers, for example <c>CNY</c> or <c>fraction</c>.</param>
/// <param name="Description">What it is, in a few words.</param>
/// <param name="Adopted">Where it came from; null of declared ones.</param>
public sealed record LakeColumn(
    string Name,
    LakeType Type,
    bool Nullable = true,
    string? Unit = null,
    string? Description = null,
    Adoption? Adopted = null
)
{
    /// <summary>
    /// Description and unit as one text, <c>Reference price [CNY]</c>, for programs that read comments only; null when
    /// there is neither.
    /// </summary>
    public string? Comment =>
        Unit is null ? Description
        : Description is null ? $"[{Unit}]"
        : $"{Description} [{Unit}]";

    /// <summary>The description in a comment, without the unit.</summary>
    internal static string? DescriptionIn(string? comment, string? unit)
    {
        var suffix = $"[{unit}]";
        var text =
            unit is not null && comment?.EndsWith(suffix, StringComparison.Ordinal) == true
                ? comment[..^suffix.Length].TrimEnd()
                : comment;
        return text?.Length > 0 ? text : null;
    }
}

/// <summary>The declaration of a table; it is compared with the existing table before anything is published.</summary>
/// <param name="Id">Layer and name.</param>
/// <param name="Columns">
/// All of its columns, including those that divide a day further; without those that the lake adds: <c>dt DATE</c>
/// where rows belong to days, and <c>month</c> where that is the partition.
/// </param>
/// <param name="Key">The columns that identify a row within its partition.</param>
/// <param name="Partitioning">The columns by which the files are divided; null = by day.</param>
/// <param name="Description">One line for readers.</param>
public sealed record TableDefinition(
    TableId Id,
    IReadOnlyList<LakeColumn> Columns,
    IReadOnlyList<string> Key,
    TablePartitioning? Partitioning = null,
    string? Description = null
)
{
    /// <summary>The column with the day of a row.</summary>
    public const string DayColumn = "dt";

    /// <summary>The code of a refusal to change another program's table.</summary>
    public const string ForeignCode = "TABLE_FOREIGN";

    /// <summary>The columns by which the files are divided.</summary>
    public TablePartitioning Partitioning { get; init; } = Partitioning ?? TablePartitioning.Day;

    /// <summary>The partition columns, in the order of the folders.</summary>
    public IReadOnlyList<string> PartitionColumns => Partitioning.Columns;

    /// <summary>Whether rows belong to days.</summary>
    public bool HasDays => Partitioning.HasDays;

    /// <summary>The columns of its files: all but the partition columns.</summary>
    public IReadOnlyList<LakeColumn> FileColumns =>
        Partitioning.IsByMonth ? [.. Columns, Day]
        : Partitioning.Within is { Count: > 0 } within ? [.. Columns.Where(c => !within.Contains(c.Name))]
        : Columns;

    /// <summary>
    /// The columns of staged rows: those of the files, and those whose values become names of folders.
    /// </summary>
    internal IReadOnlyList<LakeColumn> StagedColumns => Partitioning.IsByMonth ? [.. Columns, Day] : Columns;

    /// <summary>All columns as a reader sees them, those that the lake adds last.</summary>
    public IReadOnlyList<LakeColumn> AllColumns =>
        Partitioning.IsByMonth
            ? [.. Columns, Day, new LakeColumn(TablePartition.MonthColumn, LakeType.Text, Nullable: false)]
        : HasDays ? [.. Columns, Day]
        : Columns;

    /// <summary>
    /// The columns that identify a row within its day: the key and the columns that divide a day further.
    /// </summary>
    internal IReadOnlyList<string> Identity => [.. Key.Union(Partitioning.Within, StringComparer.Ordinal)];

    private static LakeColumn Day => new(DayColumn, LakeType.Date, Nullable: false);

    /// <summary>The name of the table that a dataset's rows go to.</summary>
    public static TableId IdOf(DatasetDefinition dataset) => new("ods", dataset.Table);

    /// <summary>The table that a dataset's rows go to.</summary>
    public static TableDefinition Of(DatasetDefinition dataset) =>
        new(
            IdOf(dataset),
            [.. dataset.Columns.Select(Of)],
            dataset.Key,
            dataset.IsKeptByMonth ? TablePartitioning.Month : TablePartitioning.Day,
            dataset.Title
        );

    /// <summary>Call it before any work for a table: throws when the table would accept no commit.</summary>
    /// <exception cref="Core.Errors.TidemarkException">
    /// <c>SCHEMA_MISMATCH</c>: the table is divided in another way. <c>TABLE_FOREIGN</c>: it is another program's.
    /// </exception>
    public void EnsureSamePartitions(TableSnapshot standing) => CommitRules.EnsureSamePartitioning(this, standing);

    /// <summary>
    /// Whether units of this declaration can be committed beside a table's present units: the same partitions, no
    /// column gone or retyped, new ones nullable. A derived table that does not fit is built anew as a whole
    /// (<c>ReplaceAsync</c>); a table of vendors' data never is.
    /// </summary>
    public bool FitsInto(TableSnapshot standing) => CommitRules.Fits(this, standing);

    private static LakeColumn Of(ColumnDefinition column) =>
        new(
            column.Name,
            LakeType.Of(column.Kind),
            column.Nullable,
            column.Unit,
            column.Description,
            column.AdoptedAt is { } at ? new Adoption(column.Field, at) : null
        );
}
