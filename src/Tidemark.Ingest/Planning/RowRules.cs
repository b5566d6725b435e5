using System.Globalization;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// Judges committed units of one dataset by their rows alone: for days that no check has judged. What is said is a suspicion, enough to ask
/// the vendor again.
/// </summary>
internal sealed class RowRules
{
    /// <summary>What is usual is the median of this many days before.</summary>
    private const int DaysLookedBackOn = 20;

    /// <summary>With fewer days before, nothing is usual yet.</summary>
    private const int DaysNeeded = 5;

    private readonly DatasetDefinition _dataset;
    private readonly DateOnly[] _days;
    private readonly long[] _rows;

    public RowRules(DatasetDefinition dataset, TableSnapshot snapshot)
    {
        _dataset = dataset;
        var units = new SortedDictionary<DateOnly, long>();
        foreach (var text in snapshot.Units)
        {
            if (UnitId.TryParse(text, out var unit) && unit.Dataset == dataset.Id)
            {
                units[unit.Day] = snapshot.RowsOf(text);
            }
        }

        _days = [.. units.Keys];
        _rows = [.. units.Values];
    }

    /// <summary>What is suspicious about a committed unit, in words; null when nothing is.</summary>
    public string? ProblemOf(DateOnly day)
    {
        var index = Array.BinarySearch(_days, day);
        if (index < 0 || _dataset.EmptyIsOrdinary)
        {
            return null;
        }

        var rows = _rows[index];
        if (rows == 0)
        {
            return "the vendor had no row";
        }

        // A round number of rows is no suspicion: whoever fetched them asked for what follows (see the client's Paging), and nothing did.
        // A list grows and shrinks by its own rule (LIST_SHRINKS), when it is fetched.
        return _dataset.Grain == UnitGrain.TradingDay && UsualBefore(index) is { } usual && rows * 2 < usual
            ? Text($"{rows} rows came where {usual} are usual")
            : null;
    }

    private long? UsualBefore(int index)
    {
        var before = new List<long>(DaysLookedBackOn);
        for (var i = index - 1; i >= 0 && before.Count < DaysLookedBackOn; i--)
        {
            if (_rows[i] > 0)
            {
                before.Add(_rows[i]);
            }
        }

        if (before.Count < DaysNeeded)
        {
            return null;
        }

        before.Sort();
        return before[before.Count / 2];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
