namespace Tidemark.Ingest.Planning;

/// <summary>
/// In which order the units of all datasets of a plan are worked on: what cannot be had later, then the recent days,
/// newest first, then history, oldest first. The datasets take turns, so that none waits for another's units: one that
/// has thousands a day (one for each symbol) takes no more turns than one that has one. Pure.
/// </summary>
/// <remarks>
/// A turn has at most one unit of a dataset, in the dataset's own order. A recent unit does not go before the turn of
/// its day, which is counted from the newest day of the plan: the newest day comes first in all datasets. A dataset
/// whose recent units need more turns than there are recent days goes on with them beside the history of the others.
/// </remarks>
internal static class UnitOrder
{
    private const int TurnBits = 31;

    /// <summary>The units in their order.</summary>
    public static IReadOnlyList<PlannedUnit> Of(IEnumerable<PlannedUnit> planned)
    {
        PlannedUnit[] units = [.. planned];
        Array.Sort(units, WithinDatasets);
        var turns = new ulong[units.Length];
        var turnOfDay = TurnsOfDays(units);
        for (var i = 0; i < units.Length; )
        {
            i = units[i].Urgency == Urgency.PresentOnly ? AddPresent(turns, i) : AddDataset(units, i, turnOfDay, turns);
        }

        Array.Sort(turns, units);
        return units;
    }

    private static int AddPresent(ulong[] turns, int at)
    {
        turns[at] = Turn(Urgency.PresentOnly, 0, at);
        return at + 1;
    }

    /// <summary>Gives turns to the units of one dataset, which follow each other; returns where they end.</summary>
    private static int AddDataset(PlannedUnit[] units, int from, Dictionary<DateOnly, int> turnOfDay, ulong[] turns)
    {
        var dataset = units[from].Dataset.Id;
        var (recent, history) = (0, 0);
        var i = from;
        for (; i < units.Length && units[i].Dataset.Id == dataset; i++)
        {
            var turn =
                units[i].Urgency == Urgency.Recent ? Math.Max(recent, turnOfDay[units[i].Through]) : int.MaxValue;
            if (turn < PlanRequest.RecentTradingDays)
            {
                turns[i] = Turn(Urgency.Recent, turn, i);
                recent = turn + 1;
            }
            else
            {
                turns[i] = Turn(Urgency.History, history++, i);
            }
        }

        return i;
    }

    private static Dictionary<DateOnly, int> TurnsOfDays(PlannedUnit[] units)
    {
        var days = new SortedSet<DateOnly>();
        foreach (var unit in units)
        {
            if (unit.Urgency == Urgency.Recent)
            {
                days.Add(unit.Through);
            }
        }

        var turns = new Dictionary<DateOnly, int>(days.Count);
        foreach (var day in days.Reverse())
        {
            turns[day] = turns.Count;
        }

        return turns;
    }

    // Units of one turn stay in the order of their datasets.
    private static ulong Turn(Urgency urgency, int turn, int position) =>
        ((ulong)urgency << (2 * TurnBits)) | ((ulong)turn << TurnBits) | (uint)position;

    private static int WithinDatasets(PlannedUnit left, PlannedUnit right)
    {
        var isPresent = left.Urgency == Urgency.PresentOnly;
        if (isPresent != (right.Urgency == Urgency.PresentOnly))
        {
            return isPresent ? -1 : 1;
        }

        var order = string.CompareOrdinal(left.Dataset.Id, right.Dataset.Id);
        order = order != 0 ? order : left.Urgency.CompareTo(right.Urgency);
        order =
            order != 0 ? order
            : left.Urgency == Urgency.Recent ? right.Through.CompareTo(left.Through)
            : left.Id.Day.CompareTo(right.Id.Day);
        return order != 0 ? order : left.Id.CompareTo(right.Id);
    }
}
