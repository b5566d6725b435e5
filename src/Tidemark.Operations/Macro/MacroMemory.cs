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
/// moment. One that a restore of the table has brought back is none. It looks at the end of each run, so a value is
/// never said to be known before it was fetched, and one that two runs without an end between them replaced is not
/// seen.
/// </summary>
public sealed class MacroMemory(DataLake lake, DatasetRegistry datasets, TimeProvider clock)
{
    /// <summary>Stores the values that are not stored yet; returns what could not be read or stored.</summary>
    public async Task<IReadOnlyList<Finding>> RememberAsync(string runId, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        try
        {
            await AddAsync(runId, findings, cancellationToken);
        }
        catch (CommitConflictException)
        {
            // Another process has stored the same values.
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            findings.Add(NotKept(MacroVintageTable.Dataset, e));
        }

        return findings;
    }

    // The next run tries again. Until then the values are known later than they could be, and never earlier.
    private static Finding NotKept(DatasetDefinition of, Exception e) =>
        new(
            of.Id,
            $"The values of macro figures could not be kept: {(e as DuckDbException)?.EngineMessage ?? e.Message}"
        );

    private async Task AddAsync(string runId, List<Finding> findings, CancellationToken cancellationToken)
    {
        var figures = new List<(DatasetDefinition Dataset, TableSnapshot Snapshot)>();
        foreach (var dataset in datasets.All.Where(MacroVintageTable.Keeps))
        {
            try
            {
                var snapshot = await lake.Table(TableDefinition.IdOf(dataset)).SnapshotAsync(cancellationToken);
                if (snapshot.Exists)
                {
                    figures.Add((dataset, await lake.ReadableAsync(snapshot, cancellationToken)));
                }
            }
            catch (TidemarkException e)
            {
                findings.Add(NotKept(dataset, e));
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
            $"CREATE TEMP TABLE news AS SELECT {columns} FROM {table} LIMIT 0",
            cancellationToken
        );
        foreach (var (dataset, snapshot) in figures)
        {
            if (ValuesOf(dataset, snapshot) is not { } values)
            {
                continue;
            }

            try
            {
                session.Connection.Execute(
                    $"""
                    INSERT INTO news BY NAME
                    WITH figures AS ({values}),
                    known AS (
                        SELECT
                            field,
                            period,
                            arg_max(value, seen_at) AS value,
                            list(value) AS all_values,
                            max(seen_at) AS seen_at
                        FROM {table}
                        WHERE dataset = {DuckDbSql.Literal(dataset.Id)}
                        GROUP BY ALL
                    ),
                    files(first_day, last_day, written_at) AS ({WrittenAt(snapshot)})
                    SELECT
                        {DuckDbSql.Literal(dataset.Id)} AS dataset,
                        figures.*,
                        {Moment(now)} AS seen_at
                    FROM figures
                    LEFT JOIN known USING (field, period)
                    LEFT JOIN files ON figures.period BETWEEN files.first_day AND files.last_day
                    WHERE
                        known.value IS DISTINCT FROM figures.value
                        -- A restore brought it back: the vendor has not revised it.
                        AND NOT coalesce(
                            list_contains(known.all_values, figures.value) AND files.written_at < known.seen_at, false
                        )
                    """,
                    cancellationToken
                );
            }
            catch (DuckDbException e)
            {
                // One table that cannot be read keeps no other's values from being kept.
                findings.Add(NotKept(dataset, e));
            }
        }

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

    /// <summary>When the rows of each unit were written, as rows.</summary>
    private static string WrittenAt(TableSnapshot snapshot)
    {
        var units = snapshot
            .Units.Select(text => UnitId.TryParse(text, out var unit) ? unit : (UnitId?)null)
            .OfType<UnitId>()
            .Select(unit =>
            {
                var at = snapshot.FilesOf(unit.ToString()).Max(file => file.ModificationTime);
                var writtenAt = Moment(DateTimeOffset.FromUnixTimeMilliseconds(at));
                return $"({DuckDbSql.Literal(unit.Day)}, {DuckDbSql.Literal(unit.LastDay)}, {writtenAt})";
            })
            .ToArray();
        return units.Length == 0
            ? "SELECT NULL::DATE, NULL::DATE, NULL::TIMESTAMPTZ LIMIT 0"
            : $"VALUES {string.Join(", ", units)}";
    }

    private static string Moment(DateTimeOffset moment) =>
        $"{DuckDbSql.Literal(moment.UtcDateTime.ToString("O"))}::TIMESTAMPTZ";

    /// <summary>
    /// The figures of a dataset as rows: what is null is no figure. Null where its table has none of the columns: one
    /// that was declared since its last commit is not there yet.
    /// </summary>
    private static string? ValuesOf(DatasetDefinition dataset, TableSnapshot snapshot)
    {
        var present = snapshot.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var figures = dataset
            .Columns.Where(c => c.Kind == ColumnKind.Double && present.Contains(c.Name))
            .Select((c, i) => (Column: c, Slot: $"figure_{i}"))
            .ToArray();
        if (figures.Length == 0)
        {
            return null;
        }

        // Under names of ours: a column may be called as one of the result is.
        var slots = string.Join(", ", figures.Select(f => f.Slot));
        var named = string.Join(", ", figures.Select(f => $"{DuckDbSql.Identifier(f.Column.Name)} AS {f.Slot}"));
        var declared = string.Join(
            ", ",
            figures.Select(f =>
            {
                var unit = f.Column.Unit is { } text ? DuckDbSql.Literal(text) : "NULL";
                return $"({DuckDbSql.Literal(f.Slot)}, {DuckDbSql.Literal(f.Column.Name)}, {unit})";
            })
        );
        return $"""
            SELECT declared.field, kept.period, kept.value, declared.unit
            FROM (
                UNPIVOT (
                    SELECT dt AS period, {named} FROM {DuckDbSql.Identifier(snapshot.Table.Layer, snapshot.Table.Name)}
                )
                ON {slots} INTO NAME slot VALUE value
            ) AS kept
            JOIN (VALUES {declared}) AS declared(slot, field, unit) USING (slot)
            """;
    }
}
