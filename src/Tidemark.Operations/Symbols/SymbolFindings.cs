using Tidemark.Completeness.Checks;
using Tidemark.Completeness.Evaluation;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Symbols;

/// <summary>
/// Finds the user's symbols and the rows' codes that no list of instruments has, and what a list has lost. Rows are those of the datasets that a check requires of single instruments; each
/// is compared with every list of every day, so that an index among stocks is none. Stateless; thread-safe.
/// </summary>
public sealed class SymbolFindings(DataLake lake, CheckRegistry checks, SymbolDirectory directory, TargetList targets)
{
    /// <summary>Enough days to hear of a code that appears, and few enough to be looked through at every call.</summary>
    public const int RecentDays = 60;

    /// <param name="days">So many calendar days of a dataset are looked at, its newest ones; null for all, which reads every row's code.</param>
    /// <param name="cancellationToken">Interrupts the queries.</param>
    /// <exception cref="TidemarkException">The file of targets is missing, or is no file.</exception>
    public async Task<SymbolFaults> RunAsync(int? days, CancellationToken cancellationToken)
    {
        var book = await directory.ReadAsync(cancellationToken);
        var followed = SymbolDirectory.Match(book, targets.Read());
        var lost = new List<LostCode>();
        foreach (var source in book.IsEmpty ? [] : checks.All.Select(c => c.Entities).OfType<EntitySource>().Distinct())
        {
            lost.AddRange(await LostAsync(source, followed.Symbols, cancellationToken));
        }

        var found = new List<UnlistedCode>();
        var absent = new List<AbsentList>();
        var hasLists = false;
        foreach (var list in Datasets().GroupBy(d => d.List))
        {
            if (!await HasRowsAsync(list.Key, cancellationToken))
            {
                var waiting = await WithRowsAsync(list.Select(d => d.Dataset), cancellationToken);
                absent.AddRange(waiting.Count > 0 ? [new AbsentList(list.Key.Id, waiting)] : []);
                continue;
            }

            hasLists = true;
            if (book.IsEmpty)
            {
                continue; // the list is there and cannot be read, as status and doctor say
            }

            foreach (var (dataset, symbol, _) in list)
            {
                found.AddRange(
                    await UnlistedAsync(
                        dataset,
                        symbol,
                        list.Key.Id,
                        book,
                        table => days is { } last ? (table.Days.Max().AddDays(-last + 1), table.Days.Max()) : null,
                        cancellationToken
                    )
                );
            }
        }

        return new SymbolFaults(
            followed.Unknown,
            absent,
            [.. lost.DistinctBy(l => (l.Dataset, l.Code)).OrderByDescending(l => l.IsTarget)],
            [.. found.GroupBy(c => (c.Code, c.List)).Select(Joined).OrderBy(c => c.Code, StringComparer.Ordinal)]
        )
        {
            HasLists = hasLists,
        };
    }

    /// <summary>The lists, by dataset, that are there and lack a code of these units' rows: newer ones may have it.</summary>
    public async Task<HashSet<string>> ListsBehindAsync(IEnumerable<UnitId> units, CancellationToken cancellationToken)
    {
        var behind = new HashSet<string>(StringComparer.Ordinal);
        var book = await directory.ReadAsync(cancellationToken);
        if (book.IsEmpty)
        {
            return behind;
        }

        var days = units
            .GroupBy(u => u.Dataset, u => u.Day, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (First: g.Min(), Last: g.Max()), StringComparer.Ordinal);
        foreach (var (dataset, symbol, list) in Datasets().Where(d => days.ContainsKey(d.Dataset.Id)))
        {
            if (!behind.Contains(list.Id) && await HasRowsAsync(list, cancellationToken))
            {
                var codes = await UnlistedAsync(
                    dataset,
                    symbol,
                    list.Id,
                    book,
                    _ => days[dataset.Id],
                    cancellationToken
                );
                behind.UnionWith(codes.Select(c => c.List));
            }
        }

        return behind;
    }

    private static UnlistedCode Joined(IEnumerable<UnlistedCode> parts) =>
        parts.Aggregate(
            (left, right) =>
                new UnlistedCode(
                    left.Code,
                    [.. left.Datasets, .. right.Datasets],
                    left.Rows + right.Rows,
                    left.First < right.First ? left.First : right.First,
                    left.Last > right.Last ? left.Last : right.Last,
                    left.List
                )
        );

    // One that cannot be read is there: status and doctor name it.
    private async Task<bool> HasRowsAsync(DatasetDefinition dataset, CancellationToken cancellationToken)
    {
        try
        {
            var snapshot = await lake.Table(TableDefinition.IdOf(dataset)).SnapshotAsync(cancellationToken);
            return (await lake.ReadableAsync(snapshot, cancellationToken)).HasRows;
        }
        catch (TidemarkException)
        {
            return true;
        }
    }

    private async Task<IReadOnlyList<string>> WithRowsAsync(
        IEnumerable<DatasetDefinition> datasets,
        CancellationToken cancellationToken
    )
    {
        var having = new List<string>();
        foreach (var dataset in datasets)
        {
            if (await HasRowsAsync(dataset, cancellationToken))
            {
                having.Add(dataset.Id);
            }
        }

        return having;
    }

    private async Task<IReadOnlyList<LostCode>> LostAsync(
        EntitySource source,
        IReadOnlySet<string> followed,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var list = await lake.Table(TableDefinition.IdOf(source.Dataset)).SnapshotAsync(cancellationToken);
            if (!list.Exists)
            {
                return [];
            }

            var told = await lake.Table(TableDefinition.IdOf(CodeChangeTable.Dataset)).SnapshotAsync(cancellationToken);
            using var session = await lake.OpenSessionAtAsync(told.Exists ? [list, told] : [list], cancellationToken);
            return
            [
                .. ListMembers
                    .Read(session.Connection, source, list, told, cancellationToken)
                    .Members.Where(m => m.IsLost)
                    .Select(m => new LostCode(source.Dataset.Id, m.Symbol, m.LastNamed, followed.Contains(m.Symbol))),
            ];
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            return []; // a list that cannot be read is named by status and doctor themselves
        }
    }

    private IEnumerable<(DatasetDefinition Dataset, string Symbol, DatasetDefinition List)> Datasets() =>
        checks
            .All.Where(c => c.Entities is not null)
            .SelectMany(c => c.Required.Select(d => (Dataset: d, c.Entities!.Symbol, List: c.Entities.Dataset)))
            .DistinctBy(d => d.Dataset.Id);

    private async Task<IReadOnlyList<UnlistedCode>> UnlistedAsync(
        DatasetDefinition dataset,
        string symbol,
        string list,
        SymbolBook book,
        Func<TableSnapshot, (DateOnly First, DateOnly Last)?> range,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var snapshot = await lake.Table(TableDefinition.Of(dataset).Id).SnapshotAsync(cancellationToken);
            if (!snapshot.HasRows)
            {
                return [];
            }

            using var session = await lake.OpenSessionAtAsync([snapshot], cancellationToken);
            var code = DuckDbSql.Identifier(symbol);
            var within = range(snapshot) is var (first, last)
                ? $" AND dt BETWEEN {DuckDbSql.Literal(first)} AND {DuckDbSql.Literal(last)}"
                : "";
            using var result = session.Connection.Query(
                $"""
                SELECT {code}, count(*), min(dt), max(dt) FROM {DuckDbSql.Identifier(
                    snapshot.Table.Layer,
                    snapshot.Table.Name
                )}
                WHERE {code} IS NOT NULL{within} GROUP BY {code} ORDER BY {code}
                """,
                cancellationToken
            );
            return
            [
                .. result
                    .Rows()
                    .Where(r => !book.Contains((string)r[0]!))
                    .Select(r => new UnlistedCode(
                        (string)r[0]!,
                        [dataset.Id],
                        (long)r[1]!,
                        (DateOnly)r[2]!,
                        (DateOnly)r[3]!,
                        list
                    )),
            ];
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            return []; // a table that cannot be read is named by status and doctor themselves
        }
    }
}
