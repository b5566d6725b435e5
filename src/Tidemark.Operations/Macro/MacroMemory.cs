using Tidemark.Control.Findings;
using Tidemark.Core.Calendars;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Datasets;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Macro;

/// <summary>
/// Remembers the values of macro figures: adds each value that differs from the last one remembered, with the present
/// moment. It looks at the end of each run, so a value is never said to be known before it was fetched, and one that two
/// runs without an end between them replaced is not seen.
/// </summary>
public sealed class MacroMemory(DataLake lake, DatasetRegistry datasets, TimeProvider clock)
{
    /// <summary>Stores the values that are not stored yet; returns what could not be read or stored.</summary>
    public async Task<IReadOnlyList<Finding>> RememberAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            await AddAsync(runId, cancellationToken);
        }
        catch (CommitConflictException)
        {
            // Another process has stored the same values.
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            // The next run tries again. Until then the values are known later than they could be, and never earlier.
            var why = e is DuckDbException engine ? engine.EngineMessage : e.Message;
            return [new Finding(MacroVintageTable.Dataset.Id, $"The values of macro figures could not be kept: {why}")];
        }

        return [];
    }

    private async Task AddAsync(string runId, CancellationToken cancellationToken)
    {
        var figures = new List<(DatasetDefinition Dataset, TableSnapshot Snapshot)>();
        foreach (var dataset in datasets.All.Where(MacroVintageTable.Keeps))
        {
            var snapshot = await lake.Table(TableDefinition.IdOf(dataset)).SnapshotAsync(cancellationToken);
            if (snapshot.Exists)
            {
                figures.Add((dataset, snapshot));
            }
        }

        if (figures.Count == 0)
        {
            return;
        }

        var memory = TableDefinition.Of(MacroVintageTable.Dataset);
        var kept = await lake.Table(memory.Id).SnapshotAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, VendorCalendar.TimeZone).DateTime);
        using var session = await lake.OpenSessionAtAsync(
            [.. figures.Select(f => f.Snapshot), .. kept.Exists ? [kept] : Array.Empty<TableSnapshot>()],
            cancellationToken
        );
        if (!kept.Exists)
        {
            session.DefineEmpty(memory);
        }

        var columns = string.Join(", ", memory.Columns.Select(c => DuckDbSql.Identifier(c.Name)));
        var table = DuckDbSql.Identifier(memory.Id.Layer, memory.Id.Name);
        session.Connection.Execute(
            $"""
            CREATE TEMP TABLE news AS
            WITH figures AS ({string.Join(" UNION ALL ", figures.Select(f => ValuesOf(f.Dataset)))}),
            known AS (SELECT dataset, field, period, arg_max(value, seen_at) AS value FROM {table} GROUP BY ALL)
            SELECT figures.*, {DuckDbSql.Literal(now.UtcDateTime.ToString("O"))}::TIMESTAMPTZ AS seen_at
            FROM figures
            LEFT JOIN known USING (dataset, field, period)
            WHERE known.value IS DISTINCT FROM figures.value
            """,
            cancellationToken
        );
        if (session.Connection.Scalar("SELECT count(*) FROM news", cancellationToken) is 0L)
        {
            return;
        }

        using var staging = lake.Stage(memory, runId, kept.Exists ? kept : null);
        staging.AppendQuery(
            session,
            new UnitId(MacroVintageTable.Dataset.Id, today).ToString(),
            today,
            $"SELECT {columns} FROM news UNION ALL SELECT {columns} FROM {table} WHERE dt = {DuckDbSql.Literal(today)}",
            cancellationToken
        );
        await lake.CommitAsync(staging, new CommitRequest("VINTAGES"), cancellationToken);
    }

    /// <summary>The figures of a dataset as rows: what is null is no figure.</summary>
    private static string ValuesOf(DatasetDefinition dataset)
    {
        var figures = dataset.Columns.Where(c => c.Kind == ColumnKind.Double).ToArray();
        var names = string.Join(", ", figures.Select(c => DuckDbSql.Identifier(c.Name)));
        var units = string.Join(
            ", ",
            figures.Select(c =>
                $"({DuckDbSql.Literal(c.Name)}, {(c.Unit is { } unit ? DuckDbSql.Literal(unit) : "NULL")})"
            )
        );
        var table = TableDefinition.IdOf(dataset);
        return $"""
            SELECT {DuckDbSql.Literal(dataset.Id)} AS dataset, field, period, value, unit
            FROM (
                UNPIVOT (SELECT dt AS period, {names} FROM {DuckDbSql.Identifier(table.Layer, table.Name)})
                ON {names} INTO NAME field VALUE value
            )
            JOIN (VALUES {units}) AS declared(field, unit) USING (field)
            """;
    }
}
