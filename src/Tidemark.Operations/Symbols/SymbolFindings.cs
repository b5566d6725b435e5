using Tidemark.Completeness.Evaluation;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Symbols;

/// <summary>
/// Finds targets and codes of rows that no list of instruments has, and instruments that a list has lost. It reads rows
/// of the datasets that a check requires for single instruments, and compares each code with every list of every day,
/// so that an index among stocks is no fault. Stateless; thread-safe.
/// </summary>
public sealed class SymbolFindings(DataLake lake, CheckRegistry checks, SymbolDirectory directory, TargetList targets)
{
    private readonly RowCodes _rows = new(lake, checks);

    /// <summary>
    /// Enough days to find a code that is new, and few enough to search at every call.
    /// </summary>
    public const int RecentDays = 60;

    /// <param name="days">
    /// The number of newest calendar days of a dataset to search; null for all, which reads the code of every row.
    /// </param>
    /// <param name="cancellationToken">Interrupts the queries.</param>
    /// <exception cref="TidemarkException">The file of targets is missing, or is no file.</exception>
    public async Task<SymbolFaults> RunAsync(int? days, CancellationToken cancellationToken)
    {
        var (book, unread) = await directory.ReadListsAsync(cancellationToken);
        var followed = SymbolDirectory.Match(book, targets.Read());
        var lost = new List<LostCode>();
        foreach (var source in book.IsEmpty ? [] : checks.All.Select(c => c.Entities).OfType<EntitySource>().Distinct())
        {
            lost.AddRange(await LostAsync(source, followed.Symbols, cancellationToken));
        }

        var found = new List<UnlistedCode>();
        var absent = new List<AbsentList>();
        var hasLists = false;
        foreach (var list in _rows.Datasets.GroupBy(d => d.List))
        {
            if (unread.Contains(list.Key.Id))
            {
                continue; // whom it names nobody can say
            }

            if (await _rows.StandingAsync(list.Key, cancellationToken) is not { HasRows: true })
            {
                var waiting = await WithRowsAsync(list.Select(d => d.Dataset), cancellationToken);
                absent.AddRange(waiting.Count > 0 ? [new AbsentList(list.Key.Id, waiting)] : []);
                continue;
            }

            hasLists = true;
            foreach (var (dataset, symbol, _) in list)
            {
                found.AddRange(
                    await _rows.UnlistedAsync(
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
            [.. unread.Order(StringComparer.Ordinal)],
            [.. lost.DistinctBy(l => (l.Dataset, l.Code)).OrderByDescending(l => l.IsTarget)],
            [.. found.GroupBy(c => (c.Code, c.List)).Select(Joined).OrderBy(c => c.Code, StringComparer.Ordinal)]
        )
        {
            HasLists = hasLists,
        };
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

    private async Task<IReadOnlyList<string>> WithRowsAsync(
        IEnumerable<DatasetDefinition> datasets,
        CancellationToken cancellationToken
    )
    {
        var having = new List<string>();
        foreach (var dataset in datasets)
        {
            if (await _rows.StandingAsync(dataset, cancellationToken) is { HasRows: true })
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
}
