using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>What staged units change in a version.</summary>
/// <param name="Counts">The counts by unit.</param>
/// <param name="Kept">The places where a changed unit has the same rows as before.</param>
/// <param name="TakenOver">Files that no unit wrote and that belong to a unit from now on, by unit.</param>
internal sealed record StagedChanges(
    Dictionary<string, UnitCounts> Counts,
    HashSet<UnitPlace> Kept,
    Dictionary<string, IReadOnlyList<AddAction>> TakenOver
);

/// <summary>Compares staged units with their standing rows, one unit after the other.</summary>
/// <param name="standing">The standing rows.</param>
/// <param name="comparison">Asks the engine.</param>
/// <param name="staged">
/// The staged rows of all units as a FROM item; called only for units that have standing rows.
/// </param>
internal sealed class ChangeCounter(StandingRows standing, UnitComparison comparison, Func<string> staged)
{
    private readonly StagedChanges _changes = new(
        new Dictionary<string, UnitCounts>(StringComparer.Ordinal),
        [],
        new Dictionary<string, IReadOnlyList<AddAction>>(StringComparer.Ordinal)
    );

    public StagedChanges Count(IReadOnlyList<StagedUnit> units, CancellationToken cancellationToken)
    {
        for (var i = 0; i < units.Count; i++)
        {
            Count(i, units[i], cancellationToken);
        }

        return _changes;
    }

    private void Count(int number, StagedUnit unit, CancellationToken cancellationToken)
    {
        var (old, unread) = standing.SlicesOf(unit.Unit);
        var (within, lost) = standing.OthersWithin(unit);
        var isNew = old.Count == 0 && unread.Count == 0;
        var others = unit
            .Partitions.SelectMany(p => standing.OthersBeside(unit, p))
            .Select(file => (File: file, Has: comparison.Overlap(staged(), number, unit, file, cancellationToken)))
            .Where(o => IsUnits(unit, isNew, o.Has))
            .ToArray();
        if (others.Length > 0)
        {
            _changes.TakenOver[unit.Unit] = [.. others.Select(o => o.File)];
            old = [.. old, .. others.Select(o => UnitSlice.TakenOver(unit.Unit, o.File))];
        }

        var counts = new UnitCounts(unit.Rows, 0, 0, 0);
        if (old.Count + within.Count > 0)
        {
            (counts, var same) = comparison.Count(staged(), number, unit, old, within, cancellationToken);

            // Unchanged rows may be in a file that leaves with the commit; then they have to be written again.
            var leaving = others.Select(o => o.File).Concat(unread.Select(s => s.File)).Select(TablePartition.Of);
            _changes.Kept.UnionWith(same.Except(leaving).Select(p => new UnitPlace(unit.Unit, p)));
        }

        _changes.Counts[unit.Unit] = counts with
        {
            UnreadFiles = unread.Count + lost.Count,
            UnreadRows = unread.Concat(lost).Sum(s => s.Rows),
            TakenOverFiles = others.Length,
            OthersLost = others.Sum(o => o.Has.Rows - o.Has.Shared),
        };
    }

    // A file of another program stays beside the unit, with two exceptions: the unit brings all of its rows again; or
    // the file is the rest of a unit that had the partition for itself, with at least as many rows and no tags.
    private static bool IsUnits(StagedUnit unit, bool isNew, (long Rows, long Shared) file) =>
        file.Shared > 0 && (file.Shared == file.Rows || (isNew && !unit.HasOwnDays && file.Rows >= unit.Rows));
}
