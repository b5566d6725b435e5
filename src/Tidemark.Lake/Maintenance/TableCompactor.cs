using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>
/// Merges small files of a partition and compresses cold ones better. Rows and their units stay the same; readers and
/// writers go on. A new file counts only after it was read back and found equal to the old ones. The old ones stay on
/// disk for older versions until they are vacuumed, so that a restore undoes a compaction. Files that would gain
/// nothing stay, and are not tried again. Thread-safe.
/// </summary>
public sealed class TableCompactor(DataLake lake, LakeEngine engine, TimeProvider clock, IIdSource ids)
{
    // The engine divides a large file among all cores by itself; it takes two small ones at a time to keep the cores
    // busy.
    private const long LargeBytes = 64L << 20;
    private const int SmallAtOnce = 2;
    private readonly FileRewriter _rewriter = new(engine);

    /// <summary>Compacts a table. When there is nothing to do, there is no new version.</summary>
    /// <param name="id">The table.</param>
    /// <param name="options">When and into what.</param>
    /// <param name="progress">Told after each new file.</param>
    /// <param name="cancellationToken">Stops between two statements of the engine; what is committed stays.</param>
    /// <exception cref="TidemarkException">
    /// The table is not there; or a new file does not hold what the old ones do (<c>COMPACT_MISMATCH</c>), and then its
    /// batch is not committed.
    /// </exception>
    public async Task<CompactedTable> CompactAsync(
        TableId id,
        CompactOptions options,
        IProgress<CompactProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var table = await lake.FindAsync(id, cancellationToken);
        var snapshot = await table.SnapshotAsync(cancellationToken);
        ProtocolRules.EnsureOurs(snapshot);
        // Files that are gone stay in the log, and do not keep others from being merged.
        var readable = await lake.ReadableAsync(snapshot, cancellationToken);
        var bins = CompactBins.Of(readable, options, engine.Codec, clock.GetUtcNow());
        var done = new CompactedTable(id.ToString(), 0, 0, 0, 0, 0, snapshot.Version);
        if (bins.Count == 0)
        {
            return done;
        }

        var runId = ids.NewId().ToString();
        var tally = new Tally(id, bins, progress);
        try
        {
            using var claim = lake.ClaimStaging(runId);
            foreach (var batch in Batches(bins, options.BatchBytes))
            {
                var merged = await RewriteAsync(snapshot, batch, runId, tally, cancellationToken);
                var commit = await CompactCommit.WriteAsync(
                    table,
                    lake.Store,
                    merged,
                    runId,
                    clock,
                    ids,
                    cancellationToken
                );
                done = done with
                {
                    Partitions = done.Partitions + commit.Landed.Select(m => m.Bin.Folder).Distinct().Count(),
                    FilesBefore = done.FilesBefore + commit.Landed.Sum(m => m.Bin.Files.Count),
                    FilesAfter = done.FilesAfter + commit.Landed.Count,
                    BytesBefore = done.BytesBefore + commit.Landed.Sum(m => m.Bin.Bytes),
                    BytesAfter = done.BytesAfter + commit.Landed.Sum(m => m.File.Bytes),
                    Version = commit.Version,
                    FilesTried = done.FilesTried + commit.Tried,
                };
            }
        }
        finally
        {
            lake.Staging.Sweep(runId);
        }

        return done;
    }

    /// <summary>Divides bins into batches; a partition is in one batch, so that it changes once.</summary>
    private static IEnumerable<IReadOnlyList<CompactBin>> Batches(IReadOnlyList<CompactBin> bins, long maxBytes)
    {
        var batch = new List<CompactBin>();
        var bytes = 0L;
        foreach (var folder in bins.GroupBy(b => b.Folder))
        {
            var size = folder.Sum(b => b.Bytes);
            if (batch.Count > 0 && bytes + size > maxBytes)
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }

            batch.AddRange(folder);
            bytes += size;
        }

        yield return batch;
    }

    private async Task<IReadOnlyList<MergedFile>> RewriteAsync(
        TableSnapshot snapshot,
        IReadOnlyList<CompactBin> bins,
        string runId,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        var folder = lake.Staging.Folder(runId);
        var merged = new MergedFile[bins.Count];
        foreach (var atOnce in new[] { 1, SmallAtOnce })
        {
            var numbers = Enumerable.Range(0, bins.Count).Where(i => bins[i].Bytes >= LargeBytes == (atOnce == 1));
            var options = new ParallelOptions
            {
                MaxDegreeOfParallelism = atOnce,
                CancellationToken = cancellationToken,
            };
            await Parallel.ForEachAsync(
                numbers,
                options,
                async (i, token) =>
                {
                    var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"merged_{i}.parquet"));
                    var rewritten = await ReadFault.GuardAsync(
                        lake,
                        [snapshot],
                        () => RewriteAsync(snapshot, bins[i], path, token),
                        token
                    );
                    merged[i] = new MergedFile(bins[i], rewritten);
                    tally.Add(bins[i]);
                }
            );
        }

        return merged;
    }

    private async Task<RewrittenFile> RewriteAsync(
        TableSnapshot snapshot,
        CompactBin bin,
        string path,
        CancellationToken cancellationToken
    )
    {
        using var held = await lake.Store.MakeReadableAsync(
            [.. bin.Files.Select(f => DataFiles.ObjectOf(snapshot.Table, f))],
            cancellationToken
        );
        var rows = FileRows.Of(snapshot.Table, [.. bin.Files.Select(UnitSlice.Of)], lake.Store);
        return await _rewriter.WriteAsync(snapshot, rows, bin.Codec, path, cancellationToken);
    }

    /// <summary>Counts what is done. Thread-safe.</summary>
    private sealed class Tally(TableId table, IReadOnlyList<CompactBin> bins, IProgress<CompactProgress>? progress)
    {
        private readonly Lock _gate = new();
        private readonly int _filesTotal = bins.Sum(b => b.Files.Count);
        private readonly long _bytesTotal = bins.Sum(b => b.Bytes);
        private int _files;
        private long _bytes;

        public void Add(CompactBin bin)
        {
            lock (_gate)
            {
                _files += bin.Files.Count;
                _bytes += bin.Bytes;
                progress?.Report(new CompactProgress(table.ToString(), _files, _filesTotal, _bytes, _bytesTotal));
            }
        }
    }
}
