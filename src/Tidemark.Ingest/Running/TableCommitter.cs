using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Planning;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Running;

/// <summary>A unit whose rows are checked and wait for their commit.</summary>
internal sealed record ReadyUnit(PlannedUnit Unit, NormalizedRows Rows);

/// <summary>A unit after its commit was tried.</summary>
internal sealed record CommittedUnit(PlannedUnit Unit, UnitCounts Counts, TidemarkException? Error);

/// <summary>Collects ready units of one table and commits them together, once. Collecting touches no storage. Not thread-safe.</summary>
internal sealed class TableCommitter(DataLake lake, DatasetDefinition dataset, string runId, TimeProvider clock)
{
    private readonly TableDefinition _definition = TableDefinition.Of(dataset);
    private readonly List<PlannedUnit> _units = [];
    private readonly List<ColumnBatch> _batches = [];
    private readonly long _since = clock.GetTimestamp();
    private long _rows;

    /// <summary>The dataset whose units are collected.</summary>
    public string Dataset => dataset.Id;

    /// <summary>The rows that were added; free again once the commit is over.</summary>
    public IReadOnlyList<ColumnBatch> Batches => _batches;

    public bool IsDue(PipelineOptions options) =>
        _units.Count >= options.CommitUnits
        || _rows >= options.CommitRows
        || clock.GetElapsedTime(_since) >= options.CommitAge;

    public void Add(ReadyUnit ready)
    {
        _units.Add(ready.Unit);
        _batches.Add(ready.Rows.Rows);
        _rows += ready.Rows.Rows.RowCount;
    }

    /// <summary>
    /// Commits what was added. Units that would lose rows are left out and reported; anything else that goes wrong concerns them all.
    /// </summary>
    public async Task<IReadOnlyList<CommittedUnit>> CommitAsync()
    {
        // Not cancelable: a commit in flight is finished, so that what was fetched is not fetched again.
        try
        {
            using var staging = lake.Stage(_definition, runId);
            for (var i = 0; i < _units.Count; i++)
            {
                staging.Append(_units[i].Id.ToString(), _units[i].Id.Day, _batches[i]);
            }

            IReadOnlyDictionary<string, UnitCounts> counts = new Dictionary<string, UnitCounts>();
            await lake.CommitAsync(
                staging,
                staged =>
                {
                    counts = staged.Counts;
                    var shrinking = counts
                        .Where(c => c.Value.Shrinks)
                        .Select(c => c.Key)
                        .ToHashSet(StringComparer.Ordinal);
                    return (staged.Except(shrinking), new CommitRequest("INGEST"));
                },
                CancellationToken.None
            );
            return [.. _units.Select(u => Result(u, counts[u.Id.ToString()]))];
        }
        catch (TidemarkException e)
        {
            return [.. _units.Select(u => new CommittedUnit(u, UnitCounts.None, e))];
        }
    }

    private CommittedUnit Result(PlannedUnit unit, UnitCounts counts) =>
        counts.Shrinks
            ? new CommittedUnit(
                unit,
                counts,
                new TidemarkException(
                    ErrorKind.Schema,
                    "COMMIT_SHRINKS",
                    $"{unit.Id}: with what the vendor now sends, the lake would have {counts.DescribeLoss()}. What stands is kept."
                )
            )
            : new CommittedUnit(unit, counts, null);
}
