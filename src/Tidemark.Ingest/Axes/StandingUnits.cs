using Tidemark.Core.Datasets;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Axes;

/// <summary>The units of one axis of a dataset that a table has, in their order. Immutable.</summary>
internal sealed class StandingUnits
{
    private readonly TableSnapshot _snapshot;
    private readonly UnitId[] _units;
    private readonly long[] _rows;
    private readonly HashSet<UnitId> _lost;
    private readonly Lazy<Dictionary<UnitPeriod, long>> _rowsOfPeriods;

    public StandingUnits(DatasetDefinition dataset, TableSnapshot snapshot)
    {
        _snapshot = snapshot;
        var isByRange = dataset.Per == PeriodKind.Range;
        _units = [.. Of(dataset, snapshot.Units).Where(IsOfAxis).Order()];
        _rows = [.. _units.Select(u => snapshot.RowsOf(u.ToString()))];
        _lost = [.. Of(dataset, snapshot.Lost.SelectMany(l => l.Units)).Where(u => isByRange || IsOfAxis(u))];
        _rowsOfPeriods = new Lazy<Dictionary<UnitPeriod, long>>(SumPeriods);

        bool IsOfAxis(UnitId unit) => unit.Period.Kind == PeriodKind.Range == isByRange;
    }

    /// <summary>The table.</summary>
    public TableSnapshot Snapshot => _snapshot;

    /// <summary>The canaries that its days owe; none where only the rows are counted.</summary>
    public OwedCanaries Canaries { get; init; } = OwedCanaries.None;

    /// <summary>All of them, in their order.</summary>
    public IReadOnlyList<UnitId> All => _units;

    /// <summary>The rows of all of them, in the same order.</summary>
    public IReadOnlyList<long> Rows => _rows;

    /// <summary>
    /// Units with rows in files that are gone or damaged; of an axis by range also days of the whole market.
    /// </summary>
    public IReadOnlySet<UnitId> Lost => _lost;

    /// <summary>Units that are in the table or were lost from it.</summary>
    public IEnumerable<UnitId> Ever => _units.Concat(_lost).Distinct();

    /// <summary>Whether the table has a unit, with all of its rows.</summary>
    public bool Has(UnitId unit) => IndexOf(unit) >= 0 && !_lost.Contains(unit);

    /// <summary>The position of a unit in <see cref="All"/>; negative when it is not there.</summary>
    public int IndexOf(UnitId unit) => Array.BinarySearch(_units, unit);

    public long RowsOf(UnitId unit) => IndexOf(unit) is var index and >= 0 ? _rows[index] : 0;

    /// <summary>How far a unit was asked for.</summary>
    public UnitReceipt ReceiptOf(UnitId unit) => IndexOf(unit) < 0 ? UnitReceipt.None : UnitReceipt.Of(unit, _snapshot);

    /// <summary>The rows of all parts of a period.</summary>
    public long RowsOf(UnitPeriod period) => _rowsOfPeriods.Value.GetValueOrDefault(period);

    /// <summary>The rows of the newest unit with rows of the same part before a unit; 0 when there is none.</summary>
    public long RowsBefore(UnitId unit)
    {
        for (var i = IndexOf(unit) - 1; i >= 0; i--)
        {
            if (_units[i].Part == unit.Part && _rows[i] > 0)
            {
                return _rows[i];
            }
        }

        return 0;
    }

    /// <summary>The newest unit of a part; null when there is none.</summary>
    /// <param name="part">The part; null for units without one.</param>
    /// <param name="hasRows">Whether units without rows are passed over.</param>
    public UnitId? Newest(string? part, bool hasRows = false)
    {
        for (var i = _units.Length - 1; i >= 0; i--)
        {
            if (_units[i].Part == part && (!hasRows || _rows[i] > 0))
            {
                return _units[i];
            }
        }

        return null;
    }

    private Dictionary<UnitPeriod, long> SumPeriods()
    {
        var sums = new Dictionary<UnitPeriod, long>();
        for (var i = 0; i < _units.Length; i++)
        {
            sums[_units[i].Period] = sums.GetValueOrDefault(_units[i].Period) + _rows[i];
        }

        return sums;
    }

    private static IEnumerable<UnitId> Of(DatasetDefinition dataset, IEnumerable<string> units)
    {
        foreach (var text in units)
        {
            if (UnitId.TryParse(text, out var unit) && unit.Dataset == dataset.Id)
            {
                yield return unit;
            }
        }
    }
}
