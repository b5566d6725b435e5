using System.Security.Cryptography;
using System.Text;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Writes <c>manifest.json</c> and <c>_SUCCESS</c> of partitions from the log; removes them when a partition has no
/// file left.
/// </summary>
internal sealed class PartitionMarkers(IObjectStore store)
{
    private const int Parallelism = 8;

    /// <summary>
    /// Writes the markers of some partitions as of a version. Leaves those behind a link alone, because they may be
    /// another table's.
    /// </summary>
    public async Task WriteAsync(
        TableSnapshot snapshot,
        IEnumerable<TablePartition> partitions,
        CancellationToken cancellationToken
    )
    {
        var committedAt = snapshot.Commit?.CommittedAt ?? DateTimeOffset.UnixEpoch;
        var schemaHash = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(snapshot.Metadata!.SchemaString))
        );
        var files = snapshot.Files.Values.ToLookup(TablePartition.Of);
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Parallelism,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(
            partitions.Distinct(),
            options,
            async (partition, token) =>
            {
                var own = files[partition].OrderBy(f => f.Path, StringComparer.Ordinal).ToArray();
                var manifest = new Manifest(
                    snapshot.Table.ToString(),
                    partition.IsDay ? partition.Value : null,
                    snapshot.Version,
                    snapshot.Commit?.RunId,
                    [.. own.Select(ToManifestFile)],
                    own.Sum(f => DeltaStats.RowCount(f.Stats) ?? 0),
                    schemaHash,
                    committedAt,
                    snapshot.Commit?.Inputs ?? new Dictionary<string, long>()
                )
                {
                    Month = partition.IsMonth ? partition.Value : null,
                    Days = DaysOf(partition, own),
                };
                try
                {
                    await WriteOneAsync(snapshot.Table.Prefix + partition.Folder, manifest, token);
                }
                catch (TidemarkException e) when (e.Code == InnerLink.Code)
                {
                    // Reported above; the other partitions get theirs.
                }
            }
        );
    }

    /// <summary>The days of a month's files; null for other partitions.</summary>
    internal static IReadOnlyList<string>? DaysOf(TablePartition partition, IEnumerable<AddAction> files) =>
        partition.IsMonth
            ? [.. files.SelectMany(TablePartition.DaysOf).Distinct().Order().Select(d => d.ToIso())]
            : null;

    private async Task WriteOneAsync(string folder, Manifest manifest, CancellationToken cancellationToken)
    {
        if (manifest.Files.Count == 0)
        {
            // The partition does not exist in the table, which is not the same as an empty one. So it gets no markers.
            await store.DeleteAsync(folder + Manifest.SuccessFileName, cancellationToken);
            await store.DeleteAsync(folder + Manifest.FileName, cancellationToken);
            return;
        }

        await store.PutAsync(folder + Manifest.FileName, manifest.ToJson(), Durability.Rebuildable, cancellationToken);
        if (manifest.RowCount > 0)
        {
            await store.PutAsync(folder + Manifest.SuccessFileName, default, Durability.Rebuildable, cancellationToken);
        }
        else
        {
            await store.DeleteAsync(folder + Manifest.SuccessFileName, cancellationToken);
        }
    }

    private static ManifestFile ToManifestFile(AddAction file) =>
        new(file.Path, DeltaStats.RowCount(file.Stats) ?? 0, file.Size, file.Sha256);
}
