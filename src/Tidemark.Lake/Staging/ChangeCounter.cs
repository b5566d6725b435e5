using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>What staged units change in a version.</summary>
/// <param name="Counts">By unit.</param>
/// <param name="Kept">Where units that change have the same rows as before.</param>
/// <param name="TakenOver">Files that no unit wrote and whose rows count as a unit's from now on, by unit.</param>
internal sealed record StagedChanges(
    Dictionary<string, UnitCounts> Counts,
    HashSet<UnitPlace> Kept,
    Dictionary<string, IReadOnlyList<AddAction>> TakenOver
);

/// <summary>Compares staged units with what stands, one after the other.</summary>
/// <param name="standing">What stands.</param>
/// <param name="comparison">Asks the engine.</param>
/// <param name="staged">The staged rows of all units, as a FROM item; asked for only where something stands.</param>
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
        if (old.Count > 0)
        {
            (counts, var same) = comparison.Count(staged(), number, unit, old, cancellationToken);

            // A file that leaves with the commit may be the one in which the rows stood.
            var leaving = others.Select(o => o.File).Concat(unread.Select(s => s.File)).Select(TablePartition.Of);
            _changes.Kept.UnionWith(same.Except(leaving).Select(p => new UnitPlace(unit.Unit, p)));
        }

        _changes.Counts[unit.Unit] = counts with
        {
            UnreadFiles = unread.Count,
            UnreadRows = unread.Sum(s => s.Rows),
            TakenOverFiles = others.Length,
            OthersLost = others.Sum(o => o.Has.Rows - o.Has.Shared),
        };
    }

    // What another program wrote is left beside the unit, unless the unit brings all of it again, or it is what is left
    // of a unit that had the partition for itself: as much, and nobody's.
    private static bool IsUnits(StagedUnit unit, bool isNew, (long Rows, long Shared) file) =>
        file.Shared > 0 && (file.Shared == file.Rows || (isNew && !unit.HasOwnDays && file.Rows >= unit.Rows));
}
