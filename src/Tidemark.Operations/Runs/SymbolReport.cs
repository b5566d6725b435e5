using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.DuckDb;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Runs;

/// <summary>What a second fetch changed for the symbols that somebody named: the tables before it against the tables after it.</summary>
internal sealed class SymbolReport(DataLake lake, IReadOnlyList<string> symbols)
{
    /// <summary>What Tushare calls it; another vendor's column is the first text of the key.</summary>
    private const string UsualColumn = "ts_code";

    private readonly List<(DatasetDefinition Dataset, string Column, TableSnapshot Before)> _tables = [];

    public async Task BeginAsync(IEnumerable<DatasetDefinition> datasets, CancellationToken cancellationToken)
    {
        if (symbols.Count == 0)
        {
            return;
        }

        foreach (var dataset in datasets)
        {
            if (ColumnOf(dataset) is { } column)
            {
                _tables.Add((dataset, column, await SnapshotAsync(dataset, cancellationToken)));
            }
        }
    }

    public async Task<IReadOnlyList<SymbolChanges>> EndAsync(RunWork work, CancellationToken cancellationToken)
    {
        var changes = new List<SymbolChanges>();
        foreach (var (dataset, column, before) in _tables)
        {
            var after = await lake.ReadableAsync(await SnapshotAsync(dataset, cancellationToken), cancellationToken);
            DateOnly[] days =
            [
                .. work.Committed.Where(c => c.Unit.Dataset.Id == dataset.Id).Select(c => c.Unit.Id.Day),
            ];
            var rows = await RowsAsync(after, column, days, cancellationToken);
            var differing = before.Exists
                ? await new TableDiff(lake).CountByAsync(
                    await lake.SoundAsync(before, before.Files.Values.Where(f => !after.Has(f)), cancellationToken),
                    after,
                    column,
                    symbols,
                    cancellationToken
                )
                : rows.ToDictionary(r => r.Key, r => new ValueDiff(r.Value, 0, 0), StringComparer.Ordinal);
            foreach (var symbol in symbols)
            {
                var diff = differing.GetValueOrDefault(symbol) ?? new ValueDiff(0, 0, 0);
                var unchanged = Math.Max(0, rows.GetValueOrDefault(symbol) - diff.Added - diff.Changed);
                changes.Add(
                    new SymbolChanges(
                        symbol,
                        dataset.Id,
                        new RowChanges(diff.Added, diff.Changed, diff.Removed, unchanged)
                    )
                );
            }
        }

        return changes;
    }

    /// <summary>The rows of each symbol on the days that were fetched.</summary>
    private async Task<Dictionary<string, long>> RowsAsync(
        TableSnapshot after,
        string column,
        DateOnly[] days,
        CancellationToken cancellationToken
    )
    {
        if (days.Length == 0 || !after.Exists)
        {
            return [];
        }

        using var session = await lake.OpenSessionAtAsync([after], cancellationToken);
        var name = DuckDbSql.Identifier(column);
        using var result = session.Connection.Query(
            $"""
            SELECT {name}, count(*) FROM {DuckDbSql.Identifier(after.Table.Layer, after.Table.Name)}
            WHERE dt IN ({string.Join(", ", days.Select(d => DuckDbSql.Literal(d)))})
              AND {name} IN ({string.Join(", ", symbols.Select(DuckDbSql.Literal))})
            GROUP BY 1
            """,
            cancellationToken
        );
        return result.Rows().ToDictionary(r => (string)r[0]!, r => (long)r[1]!, StringComparer.Ordinal);
    }

    private Task<TableSnapshot> SnapshotAsync(DatasetDefinition dataset, CancellationToken cancellationToken) =>
        lake.Table(TableDefinition.Of(dataset).Id).SnapshotAsync(cancellationToken);

    private static string? ColumnOf(DatasetDefinition dataset)
    {
        var texts = dataset.Columns.Where(c => c.Kind == ColumnKind.Text && dataset.Key.Contains(c.Name)).ToArray();
        return (texts.FirstOrDefault(c => c.Name == UsualColumn) ?? texts.FirstOrDefault())?.Name;
    }
}
