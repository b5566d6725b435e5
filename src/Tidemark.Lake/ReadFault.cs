using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>Finds out which file it was that an engine or a store could not read, and what mends it.</summary>
public static class ReadFault
{
    /// <summary>Reads, and says in the words of the lake which file it was when that fails for a file.</summary>
    internal static async Task<T> GuardAsync<T>(
        DataLake lake,
        IReadOnlyCollection<TableSnapshot> read,
        Func<Task<T>> action,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await action();
        }
        catch (Exception e) when (MessageOf(e) is { } message)
        {
            if (await OfAsync(lake, read, message, e, cancellationToken) is { } why)
            {
                throw why;
            }

            throw;
        }
    }

    /// <summary>
    /// What an engine or a store said, where that may be about a file; null for what is about something else.
    /// </summary>
    public static string? MessageOf(Exception error) =>
        error switch
        {
            DuckDbException engine => engine.EngineMessage,
            TidemarkException
            {
                Code: "TABLE_UNREADABLE"
                    or InnerLink.Code
                    or "OBJECT_MISSING"
                    or "OBJECT_DAMAGED"
                    or StorageErrors.FailedCode
                    or StorageErrors.ReadOnlyCode
            } store => store.Message,
            _ => null,
        };

    /// <param name="lake">The lake.</param>
    /// <param name="read">What was being read.</param>
    /// <param name="error">What was said; it names the file.</param>
    /// <param name="cause">The error that said it.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>
    /// <c>OBJECT_MISSING</c> or <c>OBJECT_DAMAGED</c> of a live file, <c>OBJECT_IS_LINK</c> of any;
    /// <c>VERSION_VACUUMED</c> for one that only an older version has; null when it is none of these files, or the file
    /// is what it should be.
    /// </returns>
    public static async Task<TidemarkException?> OfAsync(
        DataLake lake,
        IEnumerable<TableSnapshot> read,
        string error,
        Exception? cause,
        CancellationToken cancellationToken
    )
    {
        foreach (var snapshot in read)
        {
            if (
                snapshot.Files.Values.FirstOrDefault(f => IsAbout(error, f)) is not { } file
                || await FileCheck.ReadAsync(lake.Store, snapshot.Table, [file], cancellationToken) is not [var damaged]
            )
            {
                continue;
            }

            var table = lake.Table(snapshot.Table);
            if (damaged.Link is not null || (await table.SnapshotAsync(cancellationToken)).Has(file))
            {
                return damaged.ToException(cause);
            }

            var listing = await TableListing.ReadAsync(table, cancellationToken);
            var gone = listing.CountMissing(snapshot.Files.Values);
            return await WholeVersions.VacuumedAsync(
                table,
                snapshot,
                Math.Max(1, gone),
                listing,
                "read",
                cancellationToken
            );
        }

        return null;
    }

    /// <summary>Whether what was said names a file.</summary>
    internal static bool IsAbout(string message, AddAction file)
    {
        var path = DeltaPath.Decoded(file.Path);
        return message.Contains(path[(path.LastIndexOf('/') + 1)..], StringComparison.Ordinal);
    }
}
