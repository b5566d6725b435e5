using System.Security.Cryptography;
using System.Text;
using Tidemark.Core;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>Writes <c>manifest.json</c> and <c>_SUCCESS</c> of partitions, from the log; removes them where no file is left.</summary>
internal sealed class PartitionMarkers(IObjectStore store)
{
    private const int Parallelism = 8;

    /// <summary>Writes the markers of some partitions as of a version.</summary>
    public async Task WriteAsync(
        TableSnapshot snapshot,
        IEnumerable<DateOnly?> partitions,
        CancellationToken cancellationToken
    )
    {
        var committedAt = DateTimeOffset.FromUnixTimeMilliseconds(snapshot.Commit?.Timestamp ?? 0);
        var schemaHash = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(snapshot.Metadata!.SchemaString))
        );
        var filesByDay = snapshot.Files.Values.ToLookup(TableSnapshot.PartitionOf);
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Parallelism,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(
            partitions.Distinct(),
            options,
            async (day, token) =>
            {
                var files = filesByDay[day]
                    .OrderBy(f => f.Path, StringComparer.Ordinal)
                    .Select(ToManifestFile)
                    .ToArray();
                var manifest = new Manifest(
                    snapshot.Table.ToString(),
                    day?.ToIso(),
                    snapshot.Version,
                    snapshot.Commit?.RunId,
                    files,
                    files.Sum(f => f.Rows),
                    schemaHash,
                    committedAt,
                    snapshot.Commit?.Inputs ?? new Dictionary<string, long>()
                );
                await WriteOneAsync(snapshot.Table, day, manifest, token);
            }
        );
    }

    internal static string FolderOf(TableId table, DateOnly? day) =>
        day is null ? table.Prefix : $"{table.Prefix}{TableDefinition.PartitionColumn}={day.Value.ToIso()}/";

    private async Task WriteOneAsync(
        TableId table,
        DateOnly? day,
        Manifest manifest,
        CancellationToken cancellationToken
    )
    {
        var folder = FolderOf(table, day);
        if (manifest.Files.Count == 0)
        {
            // Not an empty day but no day at all: the table says nothing of it, and neither do the markers.
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
