using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>
/// A Delta table. A commit is one put-if-absent of the next log entry, so readers see all of it or nothing:
/// <code>
///   stage     Parquet files under _staging/, seen by nobody
///   validate  against the newest version: schema, shrinking, units that others changed
///   publish   files moved to dt=…/ or month=…/ (durable), then _delta_log/N.json put if absent  ← the commit
///   mark      manifest.json and _SUCCESS, made from the log
/// </code>
/// Losing the race for a version means reading the winner's entry and trying the next one, unless it touched the same unit.
/// A crash before the entry leaves unreferenced files at most; after it, markers that can be made again. Thread-safe.
/// </summary>
public sealed class LakeTable
{
    private readonly IObjectStore _store;
    private readonly TimeProvider _clock;
    private readonly IIdSource _ids;
    private readonly PartitionMarkers _markers;
    private readonly TableLog _log;
    private readonly CommitFiles _files;
    private readonly LakeEngine _engine;
    private readonly TableOwners _owners;

    internal LakeTable(
        TableId id,
        IObjectStore store,
        StagingArea staging,
        LakeEngine engine,
        TimeProvider clock,
        IIdSource ids,
        TableOwners owners
    )
    {
        _owners = owners;
        Id = id;
        _store = store;
        _clock = clock;
        _ids = ids;
        _markers = new PartitionMarkers(store);
        _log = new TableLog(id, store, engine, staging, clock);
        _engine = engine;
        _files = new CommitFiles(this, new FileRewriter(engine));
    }

    public TableId Id { get; }

    internal TableLog Log => _log;

    internal IObjectStore Store => _store;

    internal TimeProvider Clock => _clock;

    internal IIdSource Ids => _ids;

    internal PartitionMarkers Markers => _markers;

    internal CommitFiles CommitFiles => _files;

    /// <summary>
    /// Brings the markers of partitions in step with the version that has just been committed. The commit stands whatever becomes of them:
    /// `verify` tells of markers that are missing, and `doctor --repair` writes them.
    /// </summary>
    internal async Task MarkAsync(TableSnapshot committed, IEnumerable<TablePartition> partitions)
    {
        var changed = partitions.Distinct().ToArray();
        try
        {
            do
            {
                await _markers.WriteAsync(committed, changed, CancellationToken.None);

                // Who committed to the same partition in the meantime may have marked it before us: the newest version must have the last word.
                var newest = await SnapshotAsync(CancellationToken.None);
                changed = [.. changed.Where(ChangedUntil(committed, newest))];
                committed = newest;
            } while (changed.Length > 0);
        }
        catch (TidemarkException)
        {
            // Said above.
        }
    }

    /// <summary>What every commit says of itself.</summary>
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
    /// The newest version that this process has seen: version −1 before the first reading. Costs nothing, and is never newer than the truth, which is all that
    /// the basis of a commit has to be.
    /// </summary>
    public TableSnapshot LastSeen => _log.LastSeen;

    /// <summary>The newest version; reads only the log entries that came since the last call.</summary>
    /// <exception cref="TidemarkException">The log has a gap, a damaged entry, or asks for a newer protocol; or it is another table's.</exception>
    public Task<TableSnapshot> SnapshotAsync(CancellationToken cancellationToken) =>
        InPlaceAsync(_log.SnapshotAsync(cancellationToken));

    /// <summary>On which days the rows of a version may differ from those that a mark stands for.</summary>
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

    /// <summary>All versions of which the log entries are there, newest first.</summary>
    public Task<IReadOnlyList<TableVersion>> HistoryAsync(CancellationToken cancellationToken) =>
        _log.HistoryAsync(cancellationToken);

    /// <summary>A version, with the last operation that changed its rows (the newest operation where the log no longer has that).</summary>
    public Task<TableVersion> LatestAsync(TableSnapshot snapshot, CancellationToken cancellationToken) =>
        _log.LatestAsync(snapshot, cancellationToken);

    /// <summary>
    /// Tables and versions that the newest commit which names any was made from; empty where none names one, or the log no longer has it.
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
    /// Why the last checkpoint of the log that this process tried failed, or null. Every hundredth commit writes one; without it the table is as
    /// whole as before and slower to open.
    /// </summary>
    public TidemarkException? CheckpointFailure => _log.CheckpointFailure;

    /// <summary>Whether the log grew long because checkpoints failed, whoever tried to write them.</summary>
    public async Task<bool> LacksCheckpointAsync(CancellationToken cancellationToken) =>
        await _log.EntriesSinceCheckpointAsync(cancellationToken) >= 2 * TableLog.CheckpointInterval;

    /// <summary>Writes a checkpoint of the newest version.</summary>
    /// <exception cref="TidemarkException">It could not be written.</exception>
    public async Task CheckpointAsync(CancellationToken cancellationToken) =>
        await _log.CheckpointAsync((await SnapshotAsync(cancellationToken)).Version, cancellationToken);

    /// <summary>Makes staged units part of the table, all of them or none. Units that change nothing are left as they are.</summary>
    /// <exception cref="CommitConflictException">Another writer changed one of the units after it was seen by the maker of these rows.</exception>
    /// <exception cref="CommitFencedException">The writer's lease was taken over.</exception>
    /// <exception cref="TidemarkException">The schema does not fit, or a unit would lose rows without a reason.</exception>
    public async Task<CommitResult> CommitAsync(
        StagedCommit staged,
        CommitRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.EnsureAllowed is { } ensureAllowed)
        {
            await ensureAllowed(cancellationToken);
        }

        var snapshot = await SnapshotAsync(cancellationToken);
        request.Fence?.EnsureNewest(snapshot); // also where nothing changes, as the next
        CommitRules.EnsureSamePartitioning(staged.Definition, snapshot);
        CommitRules.EnsureSameColumns(staged.Definition, snapshot);
        var files = staged.Files.Where(f => !snapshot.Exists || Changes(staged, snapshot, f)).ToArray();
        var units = staged.Changed(files);
        var unchanged = new UnitReplacement([], []);
        if (
            staged.Counts.Count == 0
            || (
                snapshot.Exists
                && units.Count == 0
                && !staged.Leaving.Any(snapshot.Has)
                && !CommitFiles.Retagged(staged, unchanged, snapshot).Any()
            )
        )
        {
            return new CommitResult(snapshot.Version, IsNewVersion: false, staged.Counts);
        }

        CommitRules.EnsureNoShrink(staged, request);
        CommitRules.EnsureNoConflict(staged, snapshot);
        var commitId = _ids.NewId().ToString();
        var uncommitted = new UncommittedFiles(this);
        var adds = await _files.PublishAsync(staged, files, commitId, cancellationToken);
        var remains = new Dictionary<string, AddAction>(StringComparer.Ordinal);
        List<AddAction>? live = null;
        var before = snapshot;
        IReadOnlyList<AddAction> removed = [];
        if (!snapshot.Exists && request.EnsureAllowed is { } still)
        {
            await still(cancellationToken); // as late as can be: nobody can fence a table that is not there
        }

        var givenWay = 0L;
        var owners = request.HasOneOwner ? new OwnerChange(this, _engine, staged, adds) : null;
        while (live is null)
        {
            var planned = UnitReplacement.Of(snapshot, units, staged.Kept, staged.Leaving);
            if (owners is not null)
            {
                await owners.LookAsync(snapshot, planned, cancellationToken);
                planned = owners.With(snapshot, planned)!;
            }

            await _files.PublishRemaindersAsync(
                staged,
                snapshot,
                planned.Remainders,
                remains,
                commitId,
                files.Length,
                cancellationToken
            );
            (snapshot, _) = await _log.AppendAsync(
                newest =>
                {
                    live = null; // an attempt that lost the race for its version is forgotten
                    request.Fence?.EnsureNewest(newest);
                    CommitRules.EnsureNoConflict(staged, newest);
                    uncommitted.EnsureYoung();
                    var replacement = UnitReplacement.Of(newest, units, staged.Kept, staged.Leaving);
                    replacement = owners is null ? replacement : owners.With(newest, replacement);
                    if (replacement?.Remainders.All(r => remains.ContainsKey(r.File.Path)) is not true)
                    {
                        return null; // compacted in the meantime: what is left of the new file has to be written first
                    }

                    (before, removed, givenWay) = (newest, replacement.Files, replacement.RowsGivenWay);

                    live =
                    [
                        .. adds,
                        .. replacement.Remainders.Select(r => CommitFiles.Standing(r, remains[r.File.Path], staged)),
                    ];
                    live.AddRange(CommitFiles.Retagged(staged, replacement, newest));
                    return CommitLines.Of(
                        staged,
                        request,
                        newest,
                        replacement,
                        live,
                        commitId,
                        _clock.GetUtcNow(),
                        _ids
                    );
                },
                commitId,
                cancellationToken
            );
        }

        await uncommitted.EnsureThereAsync(before, removed, live);
        if (!before.Exists && request.EnsureAllowed is { } after)
        {
            await uncommitted.EnsureStillAllowedAsync(after, live);
        }

        await MarkAsync(snapshot, live.Concat(removed).Select(TablePartition.Of));
        return new CommitResult(snapshot.Version, IsNewVersion: true, staged.Counts) { RowsGivenWay = givenWay };
    }

    /// <summary>
    /// Gives a derived table another declaration and the rows that go with it, in one version: metaData, everything that stood removed, the parts added. The
    /// versions before it stay readable as they were.
    /// </summary>
    /// <param name="parts">All units of the table, staged with <see cref="TableStaging.StageReplacementAsync"/> against one version.</param>
    /// <param name="request">What goes into the log beside the files.</param>
    /// <param name="cancellationToken">Looked at before the entry is written, never during that.</param>
    /// <exception cref="CommitConflictException">Another writer changed the table since then.</exception>
    public Task<CommitResult> ReplaceAsync(
        IReadOnlyList<StagedCommit> parts,
        CommitRequest request,
        CancellationToken cancellationToken
    ) => new TableReplacement(this).CommitAsync(StagedCommit.Join(parts), request, cancellationToken);

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

    private static bool Changes(StagedCommit staged, TableSnapshot snapshot, StagedFile file) =>
        file.Rows > 0
        || staged.Counts[file.Unit].UnreadFiles > 0
        || !snapshot.HasUnit(file.Unit)
        || snapshot.SlicesOf(file.Unit).Any(s => s.Rows != 0);
}
