using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>Why a vacuum may remove an object.</summary>
public enum VacuumReason
{
    /// <summary>It left the table before the cutoff: no version since then has it.</summary>
    Removed,

    /// <summary>
    /// No version that can be read names it: its commit was killed, lost a race, or left the log long ago.
    /// </summary>
    Unreferenced,

    /// <summary>A write that was killed.</summary>
    Interrupted,
}

/// <summary>An object that a vacuum removes, or would remove.</summary>
public sealed record VacuumedObject(string Key, long Bytes, DateTimeOffset Modified, VacuumReason Reason);

/// <summary>When the files of a table left it, by its log.</summary>
internal sealed class FileLifetimes
{
    private readonly TableId _table;
    private readonly HashSet<string> _live = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _removed = new(StringComparer.Ordinal);
    private long _latest;

    /// <summary>
    /// Begins with the live files of the newest version: the entries that added them may be cleaned up.
    /// </summary>
    public FileLifetimes(TableId table, IEnumerable<AddAction> live)
    {
        _table = table;
        _live.UnionWith(live.Select(PathOf));
    }

    /// <summary>The next entry of the log, in order.</summary>
    public void Apply(IReadOnlyList<DeltaLine> lines)
    {
        // Like LogHistory: a version is never earlier than the one before it.
        _latest = Math.Max(_latest + 1, lines.Select(l => l.CommitInfo?.Timestamp ?? 0).DefaultIfEmpty().Max());
        foreach (var remove in lines.Select(l => l.Remove).OfType<RemoveAction>())
        {
            // A file whose removal has no time stays.
            var when = remove.DeletionTimestamp is { } said ? Math.Max(said, _latest) : long.MaxValue;
            var path = DeltaPath.Decoded(remove.Path);
            _removed[path] = Math.Max(when, _removed.GetValueOrDefault(path));
            _live.Remove(path);
        }

        _live.UnionWith(lines.Select(l => l.Add).OfType<AddAction>().Select(PathOf));
    }

    // Refuses the whole table when a file is outside of it: such a path may be one of ours in another spelling.
    private string PathOf(AddAction file) => TableListing.PathOf(_table, file);

    /// <summary>Whether the newest version has the file.</summary>
    public bool IsLive(string path) => _live.Contains(path);

    /// <summary>Files that a version in force at a moment or later has.</summary>
    public IEnumerable<string> NeededSince(DateTimeOffset cutoff) =>
        _live.Concat(_removed.Where(r => r.Value >= cutoff.ToUnixTimeMilliseconds()).Select(r => r.Key));

    /// <summary>When the file left the table for the last time, in milliseconds; null when no entry says so.</summary>
    public long? RemovedAt(string path) => _removed.TryGetValue(path, out var when) ? when : null;
}

/// <summary>
/// Decides which objects of a table may be removed. One rule: an object goes when no version in force at the cutoff or
/// later has it and the store says that it was written before the cutoff. In doubt it stays. Pure.
/// </summary>
internal static class VacuumCandidates
{
    /// <param name="table">The table; objects outside its prefix are ignored.</param>
    /// <param name="lifetimes">What its log says, read after the listing.</param>
    /// <param name="objects">What the store has.</param>
    /// <param name="cutoff">The beginning of the time within which every version stays readable.</param>
    public static IReadOnlyList<VacuumedObject> Of(
        TableId table,
        FileLifetimes lifetimes,
        IEnumerable<StoredObject> objects,
        DateTimeOffset cutoff
    )
    {
        var candidates = new List<VacuumedObject>();
        foreach (var found in objects)
        {
            if (!found.Key.StartsWith(table.Prefix, StringComparison.Ordinal) || found.Modified >= cutoff)
            {
                continue;
            }

            var path = found.Key[table.Prefix.Length..];
            if (!TableListing.IsDataFile(path) || lifetimes.IsLive(path))
            {
                continue;
            }

            var removedAt = lifetimes.RemovedAt(path);
            if (removedAt is null || removedAt < cutoff.ToUnixTimeMilliseconds())
            {
                var reason = removedAt is null ? VacuumReason.Unreferenced : VacuumReason.Removed;
                candidates.Add(new VacuumedObject(found.Key, found.Bytes, found.Modified, reason));
            }
        }

        return candidates;
    }
}
