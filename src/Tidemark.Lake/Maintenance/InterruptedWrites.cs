using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>
/// Writes of ours that were killed. A file in another program's table is never ours, whatever its name.
/// </summary>
internal static class InterruptedWrites
{
    /// <summary>The interrupted writes that began before a moment; empty for a store that leaves none.</summary>
    public static async Task<IReadOnlyList<StoredObject>> OlderThanAsync(
        DataLake lake,
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        if (lake.Store is not IInterruptedWrites store)
        {
            return [];
        }

        var found = await store.InterruptedWritesAsync(cancellationToken);
        var leftOut =
            found.Count == 0
                ? []
                : (await lake.SurveyAsync(cancellationToken))
                    .LeftOut.Select(l => l.Name)
                    .ToHashSet(StringComparer.Ordinal);
        var ours = new List<StoredObject>();
        foreach (var folder in found.Where(f => f.Modified < before).GroupBy(f => FolderOf(f.Key)))
        {
            if (
                !leftOut.Contains($"{folder.Key.Layer}.{folder.Key.Name}")
                && await IsOursAsync(lake, folder.Key, cancellationToken)
            )
            {
                ours.AddRange(folder);
            }
        }

        return ours;
    }

    /// <summary>The first two parts of a key, layer and name, when they are a table's.</summary>
    private static (string Layer, string Name) FolderOf(string key) =>
        key.Split('/', 3) is [var layer, var name, _] && TableLayers.All.Contains(layer) ? (layer, name) : default;

    private static async Task<bool> IsOursAsync(
        DataLake lake,
        (string Layer, string Name) folder,
        CancellationToken cancellationToken
    )
    {
        if (folder.Layer is null)
        {
            return true; // raw payloads, and whatever else of ours lies in the lake
        }

        try
        {
            // A table without a version is one whose first commit was killed.
            var snapshot = await lake.Table(new TableId(folder.Layer, folder.Name)).SnapshotAsync(cancellationToken);
            return !snapshot.Exists || snapshot.IsOurs;
        }
        catch (TidemarkException)
        {
            return false; // it cannot be told whose it is
        }
    }
}
