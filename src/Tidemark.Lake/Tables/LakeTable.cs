using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Telemetry;

namespace Tidemark.Lake.Tables;

/// <summary>
/// A Delta table: its versions, as its log has them. What is staged for it becomes one of them all at once: readers see
/// the whole commit or nothing of it. Thread-safe.
/// </summary>
public sealed class LakeTable
{
    private readonly PartitionMarkers _markers;
    private readonly TableLog _log;
    private readonly TableOwners _owners;
    private readonly LakeTelemetry? _telemetry;

    internal LakeTable(
        TableId id,
        IObjectStore store,
        StagingArea staging,
        LakeEngine engine,
        TimeProvider clock,
        IIdSource ids,
        TableOwners owners,
        LakeTelemetry? telemetry = null
    )
    {
        _owners = owners;
        _telemetry = telemetry;
        Id = id;
        Store = store;
        Clock = clock;
        Ids = ids;
        _markers = new PartitionMarkers(store);
        _log = new TableLog(id, store, engine, staging, clock, telemetry);
        Engine = engine;
    }

    public TableId Id { get; }

    internal TableLog Log => _log;

    internal IObjectStore Store { get; }

    internal TimeProvider Clock { get; }

    internal IIdSource Ids { get; }

    internal PartitionMarkers Markers => _markers;

    internal LakeEngine Engine { get; }

    /// <summary>
    /// Brings the markers of partitions in step with the version that has just been committed. The commit stands even
    /// when this fails: `verify` reports missing markers, and `doctor --repair` writes them.
    /// </summary>
    internal async Task MarkAsync(TableSnapshot committed, IEnumerable<TablePartition> partitions)
    {
        var changed = partitions.Distinct().ToArray();
        try
        {
            do
            {
                await _markers.WriteAsync(committed, changed, CancellationToken.None);

                // Another writer of the same partition may have written the markers before us: make them from the
                // newest version.
                var newest = await SnapshotAsync(CancellationToken.None);
                changed = [.. changed.Where(ChangedUntil(committed, newest))];
                committed = newest;
            } while (changed.Length > 0);
        }
        catch (TidemarkException e)
        {
            _telemetry?.MarkersFailed(Id.ToString(), committed.Version, e);
        }
    }

    /// <summary>The <c>commitInfo</c> that every commit has.</summary>
    internal static CommitInfoAction Info(string operation, string commitId, string? runId, long timestamp) =>
        new()
        {
            Timestamp = timestamp,
            Operation = operation,
            CommitId = commitId,
            RunId = runId,
            EngineInfo = $"Tidemark/{TidemarkVersion.Current} DuckDB/{DuckDb.DuckDbDatabase.EngineVersion}",
            TidemarkVersion = TidemarkVersion.Current,
        };

    /// <summary>
    /// The newest version that this process has seen; version −1 before the first reading. Asks nobody. It may be older
    /// than the newest version and is never newer, which is enough for the basis of a commit.
    /// </summary>
    public TableSnapshot LastSeen => _log.LastSeen;

    /// <summary>The newest version; reads only the log entries that came since the last call.</summary>
    /// <exception cref="TidemarkException">
    /// The log has a gap, a damaged entry, or asks for a newer protocol; or it is another table's.
    /// </exception>
    public Task<TableSnapshot> SnapshotAsync(CancellationToken cancellationToken) =>
        InPlaceAsync(_log.SnapshotAsync(cancellationToken));

    /// <summary>The days on which the rows of a version may differ from those at a mark.</summary>
    /// <exception cref="TidemarkException">A log entry is damaged.</exception>
    public Task<TableChanges> ChangesAsync(TableMark since, TableSnapshot now, CancellationToken cancellationToken) =>
        ChangeReader.ReadAsync(_log, since, now, cancellationToken);

    /// <summary>The table as it was at a version.</summary>
    /// <exception cref="TidemarkException">There is no such version.</exception>
    public Task<TableSnapshot> SnapshotAtAsync(long version, CancellationToken cancellationToken) =>
        InPlaceAsync(_log.SnapshotAtAsync(version, cancellationToken));

    /// <summary>The table as it was at a moment: the newest version that was committed by then.</summary>
    /// <exception cref="TidemarkException">There was none, or it can no longer be read.</exception>
    public Task<TableSnapshot> SnapshotAsOfAsync(DateTimeOffset moment, CancellationToken cancellationToken) =>
        InPlaceAsync(_log.SnapshotAsOfAsync(moment, cancellationToken));

    private async Task<TableSnapshot> InPlaceAsync(Task<TableSnapshot> reading)
    {
        var snapshot = await reading;
        _owners.EnsureInPlace(snapshot);
        return snapshot;
    }

    /// <summary>All versions whose log entries are there, newest first.</summary>
    public Task<IReadOnlyList<TableVersion>> HistoryAsync(CancellationToken cancellationToken) =>
        _log.HistoryAsync(cancellationToken);

    /// <summary>
    /// A version, with the last operation that changed its rows (the newest operation when the log no longer has that
    /// one).
    /// </summary>
    public Task<TableVersion> LatestAsync(TableSnapshot snapshot, CancellationToken cancellationToken) =>
        _log.LatestAsync(snapshot, cancellationToken);

    /// <summary>
    /// The inputs, table → version, of the newest commit that names any; empty when no commit names any or the log no
    /// longer has it.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, long>> InputsAsync(
        TableSnapshot snapshot,
        CancellationToken cancellationToken
    )
    {
        for (var version = snapshot.Version; version >= 0; version--)
        {
            if (await _log.EntryAsync(version, cancellationToken) is not { } lines)
            {
                break;
            }

            if (lines.Select(l => l.CommitInfo?.Inputs).LastOrDefault(i => i is { Count: > 0 }) is { } inputs)
            {
                return inputs;
            }
        }

        return new Dictionary<string, long>();
    }

    /// <summary>
    /// Why this process's last checkpoint failed, or null. Every hundredth commit writes one; without it the table is
    /// whole, but slower to open.
    /// </summary>
    public TidemarkException? CheckpointFailure => _log.CheckpointFailure;

    /// <summary>Whether the log grew long because checkpoints failed, in this process or another.</summary>
    public async Task<bool> LacksCheckpointAsync(CancellationToken cancellationToken) =>
        await _log.EntriesSinceCheckpointAsync(cancellationToken) >= 2 * TableLog.CheckpointInterval;

    /// <summary>Writes a checkpoint of the newest version.</summary>
    /// <exception cref="TidemarkException">It could not be written.</exception>
    public async Task CheckpointAsync(CancellationToken cancellationToken) =>
        await _log.CheckpointAsync((await SnapshotAsync(cancellationToken)).Version, cancellationToken);

    private static Func<TablePartition, bool> ChangedUntil(TableSnapshot before, TableSnapshot after)
    {
        if (before.Version == after.Version)
        {
            return _ => false;
        }

        var changed = before
            .Files.Values.Where(f => !after.Has(f))
            .Concat(after.Files.Values.Where(f => !before.Has(f)))
            .Select(TablePartition.Of)
            .ToHashSet();
        return changed.Contains;
    }
}
