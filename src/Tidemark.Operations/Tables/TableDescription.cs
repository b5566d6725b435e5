namespace Tidemark.Operations.Tables;

/// <summary>Describe a table.</summary>
/// <param name="Table"><c>layer.name</c>, or the name alone.</param>
public sealed record TableDescriptionRequest(string Table);

/// <summary>The description of a table.</summary>
/// <param name="Table"><c>layer.name</c>.</param>
/// <param name="Description">One line about it; null when nobody wrote one.</param>
/// <param name="Partition">
/// <c>dt</c> (a folder a day), <c>month</c>, <c>none</c>, or the columns of another program's table.
/// </param>
/// <param name="Key">The columns that identify a row within its partition; empty when none are declared.</param>
/// <param name="Version">The newest version; null while it is declared but has no commit.</param>
/// <param name="Rows">The number of its rows.</param>
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
/// <param name="Type">The type, by DuckDB's name.</param>
/// <param name="Unit">The unit of its numbers; null when it has none.</param>
/// <param name="Comment">Its meaning; null when nobody wrote it down.</param>
/// <param name="IsKey">Whether it is part of the key.</param>
/// <param name="IsPartition">Whether it names the table's folders.</param>
public sealed record ColumnDescription(
    string Name,
    string Type,
    string? Unit,
    string? Comment,
    bool IsKey,
    bool IsPartition
);
