using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Links in the places of a table's own folders: its log and its partitions. Nothing is written through them, so a day
/// behind one cannot be committed. Links with other names (<c>latest</c>) do no harm.
/// </summary>
internal static class TableLinks
{
    /// <summary>The keys of a table's links. Reads only the table's folder.</summary>
    public static IReadOnlyList<string> In(IObjectStore store, TableId table) =>
        store is ILinks links ? [.. links.LinksIn(table.Prefix).Where(IsInPlace).Select(n => table.Prefix + n)] : [];

    /// <summary>The links behind which no live file lies, so that no damaged file reports them.</summary>
    public static IEnumerable<string> Unnamed(IObjectStore store, TableSnapshot read)
    {
        var named = read.Lost.Select(l => l.Link).ToHashSet(StringComparer.Ordinal);
        return In(store, read.Table).Where(link => !named.Contains(link));
    }

    /// <summary>What to do about a link.</summary>
    public static string AdviceOf(string link) => InnerLink.Advice(link, ThenOf(link));

    /// <summary>
    /// Why the rows of a unit cannot be put where they belong, or the standing rows cannot be replaced; null when
    /// nothing is in the way.
    /// </summary>
    public static TidemarkException? InTheWay(
        IObjectStore store,
        TableSnapshot standing,
        string unit,
        IReadOnlyList<TablePartition> partitions
    )
    {
        if (store is not ILinks links)
        {
            return null;
        }

        var beside = partitions.SelectMany(p => standing.OthersBeside(unit, p));
        foreach (var file in standing.FilesOf(unit).Concat(beside))
        {
            if (FileCheck.Linked(store, standing.Table, file) is { } damaged)
            {
                return InTheWay(damaged.Link!);
            }
        }

        var prefix = standing.Table.Prefix;
        var link =
            partitions.Select(p => links.LinkTo(prefix + p.Folder)).FirstOrDefault(l => l is not null)
            ?? links.LinkTo(prefix + DeltaLog.Folder);
        return link is null ? null : InTheWay(link);
    }

    // The lake's damage, which every command reports, says what to do.
    private static TidemarkException InTheWay(string link) =>
        new(
            ErrorKind.Storage,
            InnerLink.Code,
            $"{link} is a symbolic link, and Tidemark writes nothing through links. Nothing was fetched or made. `tidemark doctor` says what to do."
        );

    // A log cannot be made again: the link to it stays until the folder is back.
    private static string ThenOf(string link) =>
        IsOfLog(link[(link.LastIndexOf('/') + 1)..])
            ? "then restore the log from a backup."
            : "`tidemark run` or `tidemark build` then puts there what is missing.";

    private static bool IsInPlace(string name) => IsOfLog(name) || TablePartition.OfFolder(name + '/') is not null;

    private static bool IsOfLog(string name) => name + '/' == DeltaLog.Folder;
}
