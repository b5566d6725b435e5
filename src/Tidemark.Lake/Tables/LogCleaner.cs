using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>Removes the part of a log that is of no more use.</summary>
internal static class LogCleaner
{
    /// <summary>
    /// Removes what comes before the newest checkpoint that is no younger than the version of the moment
    /// <paramref name="before"/>: every version since then is read from that checkpoint on. The checkpoint and its own
    /// entry stay; removal goes from the oldest on, which <see cref="TableLog"/> relies upon.
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

        // The version that stood at that moment; clocks differ, so the first younger entry ends the search.
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
                // What everything after it will stand on has to hold.
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
