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
            ? (await ReadAsync(dataset, snapshot, units[^1].Day, cancellationToken))(units[^1])
            : null;
    }

    /// <summary>Of the units of a dataset, none of which begins before a day.</summary>
    /// <returns>The last moment there is when neither knows: such a unit is never called old.</returns>
    internal async Task<Func<UnitId, DateTimeOffset>> ReadAsync(
        DatasetDefinition dataset,
        TableSnapshot snapshot,
        DateOnly first,
        CancellationToken cancellationToken
    )
    {
        var since = new DateTimeOffset(first.AddDays(-2), default, TimeSpan.Zero); // a run may have begun the evening before, anywhere
        var done = await attempts.LastDoneAsync(dataset.Module, StepStage.Upsert, since, cancellationToken);
        return unit =>
            done.TryGetValue(StepRow.Id(dataset.Module, unit.ToString(), StepStage.Upsert), out var moment)
                ? moment
                : snapshot
                    .FilesOf(unit.ToString())
                    .Select(f => DateTimeOffset.FromUnixTimeMilliseconds(f.ModificationTime))
                    .DefaultIfEmpty(DateTimeOffset.MaxValue)
                    .Max();
    }
}
