using Tidemark.Completeness.Checks;
using Tidemark.Completeness.Evaluation;
using Tidemark.Core;
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
    /// <summary>As many are named of a dataset: with a wrong list all of them are unknown.</summary>
    public const int CodesMax = 5;

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

        var codes = new List<UnlistedCode>();
        var count = 0;
        foreach (var (dataset, symbol, list) in book.IsEmpty ? [] : Datasets())
        {
            var found = await UnlistedAsync(dataset, symbol, list, book, days, cancellationToken);
            count += found.Count;
            codes.AddRange(found.Take(CodesMax));
        }

        return new SymbolFaults(
            followed.Unknown,
            [.. lost.DistinctBy(l => (l.Dataset, l.Code)).OrderByDescending(l => l.IsTarget)],
            codes,
            count
        );
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

    private IEnumerable<(DatasetDefinition Dataset, string Symbol, string List)> Datasets() =>
        checks
            .All.Where(c => c.Entities is not null)
            .SelectMany(c => c.Required.Select(d => (Dataset: d, c.Entities!.Symbol, List: c.Entities.Dataset.Id)))
            .DistinctBy(d => d.Dataset.Id);

    private async Task<IReadOnlyList<UnlistedCode>> UnlistedAsync(
        DatasetDefinition dataset,
        string symbol,
        string list,
        SymbolBook book,
        int? days,
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
            var since = days is { } last ? $" AND dt > {DuckDbSql.Literal(snapshot.Days.Max().AddDays(-last))}" : "";
            using var result = session.Connection.Query(
                $"""
                SELECT {code}, count(*), min(dt), max(dt) FROM {DuckDbSql.Identifier(
                    snapshot.Table.Layer,
                    snapshot.Table.Name
                )}
                WHERE {code} IS NOT NULL{since} GROUP BY {code} ORDER BY {code}
                """,
                cancellationToken
            );
            return
            [
                .. result
                    .Rows()
                    .Where(r => !book.Contains((string)r[0]!))
                    .Select(r => new UnlistedCode(
                        dataset.Id,
                        (string)r[0]!,
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
