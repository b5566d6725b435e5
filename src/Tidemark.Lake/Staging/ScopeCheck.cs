using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// Finds out whether somebody has changed rows over which a unit decides, after its own rows were asked for. Files say
/// it at first sight; where they differ, the rows of the scope are compared, because the rest of a day's file may have
/// changed for other parts.
/// </summary>
internal sealed class ScopeCheck(IObjectStore store, TableSnapshot current, Func<DuckDbConnection> connection)
{
    public async Task<bool> HasChangedAsync(RowScope scope, TableSnapshot seen, CancellationToken cancellationToken)
    {
        if (seen.Version == current.Version)
        {
            return false;
        }

        var (before, after) = (Slices(scope, seen), Slices(scope, current));
        var same = before.Select(Identity).Intersect(after.Select(Identity)).ToHashSet();
        before = [.. before.Where(s => !same.Contains(Identity(s)))];
        after = [.. after.Where(s => !same.Contains(Identity(s)))];
        if (before.Length + after.Length == 0)
        {
            return false;
        }

        try
        {
            using var held = await store.MakeReadableAsync(
                [
                    .. before
                        .Concat(after)
                        .DistinctBy(s => s.File.Path)
                        .Select(s => DataFiles.ObjectOf(current.Table, s.File)),
                ],
                cancellationToken
            );
            return Differs(scope, before, after, cancellationToken);
        }
        catch (Exception e)
            when (e is DuckDbException or TidemarkException { Code: "OBJECT_MISSING" or "OBJECT_DAMAGED" })
        {
            return true; // in doubt the rows are asked for again
        }
    }

    /// <summary>Whether two versions have the same files of other units in a scope, wherever these lie.</summary>
    public static bool HasSameFiles(RowScope scope, TableSnapshot left, TableSnapshot right) =>
        left.Version == right.Version
        || scope.OthersIn(left).Select(Identity).ToHashSet().SetEquals(scope.OthersIn(right).Select(Identity));

    private static UnitSlice[] Slices(RowScope scope, TableSnapshot snapshot) =>
        [.. scope.OthersIn(snapshot), .. snapshot.SlicesOf(scope.Unit.ToString())];

    private static (TablePartition, string, string) Identity(UnitSlice slice) =>
        (TablePartition.Of(slice.File), slice.Unit, slice.Content);

    private bool Differs(
        RowScope scope,
        IReadOnlyList<UnitSlice> before,
        IReadOnlyList<UnitSlice> after,
        CancellationToken cancellationToken
    )
    {
        var (old, now) = (Rows(scope, before), Rows(scope, after));
        using var result = connection()
            .Query(
                $"SELECT count(*) FROM (({old} EXCEPT ALL {now}) UNION ALL ({now} EXCEPT ALL {old}))",
                cancellationToken
            );
        return (long)result.Rows().Single()[0]! > 0;
    }

    private string Rows(RowScope scope, IReadOnlyList<UnitSlice> slices) =>
        $"SELECT * FROM {SliceSql.Source(current, slices, store)} WHERE {scope.Condition(current.Partitioning!)}";
}
