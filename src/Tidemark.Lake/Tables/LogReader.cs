using System.Globalization;
using System.Runtime.CompilerServices;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>Computes the state of a version from the newest checkpoint before it and the entries after that.</summary>
internal sealed class LogReader(TableId table, IObjectStore store, LakeEngine engine)
{
    // A remote store takes milliseconds for each entry, and entries are small.
    private const int EntriesInFlight = 16;
    private readonly CheckpointReader _checkpoints = new(table, store, engine);
    private readonly string _folder = table.Prefix + DeltaLog.Folder;

    /// <summary>The state of the newest version; version −1 when there is no table.</summary>
    /// <exception cref="TidemarkException">
    /// The log has a gap or is damaged, and no other checkpoint or entries lead past it.
    /// </exception>
    public Task<LogState> NewestAsync(CancellationToken cancellationToken) =>
        ReadAsync(null, withRemoved: false, cancellationToken);

    /// <summary>The state of a version.</summary>
    /// <exception cref="TidemarkException">
    /// There is no such version, it can no longer be read, or the log is damaged.
    /// </exception>
    public Task<LogState> AtAsync(long version, bool withRemoved, CancellationToken cancellationToken) =>
        ReadAsync(version, withRemoved, cancellationToken);

    public Task<LogFiles> ListAsync(CancellationToken cancellationToken) =>
        LogFiles.ListAsync(store, _folder, null, cancellationToken);

    /// <summary>The state at the oldest readable version, from which the entries after it lead on.</summary>
    public async Task<LogState> OldestAsync(LogFiles files, CancellationToken cancellationToken) =>
        files.OldestReadable is > 0 and { } oldest
            ? await StateAsync(files, oldest, withRemoved: false, cancellationToken)
            : new LogState(table);

    /// <summary>The state in one checkpoint.</summary>
    /// <exception cref="TidemarkException">It is damaged.</exception>
    public Task<LogState> ReadAsync(Checkpoint checkpoint, CancellationToken cancellationToken) =>
        _checkpoints.ReadAsync(checkpoint, withRemoved: false, cancellationToken);

    /// <summary>One entry; null when it is not there yet or was removed.</summary>
    public async Task<IReadOnlyList<DeltaLine>?> EntryAsync(long version, CancellationToken cancellationToken)
    {
        var key = DeltaLog.EntryKey(table.Prefix, version);
        if (await store.GetAsync(key, cancellationToken) is { } content)
        {
            return DeltaLog.Read(key, content);
        }

        // If this counted as the end of the log, rows would be missing.
        return store is ILinks links && links.IsTaken(key)
            ? throw new TidemarkException(
                ErrorKind.Storage,
                "LOG_CORRUPT",
                $"{key} is a folder or a broken link instead of a log entry. Restore it from a backup; the data files are untouched."
            )
            : null;
    }

    public async Task<bool> HasEntryAsync(long version, CancellationToken cancellationToken) =>
        await store.GetRangeAsync(DeltaLog.EntryKey(table.Prefix, version), 0, 1, cancellationToken) is not null;

    /// <summary>Entries of a range of versions, in order.</summary>
    /// <exception cref="TidemarkException">One of them is missing (LOG_GAP) or damaged.</exception>
    public async IAsyncEnumerable<(long Version, IReadOnlyList<DeltaLine> Lines)> EntriesAsync(
        long first,
        long last,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var coming = new Queue<Task<byte[]?>>();
        var next = first;
        for (var version = first; version <= last; version++)
        {
            for (; next <= last && coming.Count < EntriesInFlight; next++)
            {
                coming.Enqueue(store.GetAsync(DeltaLog.EntryKey(table.Prefix, next), cancellationToken));
            }

            var key = DeltaLog.EntryKey(table.Prefix, version);
            var content =
                await coming.Dequeue()
                ?? throw new TidemarkException(
                    ErrorKind.Storage,
                    "LOG_GAP",
                    $"{table}: the log entry {version} is missing before {last} ({key}). Restore it from a backup."
                );
            yield return (version, DeltaLog.Read(key, content));
        }
    }

    // Lists the log after the checkpoint that _last_checkpoint names, and all of it only if that leads nowhere.
    private async Task<LogState> ReadAsync(long? version, bool withRemoved, CancellationToken cancellationToken)
    {
        var content = await HintAsync(cancellationToken);
        if (
            content is not null
            && CheckpointHint.FromJson(content) is { } hint
            && (version is null || hint.Version <= version)
        )
        {
            var after = _folder + hint.Version.ToString("D20", CultureInfo.InvariantCulture);
            var recent = await LogFiles.ListAsync(store, _folder, after, cancellationToken);
            if (recent.Checkpoints.Any(c => c.Version <= (version ?? long.MaxValue)) && !ContradictedBy(hint, recent))
            {
                try
                {
                    return await StateAsync(recent, version, withRemoved, cancellationToken);
                }
                catch (TidemarkException e) when (e.Code == "LOG_CORRUPT")
                {
                    // Go on: an older checkpoint or the entries from 0 on may avoid the damage.
                }
            }
        }

        return await StateAsync(await ListAsync(cancellationToken), version, withRemoved, cancellationToken);
    }

    // The log can be read without the hint, so an unreadable object in its place is no error.
    private async Task<byte[]?> HintAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await store.GetAsync(_folder + CheckpointHint.FileName, cancellationToken);
        }
        catch (TidemarkException e) when (StorageErrors.IsOfTheDisk(e))
        {
            return null;
        }
    }

    /// <summary>The state of a version (the newest when null), computed from the files that a listing found.</summary>
    private async Task<LogState> StateAsync(
        LogFiles files,
        long? version,
        bool withRemoved,
        CancellationToken cancellationToken
    )
    {
        var target = version ?? files.Newest;
        if (target > files.Newest || target < 0)
        {
            return version is null ? new LogState(table) : throw Unknown(target, files.Newest);
        }

        TidemarkException? damage = null;
        foreach (var checkpoint in files.Checkpoints.Where(c => c.Version <= target))
        {
            LogState state;
            try
            {
                state = await _checkpoints.ReadAsync(checkpoint, withRemoved, cancellationToken);
            }
            catch (TidemarkException e) when (e.Code == "LOG_CORRUPT")
            {
                damage ??= e;
                continue;
            }

            return await FollowAsync(state, target, damage, cancellationToken);
        }

        // A listing is not a snapshot: while a table is being made, it may show entry 1 without entry 0.
        return files.Entries.Count > 0 && await HasEntryAsync(0, cancellationToken)
            ? await FollowAsync(new LogState(table, withRemoved), target, damage, cancellationToken)
            : throw damage ?? Unreachable(files, target, version);
    }

    private async Task<LogState> FollowAsync(
        LogState state,
        long target,
        TidemarkException? damage,
        CancellationToken cancellationToken
    )
    {
        if (state.Version == target)
        {
            // The checkpoint has the table's state; only the entry, if it still exists, says how that version was made.
            state.Commit = (await EntryAsync(target, cancellationToken))
                ?.Select(l => l.CommitInfo)
                .LastOrDefault(i => i is not null);
            return state;
        }

        try
        {
            await foreach (var (version, lines) in EntriesAsync(state.Version + 1, target, cancellationToken))
            {
                state.Apply(version, lines);
            }
        }
        catch (TidemarkException e) when (e.Code == "LOG_GAP" && damage is not null)
        {
            throw damage; // with that checkpoint whole, the missing entry would not be needed
        }

        return state;
    }

    // A file that has another size than the hint says was cut off or replaced; then list everything and choose.
    private static bool ContradictedBy(CheckpointHint hint, LogFiles recent)
    {
        var named = recent.Checkpoints.FirstOrDefault(c => c.Version == hint.Version);
        return named is null
            || (named.Files.Count == 1 && hint.SizeInBytes is { } size && size != named.Files[0].Bytes);
    }

    private TidemarkException Unknown(long version, long newest) =>
        new(
            ErrorKind.BadRequest,
            "VERSION_UNKNOWN",
            $"{table} has no version {version}; the newest is {newest}. See `tidemark history {table}`."
        );

    private TidemarkException Unreachable(LogFiles files, long target, long? asked)
    {
        if (asked is not null && files.OldestReadable is { } oldest)
        {
            return new TidemarkException(
                ErrorKind.BadRequest,
                "VERSION_GONE",
                $"{table}: version {target} can no longer be read, because its log entries were cleaned up. The oldest readable version is {oldest}."
            );
        }

        if (files.V2Checkpoint is { } v2)
        {
            return new TidemarkException(
                ErrorKind.Storage,
                "TABLE_UNSUPPORTED",
                $"{table} can be read only through {v2}, a checkpoint of the feature v2Checkpoint; Tidemark reads classic ones. "
                    + "Let the engine that wrote it write a classic checkpoint."
            );
        }

        var first = files.Entries.Count > 0 ? LogFiles.VersionOf(files.Entries[0]) : target;
        return new TidemarkException(
            ErrorKind.Storage,
            "LOG_GAP",
            $"{table}: the log entry 0 is missing before {first}, and there is no checkpoint to begin with ({_folder}). Restore it from a backup."
        );
    }
}
