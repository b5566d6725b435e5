using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Lake.Tables;

/// <summary>How a table's files are divided into folders.</summary>
public enum TablePartitioning
{
    /// <summary>One folder; every commit of its unit replaces the whole.</summary>
    None,

    /// <summary>A folder a day: <c>dt=2022-06-01/</c>.</summary>
    Day,
}

/// <summary>A column of a lake table.</summary>
public sealed record LakeColumn(
    string Name,
    LakeType Type,
    bool Nullable = true,
    string? Unit = null,
    string? Description = null
);

/// <summary>What a table should look like; compared with what stands before anything is published.</summary>
/// <param name="Id">Layer and name.</param>
/// <param name="Columns">Without the partition column, which is always <c>dt DATE</c> and comes last.</param>
/// <param name="Key">The columns that identify a row within its partition.</param>
/// <param name="Partitioning">How the files are divided.</param>
/// <param name="Description">One line for readers.</param>
public sealed record TableDefinition(
    TableId Id,
    IReadOnlyList<LakeColumn> Columns,
    IReadOnlyList<string> Key,
    TablePartitioning Partitioning = TablePartitioning.Day,
    string? Description = null
)
{
    /// <summary>The name of the partition column.</summary>
    public const string PartitionColumn = "dt";

    /// <summary>All columns as a reader sees them, the partition column last.</summary>
    public IReadOnlyList<LakeColumn> AllColumns =>
        Partitioning == TablePartitioning.Day
            ? [.. Columns, new LakeColumn(PartitionColumn, LakeType.Date, Nullable: false)]
            : Columns;

    /// <summary>The table that a dataset's rows go to.</summary>
    public static TableDefinition Of(DatasetDefinition dataset) =>
        new(
            new TableId("ods", dataset.Table),
            [.. dataset.Columns.Select(Of)],
            dataset.Key,
            TablePartitioning.Day,
            dataset.Title
        );

    private static LakeColumn Of(ColumnDefinition column) =>
        new(column.Name, LakeType.Of(column.Kind), column.Nullable, column.Unit, column.Description);
}
