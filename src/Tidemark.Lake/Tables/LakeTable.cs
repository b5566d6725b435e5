using System.Globalization;
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
///   publish   files moved to dt=…/ (durable), then _delta_log/N.json put if absent  ← the commit
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

    internal LakeTable(
        TableId id,
        IObjectStore store,
        StagingArea staging,
        LakeEngine engine,
        TimeProvider clock,
        IIdSource ids
    )
    {
        Id = id;
        _store = store;
        _clock = clock;
        _ids = ids;
        _markers = new PartitionMarkers(store);
        _log = new TableLog(id, store, engine, staging, clock);
    }

    public TableId Id { get; }

    /// <summary>The newest version; reads only the log entries that came since the last call.</summary>
    /// <exception cref="TidemarkException">The log has a gap, a damaged entry, or asks for a newer protocol.</exception>
    public Task<TableSnapshot> SnapshotAsync(CancellationToken cancellationToken) =>
        _log.SnapshotAsync(cancellationToken);

    /// <summary>The table as it was at a version.</summary>
    /// <exception cref="TidemarkException">There is no such version.</exception>
    public Task<TableSnapshot> SnapshotAtAsync(long version, CancellationToken cancellationToken) =>
        _log.SnapshotAtAsync(version, cancellationToken);

    /// <summary>The table as it was at a moment: the newest version that was committed by then.</summary>
    /// <exception cref="TidemarkException">There was none, or it can no longer be read.</exception>
    public Task<TableSnapshot> SnapshotAsOfAsync(DateTimeOffset moment, CancellationToken cancellationToken) =>
        _log.SnapshotAsOfAsync(moment, cancellationToken);

    /// <summary>All versions of which the log entries are there, newest first.</summary>
    public Task<IReadOnlyList<TableVersion>> HistoryAsync(CancellationToken cancellationToken) =>
        _log.HistoryAsync(cancellationToken);

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

    internal TableLog Log => _log;

    /// <summary>Makes staged units part of the table, all of them or none. Units that change nothing are left as they are.</summary>
    /// <exception cref="CommitConflictException">Another writer committed one of the units after it was staged.</exception>
    /// <exception cref="TidemarkException">The schema does not fit, or a unit would lose rows without a reason.</exception>
    public async Task<CommitResult> CommitAsync(
        StagedCommit staged,
        CommitRequest request,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await SnapshotAsync(cancellationToken);
        var files = staged.Files.Where(f => !snapshot.Exists || Changes(snapshot, f)).ToArray();
        if (snapshot.Exists && files.Length == 0 && !Retagged(staged, files, snapshot).Any())
        {
            return new CommitResult(snapshot.Version, IsNewVersion: false, staged.Counts);
        }

        CommitRules.EnsureNoShrink(staged, request);
        var commitId = _ids.NewId().ToString();
        var adds = await PublishAsync(staged, files, commitId, cancellationToken);
        var now = _clock.GetUtcNow();
        (snapshot, _) = await _log.AppendAsync(
            newest =>
            {
                CommitRules.EnsureNoConflict(staged, newest);
                now = _clock.GetUtcNow();
                var lines = Lines(staged, request, newest, adds, commitId, now);
                lines.AddRange(Retagged(staged, files, newest).Select(add => new DeltaLine { Add = add }));
                return lines;
            },
            commitId,
            cancellationToken
        );
        await _markers.WriteAsync(snapshot, adds.Select(TableSnapshot.PartitionOf), now, CancellationToken.None);
        return new CommitResult(snapshot.Version, IsNewVersion: true, staged.Counts);
    }

    /// <summary>Writes the markers of every partition again, from the log.</summary>
    public async Task<int> RepairMarkersAsync(CancellationToken cancellationToken)
    {
        var snapshot = await SnapshotAsync(cancellationToken);
        var partitions = snapshot.Files.Values.Select(TableSnapshot.PartitionOf).Distinct().ToArray();
        var committedAt = DateTimeOffset.FromUnixTimeMilliseconds(snapshot.Commit?.Timestamp ?? 0);
        await _markers.WriteAsync(snapshot, partitions, committedAt, cancellationToken);
        return partitions.Length;
    }

    private static bool Changes(TableSnapshot snapshot, StagedFile file) =>
        file.Rows > 0
        || !snapshot.HasUnit(file.Unit)
        || snapshot.FilesOf(file.Unit).Any(f => DeltaStats.RowCount(f.Stats) != 0);

    private async Task<List<AddAction>> PublishAsync(
        StagedCommit staged,
        IReadOnlyList<StagedFile> files,
        string commitId,
        CancellationToken cancellationToken
    )
    {
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var adds = new List<AddAction>(files.Count);
        var published = new List<PublishedFile>(files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            var file = files[i];
            var key = string.Create(
                CultureInfo.InvariantCulture,
                $"{PartitionMarkers.FolderOf(Id, file.Day)}part-{commitId}-{i:D5}.parquet"
            );
            published.Add(new PublishedFile(file.LocalPath, key));
            adds.Add(
                new AddAction(
                    key[Id.Prefix.Length..],
                    file.Day is { } day
                        ? new Dictionary<string, string?> { [TableDefinition.PartitionColumn] = day.ToIso() }
                        : new Dictionary<string, string?>(),
                    file.Bytes,
                    now,
                    DataChange: true,
                    file.Stats,
                    TagsOf(staged, file)
                )
            );
        }

        await _store.PublishAsync(published, cancellationToken);
        return adds;
    }

    private static Dictionary<string, string> TagsOf(StagedCommit staged, StagedFile file)
    {
        var tags = staged.Tags.TryGetValue(file.Unit, out var own)
            ? new Dictionary<string, string>(own, StringComparer.Ordinal)
            : new Dictionary<string, string>(StringComparer.Ordinal);
        tags[DeltaTags.Unit] = file.Unit;
        tags[DeltaTags.Run] = staged.RunId;
        tags[DeltaTags.Sha256] = file.Sha256;
        return tags;
    }

    /// <summary>
    /// Standing files of units whose rows stay as they are while what is said of them changes: added again under the same path,
    /// as data that does not change.
    /// </summary>
    private static IEnumerable<AddAction> Retagged(
        StagedCommit staged,
        IReadOnlyList<StagedFile> files,
        TableSnapshot snapshot
    )
    {
        if (staged.Tags.Count == 0)
        {
            yield break;
        }

        var replaced = files.Select(f => f.Unit).ToHashSet(StringComparer.Ordinal);
        foreach (var (unit, tags) in staged.Tags.Where(t => !replaced.Contains(t.Key)))
        {
            foreach (var file in snapshot.FilesOf(unit))
            {
                var merged = new Dictionary<string, string>(file.Tags!, StringComparer.Ordinal);
                var changed = false;
                foreach (var (name, value) in tags)
                {
                    changed |= !merged.TryGetValue(name, out var old) || old != value;
                    merged[name] = value;
                }

                if (changed)
                {
                    yield return file with
                    {
                        DataChange = false,
                        Tags = merged,
                    };
                }
            }
        }
    }

    private List<DeltaLine> Lines(
        StagedCommit staged,
        CommitRequest request,
        TableSnapshot snapshot,
        IReadOnlyList<AddAction> adds,
        string commitId,
        DateTimeOffset now
    )
    {
        var timestamp = now.ToUnixTimeMilliseconds();
        var total = staged.Counts.Values.Aggregate(UnitCounts.None, (sum, c) => sum + c);
        var lines = new List<DeltaLine>
        {
            new()
            {
                CommitInfo = new CommitInfoAction
                {
                    Timestamp = timestamp,
                    Operation = request.Operation,
                    CommitId = commitId,
                    RunId = staged.RunId,
                    Inputs = request.Inputs,
                    EngineInfo = $"Tidemark/{TidemarkVersion.Current} DuckDB/{DuckDb.DuckDbDatabase.EngineVersion}",
                    TidemarkVersion = TidemarkVersion.Current,
                    ShrinkReason = request.ShrinkReason,
                    OperationMetrics = new Dictionary<string, string>
                    {
                        ["numInserted"] = total.Inserted.ToString(CultureInfo.InvariantCulture),
                        ["numUpdated"] = total.Updated.ToString(CultureInfo.InvariantCulture),
                        ["numDeleted"] = total.Deleted.ToString(CultureInfo.InvariantCulture),
                        ["numUnits"] = staged.Counts.Count.ToString(CultureInfo.InvariantCulture),
                    },
                },
            },
        };
        if (!snapshot.Exists)
        {
            lines.Add(new DeltaLine { Protocol = new ProtocolAction(1, 2) });
        }

        if (CommitRules.MetadataFor(staged.Definition, snapshot, timestamp, _ids) is { } metadata)
        {
            lines.Add(new DeltaLine { MetaData = metadata });
        }

        foreach (var unit in adds.Select(a => a.Unit!).Distinct(StringComparer.Ordinal))
        {
            foreach (var old in snapshot.FilesOf(unit))
            {
                lines.Add(
                    new DeltaLine
                    {
                        Remove = new RemoveAction(old.Path, timestamp, true, true, old.PartitionValues, old.Size),
                    }
                );
            }
        }

        lines.AddRange(adds.Select(add => new DeltaLine { Add = add }));
        return lines;
    }
}
