namespace Tidemark.Operations.Tables;

/// <summary>Asks what a table consists of.</summary>
/// <param name="Table"><c>layer.name</c>, or the name alone.</param>
public sealed record TableDescriptionRequest(string Table);

/// <summary>What a table consists of.</summary>
/// <param name="Table"><c>layer.name</c>.</param>
/// <param name="Description">One line about it; null when nobody wrote one.</param>
/// <param name="Partition">
/// <c>dt</c> (a folder a day), <c>month</c>, <c>none</c>, or the columns of another program's table.
/// </param>
/// <param name="Key">The columns that identify a row within its partition; empty when none are declared.</param>
/// <param name="Version">The newest version; null while it is declared and has no commit yet.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Columns">In order.</param>
public sealed record TableDescription(
    string Table,
    string? Description,
    string Partition,
    IReadOnlyList<string> Key,
    long? Version,
    long Rows,
    IReadOnlyList<ColumnDescription> Columns
);

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">As DuckDB calls it.</param>
/// <param name="Unit">What its numbers count; null when it has none.</param>
/// <param name="Comment">What it is; null when nobody wrote it down.</param>
/// <param name="IsKey">Whether it is part of the key.</param>
/// <param name="IsPartition">Whether the table's folders are named by it.</param>
public sealed record ColumnDescription(
    string Name,
    string Type,
    string? Unit,
    string? Comment,
    bool IsKey,
    bool IsPartition
);
