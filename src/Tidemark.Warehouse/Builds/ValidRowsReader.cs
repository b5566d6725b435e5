using Tidemark.Core.Answers;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Builds;

/// <summary>
/// Reads inputs with reach <c>valid</c>, each version once a build, because several tables read the same one. What a
/// version says is kept, so that a build with nothing to do need not load the engine.
/// </summary>
/// <param name="lake">Where the inputs are.</param>
/// <param name="kept">Where answers outlive the process; null to read each time.</param>
internal sealed class ValidRowsReader(DataLake lake, IKeptAnswers? kept)
{
    /// <summary>Grows whenever the hash is made, or kept, in another way.</summary>
    private const int Rules = 1;

    private readonly Dictionary<TableMark, ValidRows> _known = [];

    /// <summary>The rows of an input.</summary>
    /// <exception cref="TidemarkException">A file of the input is gone or damaged.</exception>
    public async Task<ValidRows> ReadAsync(TableSnapshot snapshot, CancellationToken cancellationToken)
    {
        var mark = TableMark.Of(snapshot);
        if (!_known.TryGetValue(mark, out var rows))
        {
            // Nothing that is kept is used where a file is gone: reading says what is wrong.
            if ((await lake.ReadableAsync(snapshot, cancellationToken)).Lost is [var lost, ..])
            {
                throw new TidemarkException(ErrorKind.Storage, lost.Code, $"an input cannot be read: {lost.Line}");
            }

            rows = await kept.OfAsync(
                $"what the rows of {snapshot.Table} say on each day",
                $"{Rules} {mark}",
                ValidRows.Shape,
                () => ReadNewAsync(snapshot, cancellationToken),
                cancellationToken
            );
            _known[mark] = rows;
        }

        return rows;
    }

    private async Task<ValidRows> ReadNewAsync(TableSnapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            using var session = await lake.OpenSessionAtAsync([snapshot], cancellationToken);
            return ValidRows.Read(session.Connection, snapshot, cancellationToken);
        }
        catch (DuckDbException e)
        {
            throw await ReadFault.OfAsync(lake, [snapshot], e.EngineMessage, e, cancellationToken)
                ?? new TidemarkException(
                    ErrorKind.Storage,
                    "BUILD_SQL",
                    $"{snapshot.Table} cannot be read: {e.EngineMessage}",
                    e
                );
        }
    }
}
