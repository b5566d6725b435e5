using System.Globalization;
using Tidemark.Core;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>Files that became one; the new file is proved, and no reader sees it yet.</summary>
internal sealed record MergedFile(CompactBin Bin, RewrittenFile File)
{
    // To save a few per cent is not worth a new file, which older versions and caches don't have.
    private const double LessByAtLeast = 0.95;

    /// <summary>
    /// Whether the new file is better than those it would replace: fewer files and no more bytes, or clearly fewer
    /// bytes.
    /// </summary>
    public bool IsGain =>
        Bin.Files.Count > 1 ? File.Bytes <= Bin.Bytes : File.Bytes <= (long)(Bin.Bytes * LessByAtLeast);
}

/// <summary>
/// Puts merged files into the place of the old ones: one log entry, data that does not change. A bin is left out when
/// one of its files is no longer live because somebody replaced one of its units; that bin's old files stay as they
/// are. When a new file is no gain, the old ones stay and are marked with the codec that was tried
/// (<see cref="DeltaTags.Codec"/>), so that it is not tried again.
/// </summary>
internal static class CompactCommit
{
    public const string Operation = "COMPACT";

    /// <returns>The version afterwards, the merged files in it, and how many files it marks as tried.</returns>
    public static async Task<(long Version, IReadOnlyList<MergedFile> Landed, int Tried)> WriteAsync(
        LakeTable table,
        IObjectStore store,
        IReadOnlyList<MergedFile> merged,
        string runId,
        TimeProvider clock,
        IIdSource ids,
        CancellationToken cancellationToken
    )
    {
        var commitId = ids.NewId().ToString();
        var kept = merged
            .Where(m => !m.IsGain)
            .SelectMany(m => m.Bin.Files.Select(f => (File: f, m.Bin.Codec)))
            .ToArray();
        merged = [.. merged.Where(m => m.IsGain)];
        var uncommitted = new UncommittedFiles(table);
        var paths = merged.Select((m, i) => m.Bin.Folder + DataFileName.Of(commitId, i)).ToArray();
        await store.PublishAsync(
            [
                .. merged.Select(
                    (m, i) => new PublishedFile(m.File.LocalPath, table.Id.Prefix + DeltaPath.Decoded(paths[i]))
                ),
            ],
            cancellationToken
        );

        int[] landed = [];
        var triedCount = 0;
        List<DeltaLine> lines = [];
        var before = TableSnapshot.Empty(table.Id);
        var (snapshot, _) = await table.Log.AppendAsync(
            newest =>
            {
                landed = [.. Enumerable.Range(0, merged.Count).Where(i => merged[i].Bin.Files.All(f => newest.Has(f)))];
                var tried = kept.Where(k => newest.Has(k.File)).Select(k => Tried(newest.Standing(k.File)!, k.Codec));
                AddAction[] marked = [.. tried];
                triedCount = marked.Length;
                if (landed.Length == 0 && marked.Length == 0)
                {
                    return null;
                }

                uncommitted.EnsureYoung();
                before = newest;
                lines = Lines(
                    newest,
                    [.. landed.Select(i => (merged[i], paths[i]))],
                    marked,
                    runId,
                    commitId,
                    clock.GetUtcNow()
                );
                return lines;
            },
            commitId,
            cancellationToken
        );
        if (landed.Length > 0)
        {
            var old = landed.SelectMany(i => merged[i].Bin.Files).Select(f => before.Standing(f)!).ToArray();
            await uncommitted.EnsureThereAsync(before, old, [.. lines.Select(l => l.Add).OfType<AddAction>()]);
            var partitions = landed.Select(i => TablePartition.Of(merged[i].Bin.Files[0]));
            await table.MarkAsync(snapshot, partitions);
        }

        return (snapshot.Version, [.. landed.Select(i => merged[i])], triedCount);
    }

    private static List<DeltaLine> Lines(
        TableSnapshot newest,
        IReadOnlyList<(MergedFile File, string Path)> landed,
        IReadOnlyList<AddAction> marked,
        string runId,
        string commitId,
        DateTimeOffset now
    )
    {
        var timestamp = now.ToUnixTimeMilliseconds();
        var old = landed.SelectMany(l => l.File.Bin.Files).ToArray();
        var info = LakeTable.Info(Operation, commitId, runId, timestamp) with
        {
            OperationMetrics = new Dictionary<string, string>
            {
                ["numRemovedFiles"] = Text(old.Length),
                ["numAddedFiles"] = Text(landed.Count),
                ["numRemovedBytes"] = Text(old.Sum(f => f.Size)),
                ["numAddedBytes"] = Text(landed.Sum(l => l.File.File.Bytes)),
            },
        };
        return
        [
            new DeltaLine { CommitInfo = info },
            .. old.Select(f => new DeltaLine
            {
                Remove = new RemoveAction(f.Path, timestamp, false, true, f.PartitionValues, f.Size),
            }),
            .. landed.Select(l => new DeltaLine { Add = Add(newest, l.File, l.Path, timestamp) }),
            .. marked.Select(file => new DeltaLine { Add = file }),
        ];
    }

    private static AddAction Add(TableSnapshot newest, MergedFile merged, string path, long timestamp)
    {
        // The units' tags come from the newest version: a build may have changed them meanwhile.
        var slices = merged.Bin.Files.SelectMany(f => UnitSlice.Of(newest.Standing(f)!)).ToArray();
        return new AddAction(
            path,
            merged.Bin.Files[0].PartitionValues,
            merged.File.Bytes,
            timestamp,
            DataChange: false,
            merged.File.Stats,
            UnitSlice.TagsOf(slices, merged.File.Sha256, merged.Bin.Codec)
        );
    }

    private static AddAction Tried(AddAction standing, string codec) =>
        standing with
        {
            DataChange = false,
            Tags = new Dictionary<string, string>(standing.Tags!, StringComparer.Ordinal) { [DeltaTags.Codec] = codec },
        };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
