using System.Globalization;
using Tidemark.Core.Errors;

namespace Tidemark.Lake.Tables;

/// <summary>Finds the versions of a table that still have all of their files.</summary>
internal static class WholeVersions
{
    /// <summary>
    /// The error for a request for a version whose files are gone; it names the oldest version that is still whole.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="version">The version.</param>
    /// <param name="gone">How many of its files are gone.</param>
    /// <param name="listing">The store's listing of the table.</param>
    /// <param name="done">What was to be done with it: <c>restored</c>, <c>read</c>.</param>
    /// <param name="cancellationToken">Stops the reading of the log.</param>
    public static async Task<TidemarkException> VacuumedAsync(
        LakeTable table,
        TableSnapshot version,
        int gone,
        TableListing listing,
        string done,
        CancellationToken cancellationToken
    )
    {
        var oldest = await OldestAsync(table, listing, cancellationToken);
        return new TidemarkException(
            ErrorKind.BadRequest,
            "VERSION_VACUUMED",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{table.Id}: version {version.Version} cannot be {done}: {gone} of its {version.Files.Count} files are gone from the store. "
            )
                + (
                    oldest is null
                        ? $"No version is whole: `tidemark verify --quick {table.Id}` names what is missing of the newest one, and how to repair it."
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"The oldest version that can be {done} is {oldest}."
                        )
                )
        );
    }

    private static async Task<long?> OldestAsync(
        LakeTable table,
        TableListing listing,
        CancellationToken cancellationToken
    )
    {
        var replay = await table.Log.ReplayAsync(cancellationToken);
        var state = replay.Oldest;
        if (state.Version >= 0 && listing.CountMissing(state.Files.Values) == 0)
        {
            return state.Version;
        }

        await foreach (var (version, lines) in replay.Entries)
        {
            state.Apply(version, lines);
            if (listing.CountMissing(state.Files.Values) == 0)
            {
                return version;
            }
        }

        return null;
    }
}
