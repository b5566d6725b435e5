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

    private static readonly Comparison<PlannedUnit> s_newestFirst = (left, right) =>
        right.Through.CompareTo(left.Through) is var order and not 0 ? order : left.Id.CompareTo(right.Id);

    private static readonly Comparison<PlannedUnit> s_oldestFirst = (left, right) =>
        left.Id.Day.CompareTo(right.Id.Day) is var order and not 0 ? order : left.Id.CompareTo(right.Id);

    /// <summary>The units in their order.</summary>
    public static IReadOnlyList<PlannedUnit> Of(IReadOnlyCollection<PlannedUnit> planned)
    {
        var present = new List<PlannedUnit>();
        var recent = new SortedDictionary<string, List<PlannedUnit>>(StringComparer.Ordinal);
        var history = new SortedDictionary<string, List<PlannedUnit>>(StringComparer.Ordinal);
        foreach (var unit in planned)
        {
            var group = unit.Urgency switch
            {
                Urgency.PresentOnly => present,
                Urgency.Recent => ListOf(recent, unit),
                _ => ListOf(history, unit),
            };
            group.Add(unit);
        }

        Sort(present, s_oldestFirst);
        var turnOfDay = TurnsOfDays(recent.Values);
        var order = new Turns(planned.Count);
        order.AddAll(present);
        foreach (var dataset in recent.Keys.Union(history.Keys).Order(StringComparer.Ordinal))
        {
            order.Add(
                Sort(recent.GetValueOrDefault(dataset) ?? [], s_newestFirst),
                Sort(history.GetValueOrDefault(dataset) ?? [], s_oldestFirst),
                turnOfDay
            );
        }

        return order.ToUnits();
    }

    private static List<PlannedUnit> ListOf(SortedDictionary<string, List<PlannedUnit>> lists, PlannedUnit unit)
    {
        if (!lists.TryGetValue(unit.Dataset.Id, out var list))
        {
            lists[unit.Dataset.Id] = list = [];
        }

        return list;
    }

    // Most come in their order, and there may be a million.
    private static List<PlannedUnit> Sort(List<PlannedUnit> units, Comparison<PlannedUnit> order)
    {
        for (var i = 1; i < units.Count; i++)
        {
            if (order(units[i - 1], units[i]) > 0)
            {
                units.Sort(order);
                break;
            }
        }

        return units;
    }

    private static Dictionary<DateOnly, int> TurnsOfDays(IEnumerable<List<PlannedUnit>> recent)
    {
        var days = new SortedSet<DateOnly>();
        foreach (var units in recent)
        {
            foreach (var unit in units)
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

    /// <summary>Units with their turns: units of one turn stay in the order in which they were added.</summary>
    private sealed class Turns(int count)
    {
        private readonly PlannedUnit[] _units = new PlannedUnit[count];
        private readonly ulong[] _keys = new ulong[count];
        private int _count;

        public void AddAll(List<PlannedUnit> present)
        {
            foreach (var unit in present)
            {
                Add(unit, Urgency.PresentOnly, 0);
            }
        }

        public void Add(List<PlannedUnit> recent, List<PlannedUnit> history, Dictionary<DateOnly, int> turnOfDay)
        {
            var (turn, later) = (0, 0);
            foreach (var unit in recent)
            {
                turn = Math.Max(turn, turnOfDay[unit.Through]);
                if (turn < PlanRequest.RecentTradingDays)
                {
                    Add(unit, Urgency.Recent, turn++);
                }
                else
                {
                    Add(unit, Urgency.History, later++);
                }
            }

            foreach (var unit in history)
            {
                Add(unit, Urgency.History, later++);
            }
        }

        public IReadOnlyList<PlannedUnit> ToUnits()
        {
            Array.Sort(_keys, _units);
            return _units;
        }

        private void Add(PlannedUnit unit, Urgency urgency, int turn)
        {
            _units[_count] = unit;
            _keys[_count] = ((ulong)urgency << (2 * TurnBits)) | ((ulong)turn << TurnBits) | (uint)_count;
            _count++;
        }
    }
}
