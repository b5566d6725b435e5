using Tidemark.Control.Runs;
using Tidemark.Lake;
using Tidemark.Lake.Storage;

namespace Tidemark.Operations.Tables;

/// <summary>
/// The report of a lake that is empty although it was written to: its disk is not mounted, or the workspace names
/// another place.
/// </summary>
internal static class EmptyLake
{
    public const string ErrorCode = "LAKE_EMPTY";

    /// <param name="store">Where the lake should be.</param>
    /// <param name="tables">How many tables are known to have existed.</param>
    /// <param name="committed">The days that runs committed and that would have to be fetched again.</param>
    public static LeftOut Of(IObjectStore store, int tables, IReadOnlyList<CommittedDays> committed)
    {
        var place = store.IsRemote ? "The lake's bucket" : $"The lake's folder {store.ReadablePath("")}";
        var first = committed.Min(c => c.First);
        var last = committed.Max(c => c.Last);
        var again =
            first is { } from && last is { } to
                ? $"`tidemark backfill --from {from:yyyy-MM-dd} --to {to:yyyy-MM-dd}` fetches its days again"
                : "`tidemark run` fetches it again";
        return new LeftOut(
            "the lake",
            ErrorCode,
            $"{place} is empty or does not exist, although {tables} tables were written to it. If its disk is not mounted, mount it; if the lake is elsewhere, correct 'lake' in tidemark.yaml. "
                + $"Only if all of it is lost and there is no backup: {again}.",
            IsTable: false
        );
    }
}
