using Tidemark.Core.Datasets;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Checks;
using Tidemark.Ingest.Axes;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Symbols;

/// <summary>
/// Finds lists that rows have left behind: they lack a code of rows that came after them, as an instrument was listed,
/// or has another code, since. Told from the lake alone, so that what one run did not fetch the next one does.
/// Stateless; thread-safe.
/// </summary>
public sealed class ListsBehind(DataLake lake, CheckRegistry checks, SymbolDirectory directory)
{
    private readonly RowCodes _rows = new(lake, checks);

    /// <param name="asked">Of these lists.</param>
    /// <param name="cancellationToken">Interrupts the queries.</param>
    /// <returns>By dataset; without those that cannot be read.</returns>
    public async Task<IReadOnlySet<string>> FindAsync(
        IReadOnlyCollection<DatasetDefinition> asked,
        CancellationToken cancellationToken
    )
    {
        var behind = new HashSet<string>(StringComparer.Ordinal);
        var lists = new Lazy<Task<(SymbolBook Book, IReadOnlySet<string> Unread)>>(() =>
            directory.ReadListsAsync(cancellationToken)
        );
        foreach (var list in _rows.Datasets.Where(d => asked.Any(a => a.Id == d.List.Id)).GroupBy(d => d.List))
        {
            if (
                await _rows.StandingAsync(list.Key, cancellationToken) is not { HasRows: true } standing
                || UnitReceipt.OfNewest(list.Key, standing) is not { AskedAt: var received }
            )
            {
                continue;
            }

            foreach (var (dataset, symbol, _) in list)
            {
                var table = await _rows.StandingAsync(dataset, cancellationToken);
                if (
                    table is not null
                    && Since(dataset, table, received) is { } days
                    && await lists.Value is var (book, unread)
                    && !unread.Contains(list.Key.Id)
                    && await _rows.NewestAsync(dataset, cancellationToken) is { } rows
                    && await _rows.UnlistedAsync(dataset, rows, symbol, list.Key.Id, book, days, cancellationToken)
                        is { Count: > 0 }
                )
                {
                    behind.Add(list.Key.Id);
                    break;
                }
            }
        }

        return behind;
    }

    /// <summary>
    /// The days from and to which a dataset has units that were written after a moment; null when it has none.
    /// </summary>
    private static (DateOnly First, DateOnly Last)? Since(
        DatasetDefinition dataset,
        TableSnapshot table,
        DateTimeOffset moment
    )
    {
        (DateOnly First, DateOnly Last)? days = null;
        foreach (var text in table.Units)
        {
            if (
                UnitId.TryParse(text, out var unit)
                && unit.Dataset == dataset.Id
                && table.FilesOf(text).Any(f => f.ModificationTime > moment.ToUnixTimeMilliseconds())
            )
            {
                days = days is var (first, last)
                    ? (unit.Day < first ? unit.Day : first, unit.LastDay > last ? unit.LastDay : last)
                    : (unit.Day, unit.LastDay);
            }
        }

        return days;
    }
}
