using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>Finds out which file an engine or a store could not read, and how to mend it.</summary>
public static class ReadFault
{
    /// <summary>Reads; when a file cannot be read, throws an error that names it.</summary>
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
    /// The message of an engine's or a store's error that may be about a file; null for other errors.
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
    /// <param name="read">The versions that were being read.</param>
    /// <param name="error">The message; it names the file.</param>
    /// <param name="cause">The error that has the message.</param>
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

    /// <summary>Whether a message names a file.</summary>
    internal static bool IsAbout(string message, AddAction file)
    {
        var path = DeltaPath.Decoded(file.Path);
        return message.Contains(path[(path.LastIndexOf('/') + 1)..], StringComparison.Ordinal);
    }
}
