using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Axes;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// Says when units were last received: lists, and units whose period is not over. The journal of steps knows it, also
/// of an answer that was as the one before and left no version; without it, the files do. Thread-safe.
/// </summary>
public sealed class UnitReceipts(UnitAttempts attempts)
{
    /// <summary>Of the newest list that is there; null when there is none.</summary>
    public async Task<DateTimeOffset?> NewestAsync(
        DatasetDefinition dataset,
        TableSnapshot snapshot,
        CancellationToken cancellationToken
    )
    {
        var units = new StandingUnits(dataset, snapshot).All;
        return units.Count > 0
            ? (await ReadAsync(dataset, snapshot, units[^1].Day, d => d.Step, cancellationToken))(units[^1])
            : null;
    }

    /// <summary>
    /// For which moment units were last asked: that at which their run began. How far a unit is asked for is decided when it is planned,
    /// and a run may last past the hour at which more is due.
    /// </summary>
    /// <param name="dataset">Whose units.</param>
    /// <param name="snapshot">Its table.</param>
    /// <param name="first">None of the units begins before it.</param>
    /// <param name="cancellationToken">Interrupts the query.</param>
    /// <returns>The last moment there is when nothing is known of a unit: such a one is never called old.</returns>
    internal Task<Func<UnitId, DateTimeOffset>> PlannedAsync(
        DatasetDefinition dataset,
        TableSnapshot snapshot,
        DateOnly first,
        CancellationToken cancellationToken
    ) => ReadAsync(dataset, snapshot, first, d => d.Run, cancellationToken);

    private async Task<Func<UnitId, DateTimeOffset>> ReadAsync(
        DatasetDefinition dataset,
        TableSnapshot snapshot,
        DateOnly first,
        Func<LastDone, DateTimeOffset> which,
        CancellationToken cancellationToken
    )
    {
        var since = new DateTimeOffset(first.AddDays(-2), default, TimeSpan.Zero); // a run may have begun the evening before, anywhere
        var done = await attempts.LastDoneAsync(dataset.Module, StepStage.Upsert, since, cancellationToken);
        return unit =>
            done.TryGetValue(StepRow.Id(dataset.Module, unit.ToString(), StepStage.Upsert), out var last)
                ? which(last)
                : snapshot
                    .FilesOf(unit.ToString())
                    .Select(f => DateTimeOffset.FromUnixTimeMilliseconds(f.ModificationTime))
                    .DefaultIfEmpty(DateTimeOffset.MaxValue)
                    .Max();
    }
}
