using System.Runtime.CompilerServices;
using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Delta;

/// <summary>
/// The log of one table: reads its versions and appends the next one. A version is one put-if-absent of <c>_delta_log/N.json</c>, so of
/// any number of writers exactly one makes it. Remembers the newest version that it has seen. Thread-safe.
/// </summary>
internal sealed class TableLog(TableId table, IObjectStore store)
{
    private const int MaxAttempts = 100;
    private TableSnapshot _newest = TableSnapshot.Empty(table);

    /// <summary>The newest version; reads only the log entries that came since the last call.</summary>
    /// <exception cref="TidemarkException">The log has a gap, a damaged entry, or asks for a newer protocol.</exception>
    public async Task<TableSnapshot> SnapshotAsync(CancellationToken cancellationToken)
    {
        var snapshot = Volatile.Read(ref _newest);
        await foreach (var (version, lines) in EntriesAsync(snapshot.Version, cancellationToken))
        {
            snapshot = snapshot.Apply(version, lines);
        }

        Volatile.Write(ref _newest, snapshot);
        return snapshot;
    }

    /// <summary>The table as it was at a version.</summary>
    /// <exception cref="TidemarkException">There is no such version.</exception>
    public async Task<TableSnapshot> SnapshotAtAsync(long version, CancellationToken cancellationToken)
    {
        var snapshot = TableSnapshot.Empty(table);
        await foreach (var (entry, lines) in EntriesAsync(snapshot.Version, cancellationToken))
        {
            if (entry > version)
            {
                break;
            }

            snapshot = snapshot.Apply(entry, lines);
        }

        return snapshot.Version == version
            ? snapshot
            : throw new TidemarkException(
                ErrorKind.BadRequest,
                "VERSION_UNKNOWN",
                $"{table} has no version {version}; the newest is {snapshot.Version}. See `tidemark history {table}`."
            );
    }

    /// <summary>The table as it was at a moment: the last version that had been committed by then.</summary>
    /// <exception cref="TidemarkException">The table is younger.</exception>
    public async Task<TableSnapshot> SnapshotAsOfAsync(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var snapshot = TableSnapshot.Empty(table);
        await foreach (var (version, lines) in EntriesAsync(snapshot.Version, cancellationToken))
        {
            var next = snapshot.Apply(version, lines);
            if (next.Commit?.Timestamp > moment.ToUnixTimeMilliseconds())
            {
                break;
            }

            snapshot = next;
        }

        return snapshot.Exists
            ? snapshot
            : throw new TidemarkException(
                ErrorKind.BadRequest,
                "VERSION_UNKNOWN",
                $"{table} had no version at {moment:u}. See `tidemark history {table}`."
            );
    }

    /// <summary>The log entries after a version, in order.</summary>
    public async IAsyncEnumerable<(long Version, IReadOnlyList<DeltaLine> Lines)> EntriesAsync(
        long after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var expected = after + 1;
        var start = after < 0 ? null : DeltaLog.EntryKey(table.Prefix, after);
        await foreach (var entry in store.ListAsync(table.Prefix + DeltaLog.Folder, start, cancellationToken))
        {
            if (DeltaLog.VersionOf(entry.Key) is not { } version)
            {
                continue;
            }

            if (version != expected)
            {
                throw new TidemarkException(
                    ErrorKind.Storage,
                    "LOG_GAP",
                    $"{table}: the log entry {expected} is missing before {version} ({entry.Key}). Restore it from a backup."
                );
            }

            var content =
                await store.GetAsync(entry.Key, cancellationToken)
                ?? throw new TidemarkException(
                    ErrorKind.Storage,
                    "LOG_GAP",
                    $"{entry.Key} vanished while it was read."
                );
            yield return (version, DeltaLog.Read(entry.Key, content));
            expected++;
        }
    }

    /// <summary>
    /// Makes the next version. Who loses the race for a number reads what came first and tries the next one.
    /// </summary>
    /// <param name="entry">
    /// The log lines on top of a version; null when nothing is left to do. Throws <see cref="CommitConflictException"/> when what came first
    /// stands against it.
    /// </param>
    /// <param name="commitId">The <c>commitInfo.commitId</c> in those lines: tells our entry from another's when the answer to the write was lost.</param>
    /// <param name="cancellationToken">Looked at between attempts, never during one: an entry is written or it is not.</param>
    /// <returns>The version that now stands, and whether this call made it.</returns>
    public async Task<(TableSnapshot Snapshot, bool IsNew)> AppendAsync(
        Func<TableSnapshot, IReadOnlyList<DeltaLine>?> entry,
        string commitId,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var snapshot = await SnapshotAsync(cancellationToken);
            if (entry(snapshot) is not { } lines)
            {
                return (snapshot, false);
            }

            var version = snapshot.Version + 1;
            if (await TryPutAsync(version, lines, commitId))
            {
                snapshot = snapshot.Apply(version, lines);
                Volatile.Write(ref _newest, snapshot);
                return (snapshot, true);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        throw new CommitConflictException(
            $"{table}: {MaxAttempts} other commits came first, one after the other. Let fewer writers work on this table."
        );
    }

    private async Task<bool> TryPutAsync(long version, IReadOnlyList<DeltaLine> lines, string commitId)
    {
        var key = DeltaLog.EntryKey(table.Prefix, version);
        try
        {
            if (await store.PutIfAbsentAsync(key, DeltaLog.Write(lines), CancellationToken.None))
            {
                return true;
            }
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Transient)
        {
            // The answer was lost, the write perhaps not: what stands there settles it below.
        }

        var standing = await store.GetAsync(key, CancellationToken.None);
        return standing is not null && DeltaLog.Read(key, standing).Any(l => l.CommitInfo?.CommitId == commitId);
    }
}
