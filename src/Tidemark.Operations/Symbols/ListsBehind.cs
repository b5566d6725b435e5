using Tidemark.Core.Datasets;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Checks;
using Tidemark.Ingest.Axes;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Symbols;

/// <summary>
/// Finds lists that are out of date: newer rows have a code that they lack, because an instrument was listed or changed
/// its code since. It reads only the lake, so that the next run does what one run did not. Stateless; thread-safe.
/// </summary>
public sealed class ListsBehind(DataLake lake, CheckRegistry checks, SymbolDirectory directory)
{
    private readonly RowCodes _rows = new(lake, checks);

    /// <param name="asked">The lists to look at.</param>
    /// <param name="cancellationToken">Interrupts the queries.</param>
    /// <returns>The lists that are out of date, by dataset; lists that cannot be read are left out.</returns>
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
    /// The first and last day of a dataset's units that were written after a moment; null when there are none.
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
