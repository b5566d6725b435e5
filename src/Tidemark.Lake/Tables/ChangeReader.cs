using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Reads from the log what has changed since a mark. A commit that changes no rows (a compaction) does not count.
/// </summary>
internal static class ChangeReader
{
    /// <summary>
    /// When more versions than this follow the mark, they are not read one by one, and any day may have changed.
    /// </summary>
    private const int VersionsFollowed = 200;

    public static async Task<TableChanges> ReadAsync(
        TableLog log,
        TableMark since,
        TableSnapshot now,
        CancellationToken cancellationToken
    )
    {
        var mark = TableMark.Of(now);
        if (mark == since)
        {
            return TableChanges.None;
        }

        if (
            now.Lost.Count > 0
            || mark.Table != since.Table
            || now.Version <= since.Version
            || now.Version - since.Version > VersionsFollowed
        )
        {
            return TableChanges.All;
        }

        var days = new HashSet<DateOnly>();
        for (var version = since.Version; version <= now.Version; version++)
        {
            // The entry was cleaned up.
            if (await log.EntryAsync(version, cancellationToken) is not { } lines)
            {
                return TableChanges.All;
            }

            if (version == since.Version)
            {
                var commit = lines.Select(l => l.CommitInfo).LastOrDefault(i => i is not null);
                if (TableMark.CommitOf(commit) != since.Commit)
                {
                    return TableChanges.All;
                }
            }
            else if (!TryCollect(lines, days))
            {
                return TableChanges.All;
            }
        }

        return new TableChanges(false, days);
    }

    /// <summary>Collects the days of an entry; false when the entry does not name them.</summary>
    private static bool TryCollect(IReadOnlyList<DeltaLine> lines, HashSet<DateOnly> days)
    {
        foreach (var line in lines)
        {
            if (line.MetaData is not null)
            {
                return false;
            }

            IReadOnlyList<DateOnly>? of = line switch
            {
                { Add: { DataChange: true } add } => TablePartition.DaysOf(add),
                { Remove: { DataChange: true } remove } => DaysOf(remove),
                _ => null,
            };
            if (of is { Count: 0 })
            {
                return false;
            }

            days.UnionWith(of ?? []);
        }

        return true;
    }

    // A removal has no tags: in a folder of a month it may be any day of it.
    private static IReadOnlyList<DateOnly> DaysOf(RemoveAction remove) =>
        remove.PartitionValues is { } values
            ? TablePartition.DaysOf(new AddAction(remove.Path, values, 0, 0, DataChange: true))
            : [];
}
