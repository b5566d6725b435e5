using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>Removes the part of a log that nobody needs any more.</summary>
internal static class LogCleaner
{
    /// <summary>
    /// Removes what comes before the newest checkpoint at or before the version of the moment
    /// <paramref name="before"/>: every version since then is read from that checkpoint. The checkpoint and its own
    /// entry stay. Removal starts with the oldest object, and <see cref="TableLog"/> relies on that.
    /// </summary>
    /// <returns>How many objects were removed.</returns>
    public static async Task<int> CleanAsync(
        LogReader reader,
        IObjectStore store,
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        var files = await reader.ListAsync(cancellationToken);

        // Find the version at that moment. Clocks differ, so the search ends at the first younger entry.
        var old = files.Entries.TakeWhile(e => e.Modified < before).ToArray();
        if (old.Length == 0)
        {
            return 0;
        }

        var standing = LogFiles.VersionOf(old[^1]);
        foreach (var checkpoint in files.Checkpoints.Where(c => c.Version <= standing))
        {
            var doomed = files
                .Entries.Concat(files.CheckpointFiles)
                .Where(f => LogFiles.VersionOf(f) < checkpoint.Version)
                .OrderBy(f => f.Key, StringComparer.Ordinal)
                .ToArray();
            if (doomed.Length == 0)
            {
                return 0;
            }

            try
            {
                // Read the checkpoint first: everything after it depends on it.
                await reader.ReadAsync(checkpoint, cancellationToken);
            }
            catch (TidemarkException e) when (e.Code == "LOG_CORRUPT")
            {
                continue; // an older one may do
            }

            foreach (var file in doomed)
            {
                await store.DeleteAsync(file.Key, cancellationToken);
            }

            return doomed.Length;
        }

        return 0;
    }
}
