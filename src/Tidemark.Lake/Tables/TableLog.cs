using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Telemetry;

namespace Tidemark.Lake.Tables;

/// <summary>
/// The log of one table: reads its versions and appends the next one. Making a version is one put-if-absent of
/// <c>_delta_log/N.json</c>, so of any number of writers exactly one makes it. Remembers the newest version that it has
/// seen. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// The first reading lists the log (after its newest checkpoint), so that an entry that is missing in the middle is
/// found. From then on it asks for the next entry by name: with N known, N + 1 is there or it is not, however many
/// entries there are.
/// </para>
/// <para>
/// When N + 1 is not there, N is the newest version unless N + 1 was written and removed again. Only a clean-up removes
/// entries, oldest first and none after the newest checkpoint; so if N + 1 was removed, N was removed before it. The
/// log therefore looks for N <i>after</i> it missed N + 1: if N is still there, N is the newest, and N + 1 is free to
/// be written. If N is gone (this process slept through a clean-up), the log is read anew. So it never reads past
/// a gap or writes into one, although it lists nothing.
/// </para>
/// </remarks>
internal sealed class TableLog(
    TableId table,
    IObjectStore store,
    LakeEngine engine,
    StagingArea staging,
    TimeProvider clock,
    LakeTelemetry? telemetry = null
)
{
    /// <summary>One version in this many gets a checkpoint.</summary>
    public const int CheckpointInterval = 100;

    private const int MaxAttempts = 100;
    private readonly LogReader _reader = new(table, store, engine);
    private readonly CheckpointWriter _checkpoints = new(store, engine, staging);
    private readonly string _folder = table.Prefix + DeltaLog.Folder;
    private TableSnapshot _newest = TableSnapshot.Empty(table);

    /// <summary>
    /// Why this process's last checkpoint or clean-up failed, or null. The commits before it stand; the log is only
    /// longer than it needs to be.
    /// </summary>
    public TidemarkException? CheckpointFailure { get; private set; }

    /// <summary>The newest version that this process has read or made; does not ask the store.</summary>
    public TableSnapshot LastSeen => Volatile.Read(ref _newest);

    /// <summary>The newest version; reads only the log entries that came since the last call.</summary>
    /// <exception cref="TidemarkException">
    /// The log has a gap, a damaged entry, or asks for a newer protocol.
    /// </exception>
    public async Task<TableSnapshot> SnapshotAsync(CancellationToken cancellationToken)
    {
        var known = Volatile.Read(ref _newest);
        var state = known.Exists
            ? await NextAsync(known, cancellationToken) ?? await _reader.NewestAsync(cancellationToken)
            : await _reader.NewestAsync(cancellationToken);
        if (state.Version == known.Version)
        {
            return known;
        }

        if (!known.Exists && state.Version >= 0)
        {
            // A listing may lag behind what a Get returns.
            await FollowAsync(state, cancellationToken);
        }

        var snapshot = Readable(state);
        Volatile.Write(ref _newest, snapshot);
        return snapshot;
    }

    /// <summary>One entry; null when it is not there yet or was removed.</summary>
    public Task<IReadOnlyList<DeltaLine>?> EntryAsync(long version, CancellationToken cancellationToken) =>
        _reader.EntryAsync(version, cancellationToken);

    /// <summary>The table as it was at a version.</summary>
    /// <exception cref="TidemarkException">There is no such version, or it can no longer be read.</exception>
    public async Task<TableSnapshot> SnapshotAtAsync(long version, CancellationToken cancellationToken)
    {
        var newest = Volatile.Read(ref _newest);
        return newest.Version == version && newest.Exists
            ? newest
            : Readable(await _reader.AtAsync(version, withRemoved: false, cancellationToken));
    }

    /// <summary>The table as it was at a moment: the newest version that was committed by then.</summary>
    /// <exception cref="TidemarkException">There was none, or it can no longer be read.</exception>
    public Task<TableSnapshot> SnapshotAsOfAsync(DateTimeOffset moment, CancellationToken cancellationToken) =>
        ReadAllAsync(files => SnapshotAsOfAsync(files, moment, cancellationToken), cancellationToken);

    private async Task<TableSnapshot> SnapshotAsOfAsync(
        LogFiles files,
        DateTimeOffset moment,
        CancellationToken cancellationToken
    )
    {
        long? found = null;
        DateTimeOffset? oldest = null;
        await foreach (var commit in LogHistory.CommitsAsync(_reader, files, cancellationToken))
        {
            oldest ??= commit.Timestamp;
            if (commit.Timestamp > moment)
            {
                break;
            }

            found = commit.Version;
        }

        if (found is { } version)
        {
            return await SnapshotAtAsync(version, cancellationToken);
        }

        var first = oldest?.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        throw files.OldestReadable is > 0 and { } reach
            ? new TidemarkException(
                ErrorKind.BadRequest,
                "VERSION_GONE",
                $"{table}: versions before {first} can no longer be read, because their log entries were cleaned up. The oldest readable version is {reach}."
            )
            : new TidemarkException(
                ErrorKind.BadRequest,
                "VERSION_UNKNOWN",
                first is null ? $"{table} has no versions." : $"{table} had no version yet; the first is of {first}."
            );
    }

    /// <summary>All versions whose entries are there, newest first.</summary>
    public Task<IReadOnlyList<TableVersion>> HistoryAsync(CancellationToken cancellationToken) =>
        ReadAllAsync(files => LogHistory.ReadAsync(table, _reader, files, cancellationToken), cancellationToken);

    /// <summary>A version with the last operation that changed its rows.</summary>
    public Task<TableVersion> LatestAsync(TableSnapshot snapshot, CancellationToken cancellationToken) =>
        LogHistory.LatestAsync(snapshot, _reader, cancellationToken);

    // An entry that an old listing lacks may have been cleaned up since. Then a newer checkpoint is the beginning.
    private async Task<T> ReadAllAsync<T>(Func<LogFiles, Task<T>> read, CancellationToken cancellationToken)
    {
        var files = await _reader.ListAsync(cancellationToken);
        while (true)
        {
            try
            {
                return await read(files);
            }
            catch (TidemarkException e) when (e.Code is "LOG_GAP" or "VERSION_GONE")
            {
                var now = await _reader.ListAsync(cancellationToken);
                if (now.OldestReadable is null || now.OldestReadable == files.OldestReadable)
                {
                    throw;
                }

                files = now;
            }
        }
    }

    /// <summary>
    /// The state of the oldest version that can be read (−1: before the first), and the entries after it, in order.
    /// </summary>
    /// <exception cref="TidemarkException">The log has a gap or a damaged entry.</exception>
    public async Task<LogReplay> ReplayAsync(CancellationToken cancellationToken)
    {
        var files = await _reader.ListAsync(cancellationToken);
        var oldest = await _reader.OldestAsync(files, cancellationToken);
        var entries = _reader.EntriesAsync(oldest.Version + 1, LogHistory.LastEntry(files), cancellationToken);
        return new LogReplay(oldest, entries);
    }

    /// <summary>
    /// Makes the next version. A writer that loses the race for a number reads the winner's entry and tries the next
    /// number.
    /// </summary>
    /// <param name="entry">
    /// The log lines on top of a version; null when nothing is left to do. Throws <see cref="CommitConflictException"/>
    /// when the winner's entry rules it out.
    /// </param>
    /// <param name="commitId">
    /// The <c>commitInfo.commitId</c> in those lines: tells our entry from another's when the answer to the write was
    /// lost.
    /// </param>
    /// <param name="cancellationToken">
    /// Checked between attempts, never during one: an entry is written or it is not.
    /// </param>
    /// <returns>The version that now stands, and whether this call made it.</returns>
    public async Task<(TableSnapshot Snapshot, bool IsNew)> AppendAsync(
        Func<TableSnapshot, IReadOnlyList<DeltaLine>?> entry,
        string commitId,
        CancellationToken cancellationToken
    )
    {
        long? doubtful = null;
        IReadOnlyList<DeltaLine> last = [];
        using var report = CommitReport.Begin(telemetry, table);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var snapshot = await SnapshotAsync(cancellationToken);
            if (doubtful is { } sent && snapshot.Version >= sent)
            {
                if (await IsOursAsync(sent, commitId))
                {
                    // The entry was written after all, after the first look for it.
                    report?.Done(sent, last);
                    return (await SnapshotAtAsync(sent, CancellationToken.None), true);
                }

                doubtful = null;
            }

            if (entry(snapshot) is not { } lines)
            {
                return (snapshot, false);
            }

            ProtocolRules.EnsureWritable(snapshot, lines);
            var version = snapshot.Version + 1;
            var outcome = await PutAsync(version, lines, commitId);
            if (outcome == PutOutcome.Ours)
            {
                var state = LogState.Of(snapshot);
                state.Apply(version, lines);
                snapshot = Readable(state);
                Volatile.Write(ref _newest, snapshot);
                report?.Done(version, lines);
                if (version > 0 && version % CheckpointInterval == 0)
                {
                    await TryCheckpointAsync(version, cancellationToken);
                }

                return (snapshot, true);
            }

            (doubtful, last) = outcome == PutOutcome.Unknown ? (version, lines) : (doubtful, last);
            if (outcome == PutOutcome.Others)
            {
                telemetry?.Raced(table.ToString(), version);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        throw new CommitConflictException(
            $"{table}: {MaxAttempts} other commits came first, one after the other. Let fewer writers work on this table."
        );
    }

    /// <summary>How many versions a reader has to apply to the newest checkpoint.</summary>
    public async Task<long> EntriesSinceCheckpointAsync(CancellationToken cancellationToken)
    {
        var files = await _reader.ListAsync(cancellationToken);
        return files.Newest - (files.Checkpoints.Count > 0 ? files.Checkpoints[0].Version : -1);
    }

    /// <summary>Writes the checkpoint of a version that has none.</summary>
    /// <remarks>Reads the log again, so that an error in this process's memory never gets into it.</remarks>
    public async Task CheckpointAsync(long version, CancellationToken cancellationToken)
    {
        var state = await _reader.AtAsync(version, withRemoved: true, cancellationToken);
        _ = Readable(state);
        var key = CheckpointWriter.KeyOf(_folder, version);
        try
        {
            await _checkpoints.WriteAsync(state, _folder, key, clock.GetUtcNow(), cancellationToken);
        }
        catch (DuckDb.DuckDbException e)
        {
            throw new TidemarkException(
                ErrorKind.Storage,
                "CHECKPOINT_FAILED",
                $"{key}: {e.EngineMessage} The versions stand; see that the staging folder can be written to and has room.",
                e
            );
        }
    }

    /// <summary>Removes entries and checkpoints that no version of the last <paramref name="keep"/> needs.</summary>
    /// <returns>How many objects were removed.</returns>
    public Task<int> CleanAsync(TimeSpan keep, CancellationToken cancellationToken) =>
        LogCleaner.CleanAsync(_reader, store, clock.GetUtcNow() - keep, cancellationToken);

    // The version stands even when its checkpoint fails.
    private async Task TryCheckpointAsync(long version, CancellationToken cancellationToken)
    {
        try
        {
            await CheckpointAsync(version, cancellationToken);
            var metadata = Volatile.Read(ref _newest).Metadata;
            if (DeltaProperties.CleansLog(metadata))
            {
                await CleanAsync(DeltaProperties.LogRetentionOf(metadata), cancellationToken);
            }

            CheckpointFailure = null;
        }
        catch (TidemarkException e)
        {
            CheckpointFailure = e;
            telemetry?.CheckpointFailed(table.ToString(), version, e);
        }
        catch (OperationCanceledException)
        {
            // The commit is done, so a cancellation here is no error. The next checkpoint comes in its time.
        }
    }

    /// <summary>
    /// The state after the entries that follow a snapshot; null when the log no longer has the snapshot's own.
    /// </summary>
    private async Task<LogState?> NextAsync(TableSnapshot known, CancellationToken cancellationToken)
    {
        var state = LogState.Of(known);
        await FollowAsync(state, cancellationToken);
        return await _reader.HasEntryAsync(state.Version, cancellationToken) ? state : null;
    }

    private async Task FollowAsync(LogState state, CancellationToken cancellationToken)
    {
        while (await _reader.EntryAsync(state.Version + 1, cancellationToken) is { } lines)
        {
            state.Apply(state.Version + 1, lines);
        }
    }

    private TableSnapshot Readable(LogState state)
    {
        if (state.Version < 0)
        {
            return TableSnapshot.Empty(table);
        }

        if (state.Protocol is not { } protocol || state.Metadata is null)
        {
            throw new TidemarkException(
                ErrorKind.Storage,
                "LOG_CORRUPT",
                $"{table}: the log ({_folder}) has no {(state.Protocol is null ? "protocol" : "metaData")} action up to version {state.Version}. Restore its first entry from a backup."
            );
        }

        ProtocolRules.EnsureReadable(table, protocol, state.Metadata);
        var snapshot = state.ToSnapshot();
        ProtocolRules.EnsurePartitionsDeclared(snapshot);
        FileRules.EnsureReadable(snapshot, state.NewFiles);
        return snapshot;
    }

    private async Task<PutOutcome> PutAsync(long version, IReadOnlyList<DeltaLine> lines, string commitId)
    {
        var isAnswered = true;
        try
        {
            var key = DeltaLog.EntryKey(table.Prefix, version);
            if (await store.PutIfAbsentAsync(key, DeltaLog.Write(lines), CancellationToken.None))
            {
                return PutOutcome.Ours;
            }
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Transient)
        {
            // The answer was lost, but the entry may have been written. What is at its key settles it, now or later.
            isAnswered = false;
        }

        return await IsOursAsync(version, commitId) ? PutOutcome.Ours
            : isAnswered ? PutOutcome.Others
            : PutOutcome.Unknown;
    }

    private async Task<bool> IsOursAsync(long version, string commitId) =>
        (await _reader.EntryAsync(version, CancellationToken.None))?.Any(l => l.CommitInfo?.CommitId == commitId)
            is true;

    private enum PutOutcome
    {
        Ours,
        Others,
        Unknown,
    }
}
