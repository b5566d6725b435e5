using System.Security.Cryptography;
using System.Text;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// The content of a table that somebody has seen: the table's identity, a version, and the commit that made it.
/// </summary>
/// <param name="Table">The id in the table's metaData; null when there was no table.</param>
/// <param name="Version">−1 when there was no table.</param>
/// <param name="Commit">
/// The id of the version's commit, or null when it has none: a lake that was restored from a backup can have another
/// version with the same number. Also names the files that could not be read, because the content without them is not
/// the same.
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

/// <summary>The days on which a table's rows may have changed.</summary>
/// <param name="IsAll">Whether any day may have changed.</param>
/// <param name="Days">The days, when not any day.</param>
public sealed record TableChanges(bool IsAll, IReadOnlySet<DateOnly> Days)
{
    public static TableChanges None { get; } = new(false, new HashSet<DateOnly>());

    public static TableChanges All { get; } = new(true, new HashSet<DateOnly>());

    public bool IsNone => !IsAll && Days.Count == 0;
}
