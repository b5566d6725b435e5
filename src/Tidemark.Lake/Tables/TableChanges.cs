using System.Security.Cryptography;
using System.Text;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>Which content of a table somebody has looked at: the table's identity, a version, and the commit that made it.</summary>
/// <param name="Table">The id in the table's metaData; null when there was no table.</param>
/// <param name="Version">−1 when there was no table.</param>
/// <param name="Commit">
/// What the version's commit calls itself, or null when it says nothing. A lake that was put back from a backup can have another version of the same number.
/// Files that could not be read are named here, too: what was seen without them is another content.
/// </param>
public sealed record TableMark(string? Table, long Version, string? Commit)
{
    public static TableMark Of(TableSnapshot snapshot) =>
        new(snapshot.Metadata?.Id, snapshot.Version, CommitOf(snapshot.Commit, snapshot.Lost));

    internal static string? CommitOf(CommitInfoAction? commit) =>
        commit?.CommitId ?? (commit?.Timestamp is { } at ? $"{at} {commit.Operation}" : null);

    private static string? CommitOf(CommitInfoAction? commit, IReadOnlyList<DamagedFile> lost)
    {
        if (lost.Count == 0)
        {
            return CommitOf(commit);
        }

        var paths = string.Join('\n', lost.Select(l => l.File.Path).Order(StringComparer.Ordinal));
        return $"{CommitOf(commit)} without {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(paths)))}";
    }
}

/// <summary>On which days a table's rows may differ from what they were.</summary>
/// <param name="IsAll">Any day may.</param>
/// <param name="Days">The days, when not all.</param>
public sealed record TableChanges(bool IsAll, IReadOnlySet<DateOnly> Days)
{
    public static TableChanges None { get; } = new(false, new HashSet<DateOnly>());

    public static TableChanges All { get; } = new(true, new HashSet<DateOnly>());

    public bool IsNone => !IsAll && Days.Count == 0;
}

/// <summary>Reads from the log what has changed since a mark. Commits that change no rows (compaction) change nothing here.</summary>
internal static class ChangeReader
{
    /// <summary>More versions than these are not followed one by one.</summary>
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
            // An entry that was cleaned up tells nothing any more.
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

    /// <summary>False when an entry does not say which days it is about.</summary>
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

    // A removal has no tags: of a folder a month it may be any day.
    private static IReadOnlyList<DateOnly> DaysOf(RemoveAction remove) =>
        remove.PartitionValues is { } values
            ? TablePartition.DaysOf(new AddAction(remove.Path, values, 0, 0, DataChange: true))
            : [];
}
