using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Planning;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Extraction;

/// <summary>
/// The rows that a unit has already and that the vendor does not send again, because it sends the newest alone. The
/// unit is replaced as a whole by both, so its commit is refused when somebody changed it meanwhile, as any other's.
/// </summary>
internal sealed class KeptRows(DataLake lake)
{
    private readonly UnitReader _reader = new(lake);

    /// <summary>Appends to an answer's rows those of the unit that have other keys.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="seen">The version of the table that was seen before the answer was asked for.</param>
    /// <param name="rows">The answer's.</param>
    /// <param name="mayLose">Whether rows in files that are gone or damaged are given up.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>How many were appended.</returns>
    /// <exception cref="TidemarkException">A file of them is gone or damaged: nothing may take its place.</exception>
    public async Task<int> AppendAsync(
        PlannedUnit unit,
        TableSnapshot seen,
        ColumnBatch rows,
        bool mayLose,
        CancellationToken cancellationToken
    )
    {
        var standing = new ColumnBatch(rows.Definitions);
        var unread = await _reader.ReadAsync(seen, unit.Id.ToString(), standing, cancellationToken);
        if (!mayLose && unread is [var damaged, ..])
        {
            throw new TidemarkException(
                ErrorKind.Storage,
                damaged.Code,
                $"{seen.Table}: {damaged.Key}: {damaged.What}. It has rows of {unit.Id.Period} that the vendor does not send again, so that nothing takes its place. Put the file back; or give them up: tidemark refetch {unit.Dataset.Id} --allow-shrink REASON"
            );
        }

        var index = new KeyIndex(unit.Dataset.Key.Select(name => rows[name]), rows.RowCount + standing.RowCount);
        var answered = rows.RowCount;
        for (var row = 0; row < answered; row++)
        {
            index.Add(row);
        }

        for (var row = 0; row < standing.RowCount; row++)
        {
            var added = rows.RowCount;
            for (var i = 0; i < rows.Columns.Count; i++)
            {
                rows.Columns[i].AppendFrom(standing.Columns[i], row);
            }

            if (index.Add(added) >= 0)
            {
                rows.Truncate(added);
            }
        }

        index.Release();
        return rows.RowCount - answered;
    }
}
