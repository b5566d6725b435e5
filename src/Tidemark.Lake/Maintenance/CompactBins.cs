using Tidemark.Core.Datasets;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Parquet;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>Files of one partition that will become one file, in the order of their rows.</summary>
internal sealed record CompactBin(string Folder, IReadOnlyList<AddAction> Files, string Codec)
{
    public long Bytes { get; } = Files.Sum(f => f.Size);
}

/// <summary>
/// Which files of a table are merged with which. Pure. Nothing is done twice: a file that a compaction wrote is merged
/// again only with a file that no compaction has seen, and compressed again only when it has become cold.
/// </summary>
internal static class CompactBins
{
    /// <param name="snapshot">The table.</param>
    /// <param name="options">What is small, and what is cold.</param>
    /// <param name="warm">The codec of merged files that are not cold.</param>
    /// <param name="now">The present moment.</param>
    public static IReadOnlyList<CompactBin> Of(
        TableSnapshot snapshot,
        CompactOptions options,
        ParquetCodec warm,
        DateTimeOffset now
    )
    {
        var bins = new List<CompactBin>();
        var today = DateOnly.FromDateTime(now.UtcDateTime);

        // Files without units are another program's; merging would lose what it keeps in their tags.
        var ours = snapshot.Files.Values.Where(f => UnitSlice.Of(f).Count > 0 && !IsGrowing(f, today));
        foreach (var folder in ours.GroupBy(FolderOf).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var cutoff = now.AddDays(-options.ColdAfterDays);
            var isCold = folder.All(f => IsOlder(f, cutoff));
            bins.AddRange(InFolder(folder.Key, [.. folder], isCold, options, warm.Word()));
        }

        return bins;
    }

    private static IEnumerable<CompactBin> InFolder(
        string folder,
        IReadOnlyList<AddAction> files,
        bool isCold,
        CompactOptions options,
        string warm
    )
    {
        if (isCold)
        {
            foreach (
                var file in files.Where(f => f.Size >= options.EnoughBytes && CodecOf(f) != ParquetCodecWords.Zstd)
            )
            {
                yield return new CompactBin(folder, [file], ParquetCodecWords.Zstd);
            }
        }

        // By unit, so that neighbouring days are neighbours in the file, and in a month of units by symbol each file
        // has a group of neighbouring symbols: its least and greatest value tell a reader of one to leave it alone.
        var small = files
            .Where(f => f.Size < options.EnoughBytes)
            .OrderBy(f => UnitSlice.Of(f)[0].Unit, StringComparer.Ordinal)
            .ThenBy(f => f.Path, StringComparer.Ordinal)
            .ToArray();
        foreach (var bin in Divide(small, options.MaxBytes))
        {
            var codec = isCold || bin.Any(f => CodecOf(f) == ParquetCodecWords.Zstd) ? ParquetCodecWords.Zstd : warm;
            var merges = bin.Count > 1 && bin.Any(f => CodecOf(f) is null);
            if (merges || (isCold && bin.Any(f => CodecOf(f) != ParquetCodecWords.Zstd)))
            {
                yield return new CompactBin(folder, bin, codec);
            }
        }
    }

    /// <summary>
    /// Divides into equal shares rather than full ones and a rest, and leaves no file alone when there are several: so
    /// all small files are merged the first time.
    /// </summary>
    private static List<List<AddAction>> Divide(AddAction[] files, long maxBytes)
    {
        var total = files.Sum(f => f.Size);
        var count = Math.Max(1, (total + maxBytes - 1) / maxBytes);
        var bins = new List<List<AddAction>>();
        var before = 0L;
        var last = -1L;
        foreach (var file in files)
        {
            var share = Math.Min(count - 1, (before + (file.Size / 2)) * count / Math.Max(1, total));
            before += file.Size;
            if (bins.Count == 0 || (share != last && bins[^1].Count > 1))
            {
                bins.Add([]);
                last = share;
            }

            bins[^1].Add(file);
        }

        if (bins is [.., var previous, [var alone]])
        {
            previous.Add(alone);
            bins.RemoveAt(bins.Count - 1);
        }

        return bins;
    }

    /// <summary>The folder as the log spells it, so that this works for every partitioning.</summary>
    private static string FolderOf(AddAction file) => file.Path[..(file.Path.LastIndexOf('/') + 1)];

    /// <summary>
    /// Whether a unit of the file goes on, and so does the folder: the next fetch replaces it as a whole, and would
    /// have to write again all that was merged with it.
    /// </summary>
    private static bool IsGrowing(AddAction file, DateOnly today) =>
        TablePartition.Of(file).Last is { } last
        && last > today
        && UnitSlice.Of(file).Any(s => UnitId.TryParse(s.Unit, out var unit) && unit.LastDay > today);

    private static string? CodecOf(AddAction file) => file.Tags?.GetValueOrDefault(DeltaTags.Codec);

    private static bool IsOlder(AddAction file, DateTimeOffset cutoff) =>
        TablePartition.Of(file).Last is { } last
            ? last < DateOnly.FromDateTime(cutoff.UtcDateTime)
            : DateTimeOffset.FromUnixTimeMilliseconds(file.ModificationTime) < cutoff;
}
