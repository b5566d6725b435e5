using Tidemark.Core;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>A table that a warehouse table's SQL reads.</summary>
/// <param name="Table">The table.</param>
/// <param name="Reach">How far a partition looks into it.</param>
/// <param name="IsThroughMacro">Whether it is read only as <c>layer.table_dt('${PARTITION_DATE}')</c>.</param>
public sealed record TableInput(TableId Table, Reach Reach, bool IsThroughMacro = false);

/// <summary>A table that a SQL file defines.</summary>
public sealed record WarehouseTable
{
    internal const string PartitionDate = "PARTITION_DATE";
    internal const string RangeFrom = "RANGE_FROM";
    internal const string RangeTo = "RANGE_TO";

    /// <summary>The variables that a build fills in with days; nobody may declare them.</summary>
    internal static IReadOnlyList<string> DayVariables { get; } = [PartitionDate, RangeFrom, RangeTo];

    /// <summary>Name, columns (by DuckDB's own binding of the SQL), key and partitioning.</summary>
    public required TableDefinition Definition { get; init; }

    /// <summary>The SQL file.</summary>
    public required string File { get; init; }

    /// <summary>The query with every variable but the days filled in; no semicolon at its end.</summary>
    public required string Sql { get; init; }

    /// <summary>The tables that it reads, by name.</summary>
    public required IReadOnlyList<TableInput> Inputs { get; init; }

    /// <summary>
    /// Whether the query's result has a <c>dt</c> column. Its value must be a day that is built; the lake adds a
    /// <c>dt</c> of its own.
    /// </summary>
    public required bool SelectsDay { get; init; }

    /// <summary>Whether one query makes the partitions of many days.</summary>
    public bool IsByRange { get; init; }

    /// <summary>The exchange whose trading days the reaches count; null when no reach counts any.</summary>
    public string? Calendar { get; init; }

    /// <summary>
    /// The header's text about reaches, which is part of the fingerprint; null when it has the old form.
    /// </summary>
    internal string? DeclaredReach { get; init; }

    public TableId Id => Definition.Id;

    /// <summary>Whether its rows belong to days.</summary>
    public bool HasDays => Definition.HasDays;

    /// <summary>
    /// The unit of a partition: <c>dwd.dwd_stock_daily/2022-06-01</c>, or the table's name when it has none.
    /// </summary>
    public string Unit(DateOnly? day) => day is null ? Id.ToString() : $"{Id}/{day.Value.ToIso()}";

    /// <summary>The query of a partition.</summary>
    public string Render(DateOnly? day) => day is null ? Sql : Render(Sql, day.Value, day.Value);

    /// <summary>The query of the partitions of some days, one after the other.</summary>
    public string Render(DateOnly from, DateOnly to) => Render(Sql, from, to);

    internal static string Render(string sql, DateOnly from, DateOnly to) =>
        sql.Replace(Placeholder(PartitionDate), from.ToIso(), StringComparison.Ordinal)
            .Replace(Placeholder(RangeFrom), from.ToIso(), StringComparison.Ordinal)
            .Replace(Placeholder(RangeTo), to.ToIso(), StringComparison.Ordinal);

    private static string Placeholder(string variable) => "${" + variable + "}";
}
