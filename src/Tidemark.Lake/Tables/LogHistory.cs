using System.Runtime.CompilerServices;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>The history of a table: the versions that its log still has.</summary>
internal static class LogHistory
{
    /// <summary>
    /// When each version was committed, oldest first: the time in its <c>commitInfo</c>, else when its entry was
    /// written. Writers' clocks differ, so a version counts as at least one millisecond later than the one before it.
    /// </summary>
    public static async IAsyncEnumerable<(long Version, DateTimeOffset Timestamp)> CommitsAsync(
        LogReader reader,
        LogFiles files,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var first = files.OldestReadable ?? 0;
        var written = files.Entries.ToDictionary(LogFiles.VersionOf, e => e.Modified);
        var last = DateTimeOffset.MinValue;
        if (first > 0 && !written.ContainsKey(first))
        {
            yield return (first, last = files.Checkpoints[^1].Files[0].Modified);
            first++;
        }

        await foreach (var (version, lines) in reader.EntriesAsync(first, LastEntry(files), cancellationToken))
        {
            var said = CommitOf(lines)?.CommittedAt;
            var time = said ?? written.GetValueOrDefault(version);
            last = time > last ? time : last.AddMilliseconds(1);
            yield return (version, last);
        }
    }

    /// <summary>The versions, newest first, with the size of the table at each.</summary>
    public static async Task<IReadOnlyList<TableVersion>> ReadAsync(
        TableId table,
        LogReader reader,
        LogFiles files,
        CancellationToken cancellationToken
    )
    {
        var state = await reader.OldestAsync(files, cancellationToken);
        var history = new List<TableVersion>();
        var rows = state.Files.Values.Sum(RowsOf);
        var bytes = state.Files.Values.Sum(f => f.Size);
        var held = state.Files.ToDictionary(
            f => f.Key,
            f => (Rows: RowsOf(f.Value), Bytes: f.Value.Size),
            StringComparer.Ordinal
        );
        if (state.Version >= 0)
        {
            Note(state.Version, state.Commit, changesRows: true);
        }

        await foreach (
            var (version, lines) in reader.EntriesAsync(state.Version + 1, LastEntry(files), cancellationToken)
        )
        {
            foreach (var line in lines)
            {
                if (line.Remove is { } remove)
                {
                    Forget(remove.Path);
                }
            }

            foreach (var line in lines)
            {
                if (line.Add is { } add)
                {
                    Forget(add.Path);
                    var size = (Rows: RowsOf(add), Bytes: add.Size);
                    held[add.Path] = size;
                    rows += size.Rows;
                    bytes += size.Bytes;
                }
            }

            Note(version, CommitOf(lines), ChangesRows(lines));
        }

        history.Reverse();
        return history;

        void Forget(string path)
        {
            if (held.Remove(path, out var size))
            {
                rows -= size.Rows;
                bytes -= size.Bytes;
            }
        }

        void Note(long version, CommitInfoAction? commit, bool changesRows) =>
            history.Add(Version(table, version, commit, rows, held.Count, bytes, changesRows));
    }

    /// <summary>
    /// A version with its size and with the last commit that changed rows; with the newest commit when the log no
    /// longer has that one.
    /// </summary>
    public static async Task<TableVersion> LatestAsync(
        TableSnapshot snapshot,
        LogReader reader,
        CancellationToken cancellationToken
    )
    {
        var commit = snapshot.Commit;
        var changesRows = false;
        for (var version = snapshot.Version; version >= 0 && !changesRows; version--)
        {
            if (await reader.EntryAsync(version, cancellationToken) is not { } lines)
            {
                break;
            }

            changesRows = ChangesRows(lines);
            commit = changesRows ? CommitOf(lines) : commit;
        }

        return Version(
            snapshot.Table,
            snapshot.Version,
            commit,
            snapshot.RowCount,
            snapshot.Files.Count,
            snapshot.Bytes,
            changesRows
        );
    }

    private static TableVersion Version(
        TableId table,
        long version,
        CommitInfoAction? commit,
        long rows,
        int files,
        long bytes,
        bool changesRows
    ) =>
        new(
            table.ToString(),
            version,
            commit?.CommittedAt,
            commit?.Operation,
            commit?.RunId,
            rows,
            files,
            bytes,
            commit?.OperationParameters,
            commit?.Inputs,
            commit?.ShrinkReason,
            changesRows
        );

    private static CommitInfoAction? CommitOf(IReadOnlyList<DeltaLine> lines) =>
        lines.Select(l => l.CommitInfo).LastOrDefault(i => i is not null);

    private static bool ChangesRows(IReadOnlyList<DeltaLine> lines) =>
        lines.Any(l => l.Add is { DataChange: true } || l.Remove is { DataChange: true });

    // The newest version may have a checkpoint only.
    public static long LastEntry(LogFiles files) =>
        files.Entries.Count > 0 ? LogFiles.VersionOf(files.Entries[^1]) : -1;

    private static long RowsOf(AddAction file) => DeltaStats.RowCount(file.Stats) ?? 0;
}
