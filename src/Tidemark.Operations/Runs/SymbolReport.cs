using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.DuckDb;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Runs;

/// <summary>
/// The changes that a refetch made to named symbols: compares the tables before it with the tables after it.
/// </summary>
internal sealed class SymbolReport(DataLake lake, IReadOnlyList<string> symbols)
{
    /// <summary>Tushare's name for the symbol column; for another vendor, the first text column of the key.</summary>
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

    /// <param name="work">The units that were fetched.</param>
    /// <param name="codesOf">Gives every code of an instrument: rows under each of them are its own.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<IReadOnlyList<SymbolChanges>> EndAsync(
        RunWork work,
        Func<string, IReadOnlyCollection<string>> codesOf,
        CancellationToken cancellationToken
    )
    {
        var codes = symbols.ToDictionary(s => s, codesOf, StringComparer.Ordinal);
        string[] all = [.. codes.Values.SelectMany(c => c).Distinct(StringComparer.Ordinal)];
        var changes = new List<SymbolChanges>();
        foreach (var (dataset, column, before) in _tables)
        {
            var after = await lake.ReadableAsync(await SnapshotAsync(dataset, cancellationToken), cancellationToken);
            DateOnly[] days =
            [
                .. work
                    .Committed.Where(c => c.Unit.Dataset.Id == dataset.Id)
                    .SelectMany(c => DaysOf(c.Unit.Id))
                    .Distinct(),
            ];
            var rows = await RowsAsync(after, column, all, days, cancellationToken);
            var differing = before.Exists
                ? await new TableDiff(lake).CountByAsync(
                    await lake.SoundAsync(before, before.Files.Values.Where(f => !after.Has(f)), cancellationToken),
                    after,
                    column,
                    all,
                    cancellationToken
                )
                : rows.ToDictionary(r => r.Key, r => new ValueDiff(r.Value, 0, 0), StringComparer.Ordinal);
            foreach (var symbol in symbols)
            {
                var diff = Sum(codes[symbol].Select(c => differing.GetValueOrDefault(c)).OfType<ValueDiff>());
                var standing = codes[symbol].Sum(c => rows.GetValueOrDefault(c));
                var unchanged = Math.Max(0, standing - diff.Added - diff.Changed);
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

    private static ValueDiff Sum(IEnumerable<ValueDiff> diffs) =>
        diffs.Aggregate(
            new ValueDiff(0, 0, 0),
            (sum, d) => new ValueDiff(sum.Added + d.Added, sum.Removed + d.Removed, sum.Changed + d.Changed)
        );

    /// <summary>The rows of each code on the days that were fetched.</summary>
    private async Task<Dictionary<string, long>> RowsAsync(
        TableSnapshot after,
        string column,
        string[] codes,
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
              AND {name} IN ({string.Join(", ", codes.Select(DuckDbSql.Literal))})
            GROUP BY 1
            """,
            cancellationToken
        );
        return result.Rows().ToDictionary(r => (string)r[0]!, r => (long)r[1]!, StringComparer.Ordinal);
    }

    private static IEnumerable<DateOnly> DaysOf(UnitId unit)
    {
        for (var day = unit.Day; day <= unit.LastDay; day = day.AddDays(1))
        {
            yield return day;
        }
    }

    private Task<TableSnapshot> SnapshotAsync(DatasetDefinition dataset, CancellationToken cancellationToken) =>
        lake.Table(TableDefinition.Of(dataset).Id).SnapshotAsync(cancellationToken);

    private static string? ColumnOf(DatasetDefinition dataset)
    {
        var texts = dataset
            .Columns.Where(c => c.Kind == ColumnKind.Text && (dataset.Key.Count == 0 || dataset.Key.Contains(c.Name)))
            .ToArray();
        return (texts.FirstOrDefault(c => c.Name == UsualColumn) ?? texts.FirstOrDefault())?.Name;
    }
}
