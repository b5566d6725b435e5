using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// The rules for the units of a commit, beside those for its declaration (<see cref="CommitRules"/>). Pure.
/// </summary>
internal static class UnitRules
{
    /// <summary>
    /// Fewer rows never replace more without a reason: refuses a unit that loses rows, days or columns and has none.
    /// </summary>
    public static void EnsureNoShrink(StagedCommit staged, CommitRequest request)
    {
        if (request.ShrinkReason is not null)
        {
            return;
        }

        foreach (var (unit, counts) in staged.Counts)
        {
            if (counts.Shrinks)
            {
                throw new TidemarkException(
                    ErrorKind.Schema,
                    "COMMIT_SHRINKS",
                    $"{staged.Definition.Id}: the unit {unit} would have {counts.DescribeLoss()}. "
                        + "The rows in the table are kept. If the smaller answer is right, commit it with a reason."
                );
            }
        }
    }

    /// <summary>
    /// Refuses units that somebody else changed since the version that was seen before their rows were asked for: these
    /// rows may be older than the standing ones.
    /// </summary>
    public static void EnsureNoConflict(StagedCommit staged, TableSnapshot now)
    {
        EnsureNoRivalAdoption(staged.Definition, staged.Counts.Keys, now);
        var changed = staged
            .Counts.Keys.Where(unit => now.HasChangedSince(staged.SeenBefore(unit), unit))
            .Union(staged.MovedScopes.Where(staged.Counts.ContainsKey), StringComparer.Ordinal)
            .Union(staged.Files.Where(f => HasOthers(staged, f, now)).Select(f => f.Unit), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (changed.Length > 0)
        {
            var more = changed.Length > 1 ? $" (and {changed.Length - 1} more)" : "";
            throw new CommitConflictException(
                $"{staged.Definition.Id}: the unit {changed[0]}{more} was changed by another writer (version {now.Version}) after these rows were asked for. "
                    + "The rows in the table are kept. Run again.",
                changed
            );
        }
    }

    /// <summary>
    /// Refuses rows with a column that another writer has adopted as another type after they were asked for.
    /// </summary>
    public static void EnsureNoRivalAdoption(TableDefinition definition, IEnumerable<string> units, TableSnapshot now)
    {
        if (CommitRules.HasRivalAdoption(definition, now))
        {
            throw new CommitConflictException(
                $"{definition.Id}: another writer (version {now.Version}) has adopted a column of these rows as another type. Run again.",
                [.. units]
            );
        }
    }

    /// <summary>
    /// Refuses a commit whose counts are no longer true: another one has changed files in the scope of a unit after
    /// the staging. The rows are as new as they were, and are to be staged once more.
    /// </summary>
    public static void EnsureSameBasis(StagedCommit staged, TableSnapshot now)
    {
        var moved = staged
            .Scopes.Where(s => staged.Counts.ContainsKey(s.Key))
            .Where(s => !ScopeCheck.HasSameFiles(s.Value, staged.Basis, now))
            .Select(s => s.Key)
            .ToArray();
        if (moved.Length > 0)
        {
            throw new BasisMovedException(
                $"{staged.Definition.Id}: rows of the unit {moved[0]} were changed by another writer (version {now.Version}) while they were staged. What stands is kept. Run again.",
                moved
            );
        }
    }

    // Whether another program appended to the partition after the unit was compared with it.
    private static bool HasOthers(StagedCommit staged, StagedFile file, TableSnapshot now) =>
        now.OthersBeside(file.Unit, file.Place.Partition).Any(f => !staged.Basis.Has(f));
}
