using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Symbols;

/// <summary>Compares the codes of rows with those of lists. Stateless; thread-safe.</summary>
internal sealed class RowCodes(DataLake lake, CheckRegistry checks)
{
    /// <summary>
    /// The readable files of a dataset's table; null where the table cannot be read, which status and doctor report.
    /// </summary>
    public async Task<TableSnapshot?> StandingAsync(DatasetDefinition dataset, CancellationToken cancellationToken)
    {
        try
        {
            var snapshot = await lake.Table(TableDefinition.IdOf(dataset)).SnapshotAsync(cancellationToken);
            return await lake.ReadableAsync(snapshot, cancellationToken);
        }
        catch (TidemarkException)
        {
            return null;
        }
    }

    /// <summary>The version of a dataset's rows, whatever of its files is there; null as above.</summary>
    public async Task<TableSnapshot?> NewestAsync(DatasetDefinition dataset, CancellationToken cancellationToken)
    {
        try
        {
            return await lake.Table(TableDefinition.IdOf(dataset)).SnapshotAsync(cancellationToken);
        }
        catch (TidemarkException)
        {
            return null;
        }
    }

    /// <summary>
    /// The datasets that a check requires for single instruments, each with its column of codes and the list of its
    /// instruments.
    /// </summary>
    public IEnumerable<(DatasetDefinition Dataset, string Symbol, DatasetDefinition List)> Datasets =>
        checks
            .All.Where(c => c.Entities is not null)
            .SelectMany(c => c.Required.Select(d => (Dataset: d, c.Entities!.Symbol, List: c.Entities.Dataset)))
            .DistinctBy(d => d.Dataset.Id);

    /// <summary>The codes of a dataset's rows that no list in the book has.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="snapshot">Its table.</param>
    /// <param name="symbol">Its column of codes.</param>
    /// <param name="list">The list that should have them.</param>
    /// <param name="book">Every symbol of the lists.</param>
    /// <param name="range">The days to look at; null for all.</param>
    /// <param name="cancellationToken">Interrupts the query.</param>
    /// <returns>Null where the rows cannot be read, which status and doctor tell of by themselves.</returns>
    public async Task<IReadOnlyList<UnlistedCode>?> UnlistedAsync(
        DatasetDefinition dataset,
        TableSnapshot snapshot,
        string symbol,
        string list,
        SymbolBook book,
        (DateOnly First, DateOnly Last)? range,
        CancellationToken cancellationToken
    )
    {
        if (!snapshot.HasRows)
        {
            return [];
        }

        try
        {
            using var session = await lake.OpenSessionAtAsync([snapshot], cancellationToken);
            var code = DuckDbSql.Identifier(symbol);
            var within = range is var (first, last)
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
            return null;
        }
    }
}
