using System.Collections.Concurrent;
using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>A partition whose <c>manifest.json</c> or <c>_SUCCESS</c> does not match the log.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Path">The marker, relative to the table.</param>
/// <param name="What">What is wrong with it.</param>
/// <param name="IsLink">Whether it is a link; a repair does not replace links.</param>
internal sealed record MarkerFault(TablePartition Partition, string Path, string What, bool IsLink = false)
{
    public string Advice =>
        $"{(IsLink ? "Remove the link, then run" : "Run")} `tidemark doctor --repair`: it is made again from the log.";

    public VerifyFinding In(TableId table) => new(table.Prefix + Path, What, Advice);
}

/// <summary>Compares the markers of a table with its log, and writes those that do not match again.</summary>
internal static class MarkerCheck
{
    private const int Parallelism = 8;

    /// <param name="table">The table.</param>
    /// <param name="snapshot">Its newest version.</param>
    /// <param name="listing">Its objects.</param>
    /// <param name="reads">Whether to read the manifests; else only whether they are there.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<IReadOnlyList<MarkerFault>> FindAsync(
        LakeTable table,
        TableSnapshot snapshot,
        TableListing listing,
        bool reads,
        CancellationToken cancellationToken
    )
    {
        var files = snapshot.Files.Values.ToLookup(TablePartition.Of);
        var marked = listing
            .Objects.Keys.Where(p =>
                p.EndsWith(Manifest.FileName, StringComparison.Ordinal)
                || p.EndsWith(Manifest.SuccessFileName, StringComparison.Ordinal)
            )
            .Select(p => TablePartition.OfFolder(p[..(p.LastIndexOf('/') + 1)]))
            .OfType<TablePartition>();
        var faults = new ConcurrentBag<MarkerFault>();
        await Parallel.ForEachAsync(
            files.Select(g => g.Key).Concat(marked).Distinct(),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (partition, token) =>
            {
                if (
                    await FaultAsync(table, snapshot, listing, partition, [.. files[partition]], reads, token)
                        is { } fault
                    && OfLink(table, fault) is { } own
                )
                {
                    faults.Add(own);
                }
            }
        );
        return [.. faults.OrderBy(f => f.Path, StringComparer.Ordinal)];
    }

    /// <summary>Writes the markers of some partitions again, from the newest version; does not replace links.</summary>
    public static async Task RepairAsync(
        LakeTable table,
        IReadOnlyCollection<MarkerFault> faults,
        CancellationToken cancellationToken
    )
    {
        var newest = await table.SnapshotAsync(cancellationToken);
        await table.Markers.WriteAsync(
            newest,
            faults.Where(f => !f.IsLink).Select(f => f.Partition),
            cancellationToken
        );
    }

    // A listing shows neither a link nor what is behind it. When a partition's folder is a link, the damage of its
    // files says so.
    private static MarkerFault? OfLink(LakeTable table, MarkerFault fault)
    {
        var key = table.Id.Prefix + fault.Path;
        return (table.Store as ILinks)?.LinkTo(key) switch
        {
            null => fault,
            var link when link == key => fault with { What = "it is a symbolic link", IsLink = true },
            _ => null,
        };
    }

    private static async Task<MarkerFault?> FaultAsync(
        LakeTable table,
        TableSnapshot snapshot,
        TableListing listing,
        TablePartition partition,
        IReadOnlyList<AddAction> files,
        bool reads,
        CancellationToken cancellationToken
    )
    {
        var folder = partition.Folder;
        var path = folder + Manifest.FileName;
        var hasSuccess = listing.Objects.ContainsKey(folder + Manifest.SuccessFileName);
        Manifest? manifest = null;
        var isThere = listing.Objects.ContainsKey(path);
        if (isThere && reads)
        {
            try
            {
                if (await table.Store.GetAsync(table.Id.Prefix + path, cancellationToken) is { } json)
                {
                    manifest = Manifest.FromJson(json) ?? throw new JsonException();
                }
            }
            catch (Exception e)
                when (e is JsonException || (e is TidemarkException store && StorageErrors.IsOfTheDisk(store)))
            {
                return new MarkerFault(partition, path, "it cannot be read");
            }
        }

        if (manifest?.Version > snapshot.Version)
        {
            return null; // Somebody has committed since the log was read.
        }

        return (isThere, files.Count) switch
        {
            (false, 0) when !hasSuccess => null,
            (false, 0) => new MarkerFault(
                partition,
                folder + Manifest.SuccessFileName,
                "no live file is in its partition"
            ),
            (false, _) => new MarkerFault(partition, path, "it is missing"),
            (true, 0) => new MarkerFault(partition, path, "no live file is in its partition"),
            _ when manifest is not null && !SameFiles(manifest, partition, files) => new MarkerFault(
                partition,
                path,
                "its files are not those of the log"
            ),
            _ when hasSuccess != (files.Sum(FileChange.RowsOf) > 0) => new MarkerFault(
                partition,
                folder + Manifest.SuccessFileName,
                hasSuccess ? "it is there although the partition has no rows" : "it is missing"
            ),
            _ => null,
        };
    }

    private static bool SameFiles(Manifest manifest, TablePartition partition, IReadOnlyList<AddAction> files) =>
        manifest.Files is not null
        && (manifest.Days ?? []).SequenceEqual(PartitionMarkers.DaysOf(partition, files) ?? [])
        && manifest.RowCount == files.Sum(FileChange.RowsOf)
        && manifest
            .Files.Select(f => (f.Path, f.Rows, f.Bytes, f.Sha256))
            .ToHashSet()
            .SetEquals(files.Select(f => (f.Path, FileChange.RowsOf(f), f.Size, f.Sha256)));
}
