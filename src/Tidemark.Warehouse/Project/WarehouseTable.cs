using Tidemark.Core;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>A table that a warehouse table's SQL reads.</summary>
/// <param name="Table">Which.</param>
/// <param name="SameDay">
/// True when it is read through <c>layer.table_dt('${PARTITION_DATE}')</c> alone: then a partition depends on that day's files only. A plain
/// reference (or the macro with any other argument) depends on all of them.
/// </param>
/// <param name="Window">
/// So many calendar days, the partition's own the last of them, are all that a plain reference sees, and so all that the partition depends on; null for all.
/// </param>
public sealed record TableInput(TableId Table, bool SameDay, int? Window = null)
{
    /// <summary>The first and the last day that a plain reference sees in a partition; only for a <see cref="Window"/>.</summary>
    public (DateOnly From, DateOnly To) DaysBefore(DateOnly day) => (day.AddDays(1 - Window!.Value), day);
}

/// <summary>A table that a SQL file defines.</summary>
public sealed record WarehouseTable
{
    internal const string PartitionDate = "PARTITION_DATE";
    internal const string PartitionPlaceholder = "${" + PartitionDate + "}";

    /// <summary>Name, columns (by DuckDB's own binding of the SQL), key and partitioning.</summary>
    public required TableDefinition Definition { get; init; }

    /// <summary>The SQL file.</summary>
    public required string File { get; init; }

    /// <summary>The query with every variable but the partition's date filled in; no semicolon at its end.</summary>
    public required string Sql { get; init; }

    /// <summary>What it reads, by name.</summary>
    public required IReadOnlyList<TableInput> Inputs { get; init; }

    /// <summary>Whether the query's result has a <c>dt</c> column; it must equal the day that is built, and the lake adds its own.</summary>
    public required bool SelectsDay { get; init; }

    public TableId Id => Definition.Id;

    /// <summary>Whether it is built day by day.</summary>
    public bool HasDays => Definition.HasDays;

    /// <summary>The unit of a partition: <c>dwd.dwd_stock_daily/2022-06-01</c>, or the table's name when it has none.</summary>
    public string Unit(DateOnly? day) => day is null ? Id.ToString() : $"{Id}/{day.Value.ToIso()}";

    /// <summary>The query of a partition.</summary>
    public string Render(DateOnly? day) =>
        day is null ? Sql : Sql.Replace(PartitionPlaceholder, day.Value.ToIso(), StringComparison.Ordinal);
}
