using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// Says when lists were last received. The journal of steps knows it, also of an answer that was as the one before and left no version; without it, the files
/// do. Thread-safe.
/// </summary>
public sealed class ListReceipts(UnitAttempts attempts)
{
    /// <summary>Of the list of a day.</summary>
    /// <returns>The last moment there is when neither knows: such a list is never called old.</returns>
    public async Task<DateTimeOffset> OfAsync(
        DatasetDefinition dataset,
        TableSnapshot snapshot,
        DateOnly day,
        CancellationToken cancellationToken
    )
    {
        var step = StepRow.Id(dataset.Module, day.ToIso(), StepStage.Upsert);
        var since = new DateTimeOffset(day.AddDays(-2), default, TimeSpan.Zero); // a run may have begun the evening before, anywhere
        return await attempts.LastDoneAsync(step, since, cancellationToken)
            ?? snapshot
                .FilesOf(new UnitId(dataset.Id, day).ToString())
                .Select(f => DateTimeOffset.FromUnixTimeMilliseconds(f.ModificationTime))
                .DefaultIfEmpty(DateTimeOffset.MaxValue)
                .Max();
    }

    /// <summary>Of the newest list that is there; null when there is none.</summary>
    public async Task<DateTimeOffset?> NewestAsync(
        DatasetDefinition dataset,
        TableSnapshot snapshot,
        CancellationToken cancellationToken
    )
    {
        var newest = snapshot
            .Units.Select(text =>
                UnitId.TryParse(text, out var unit) && unit.Dataset == dataset.Id ? unit.Day : (DateOnly?)null
            )
            .Max();
        return newest is { } day ? await OfAsync(dataset, snapshot, day, cancellationToken) : null;
    }
}
