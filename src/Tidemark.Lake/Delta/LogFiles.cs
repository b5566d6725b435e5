using System.Globalization;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Delta;

/// <summary>A complete checkpoint of the classic kind: one file, or all parts of several.</summary>
/// <param name="Version">The version whose state it holds.</param>
/// <param name="Files">Its files, in the order of the parts.</param>
internal sealed record Checkpoint(long Version, IReadOnlyList<StoredObject> Files)
{
    /// <summary>Its first file, for messages.</summary>
    public string Key => Files[0].Key;
}

/// <summary>What a listing of <c>_delta_log/</c> holds, by the files' names alone. Immutable.</summary>
internal sealed class LogFiles
{
    private const int VersionDigits = 20;

    private LogFiles(
        IReadOnlyList<StoredObject> entries,
        IReadOnlyList<Checkpoint> checkpoints,
        IReadOnlyList<StoredObject> checkpointFiles,
        string? v2Checkpoint,
        long newest
    )
    {
        Entries = entries;
        Checkpoints = checkpoints;
        CheckpointFiles = checkpointFiles;
        V2Checkpoint = v2Checkpoint;
        Newest = newest;
    }

    /// <summary>The log entries, oldest first.</summary>
    public IReadOnlyList<StoredObject> Entries { get; }

    /// <summary>Complete checkpoints, newest first; checkpoints that lack a part are left out.</summary>
    public IReadOnlyList<Checkpoint> Checkpoints { get; }

    /// <summary>All files of checkpoints, complete or not.</summary>
    public IReadOnlyList<StoredObject> CheckpointFiles { get; }

    /// <summary>
    /// The newest checkpoint of the kind that only <c>v2Checkpoint</c> readers know, if there is one.
    /// </summary>
    public string? V2Checkpoint { get; }

    /// <summary>The newest version that any file here has in its name, or −1.</summary>
    public long Newest { get; }

    /// <summary>
    /// The oldest version that can be read from these files, or null: 0 when entry 0 is there, else the version of the
    /// oldest checkpoint.
    /// </summary>
    public long? OldestReadable =>
        Entries.Count > 0 && VersionOf(Entries[0]) == 0 ? 0
        : Checkpoints.Count > 0 ? Checkpoints[^1].Version
        : null;

    public static async Task<LogFiles> ListAsync(
        IObjectStore store,
        string folder,
        string? after,
        CancellationToken cancellationToken
    )
    {
        var entries = new List<StoredObject>();
        var checkpointFiles = new List<StoredObject>();
        var sets = new Dictionary<(long Version, int Parts), SortedDictionary<int, StoredObject>>();
        string? v2 = null;
        var newest = -1L;
        await foreach (var found in store.ListAsync(folder, after, cancellationToken))
        {
            var words = found.Key[folder.Length..].Split('.');
            if (ParseVersion(words[0]) is not { } version)
            {
                continue;
            }

            switch (words)
            {
                case [_, "json"]:
                    entries.Add(found);
                    break;
                case [_, "checkpoint", "parquet"]:
                    checkpointFiles.Add(found);
                    sets[(version, 1)] = new SortedDictionary<int, StoredObject> { [1] = found };
                    break;
                case [_, "checkpoint", var part, var parts, "parquet"]
                    when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        && int.TryParse(parts, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                        && number >= 1
                        && number <= count:
                    checkpointFiles.Add(found);
                    // A set of one part and the single file of the same version are different checkpoints; both are
                    // whole.
                    var set = sets.TryGetValue((version, -count), out var known) ? known : sets[(version, -count)] = [];
                    set[number] = found;
                    break;
                case [_, "checkpoint", _, "parquet" or "json"]:
                    v2 = found.Key;
                    break;
                default:
                    continue;
            }

            newest = Math.Max(newest, version);
        }

        var checkpoints = sets.Where(s => s.Value.Count == Math.Abs(s.Key.Parts))
            .OrderByDescending(s => s.Key.Version)
            .ThenByDescending(s => s.Key.Parts)
            .Select(s => new Checkpoint(s.Key.Version, [.. s.Value.Values]))
            .ToArray();
        return new LogFiles(entries, checkpoints, checkpointFiles, v2, newest);
    }

    /// <summary>The version in the name of an entry or a checkpoint's file.</summary>
    public static long VersionOf(StoredObject file)
    {
        var name = file.Key.AsSpan(file.Key.LastIndexOf('/') + 1);
        return ParseVersion(name[..VersionDigits])!.Value;
    }

    private static long? ParseVersion(ReadOnlySpan<char> word) =>
        word.Length == VersionDigits
        && long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
}
