using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Builds;

/// <content>Builds a table anew when its declaration no longer fits the present table.</content>
internal sealed partial class TableBuild
{
    /// <summary>
    /// A table has one declaration, so all days are built, whichever were asked for, and the commit waits until every
    /// batch is staged.
    /// </summary>
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
        await foreach (var made in MakeAsync(inputs, seen: null, partitions, cancellationToken))
        {
            using (made)
            {
                if (_failed.Count > 0)
                {
                    return;
                }

                parts.Add(await made.Staging.StageReplacementAsync(standing, cancellationToken));
                seconds.AddRange(made.Partitions.Select(p => p.Seconds));
            }
        }

        if (_failed.Count > 0)
        {
            return; // where no session could be opened, nothing was made
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
