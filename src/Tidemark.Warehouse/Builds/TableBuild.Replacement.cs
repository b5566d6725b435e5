using Tidemark.DuckDb;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Builds;

/// <content>Building a table anew whose declaration no longer fits what stands.</content>
internal sealed partial class TableBuild
{
    /// <summary>A table has one declaration: whatever days were asked for, all are built, and the commit waits until every batch is staged.</summary>
    private async Task ReplaceAsync(InputState inputs, TableSnapshot standing, CancellationToken cancellationToken)
    {
        var partitions = Candidates(inputs, standing, from: null, to: null);
        partitions = [.. partitions.Where(p => !IsDropped(standing, p))];
        if (Retired(inputs, standing, partitions) is { Count: > 0 } retired)
        {
            _failed.Add(NotReplaced(retired));
            return;
        }

        var parts = new List<StagedCommit>();
        var seconds = new List<double>(partitions.Count);
        var started = clock.GetTimestamp();
        _total = partitions.Count;
        foreach (var batch in Batches(partitions, inputs))
        {
            LakeSession opened;
            try
            {
                opened = await OpenAsync(inputs, batch, cancellationToken);
            }
            catch (DuckDbException e)
            {
                var failure = Failure(null, "BUILD_SQL", $"{e.EngineMessage} (from {table.File})");
                _failed.AddRange(await ExplainedAsync(inputs, [failure], cancellationToken));
                return;
            }

            using var session = opened;
            using var staging = lake.Stage(table.Definition, request.RunId);
            var own = new double[batch.Count];
            var bad = Run(inputs, batch, session, staging, own, cancellationToken);
            bad = bad.Count > 0 ? bad : Audit(staging, cancellationToken);
            if (bad.Count > 0)
            {
                _failed.AddRange(await ExplainedAsync(inputs, bad, cancellationToken));
                return;
            }

            parts.Add(await staging.StageReplacementAsync(standing, cancellationToken));
            seconds.AddRange(own);
        }

        var versions = inputs
            .Snapshots.Where(s => s.Exists)
            .ToDictionary(s => s.Table.ToString(), s => s.Version, StringComparer.Ordinal);
        var commit = new CommitRequest(Operation, versions, "built anew as a whole: its declaration changed");
        var result = await _target.ReplaceAsync(parts, commit, cancellationToken);
        var share = (clock.GetElapsedTime(started).TotalSeconds - seconds.Sum()) / partitions.Count;
        for (var i = 0; i < partitions.Count; i++)
        {
            var (_, unit, day, _) = partitions[i];
            _built.Add(
                new BuiltPartition(
                    table.Id.ToString(),
                    day,
                    result.Counts[unit].Rows,
                    result.Version,
                    seconds[i] + share
                )
            );
        }
    }
}
