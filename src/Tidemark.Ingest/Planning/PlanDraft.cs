using Tidemark.Control.Runs;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// Collects the units of one plan, dataset after dataset. A unit that is in the lake is done when it is whole: as the checks say that judge its
/// day, else as its rows look.
/// </summary>
internal sealed class PlanDraft(
    PlanRequest request,
    DayVerdicts verdicts,
    IReadOnlyDictionary<string, UnitAttempt> attempts,
    DateTimeOffset now
)
{
    private readonly List<PlannedUnit> _lists = [];
    private readonly List<PlannedUnit> _recent = [];
    private readonly List<PlannedUnit> _older = [];
    private readonly List<PlannedUnit> _justTried = [];
    private readonly List<(PlannedUnit Unit, List<PlannedUnit> Group)> _excuses = [];
    private readonly HashSet<UnitId> _again = [];
    private readonly List<string> _foundWhole = [];
    private readonly List<string> _pastLists = [];
    private readonly List<UnitId> _lost = [];
    private readonly List<UnitAttempt> _waiting = [];
    private readonly List<UnitAttempt> _givenUp = [];
    private int _whole;
    private DateOnly? _asOf;

    public void Add(DatasetWants wants)
    {
        var (dataset, calendar, snapshot, wanted, days) = wants;
        _asOf = _asOf is null || wanted.Last > _asOf ? wanted.Last : _asOf;
        if (dataset.Grain == UnitGrain.Snapshot && days.Count == 0)
        {
            _pastLists.Add(dataset.Id);
        }

        var rules = new Lazy<RowRules>(() => new RowRules(dataset, snapshot));
        var recentFrom = wanted.RecentFrom;
        foreach (var day in days)
        {
            var group =
                dataset.Grain == UnitGrain.Snapshot ? _lists
                : day >= recentFrom ? _recent
                : _older;
            var unit = new PlannedUnit(
                dataset,
                new UnitId(dataset.Id, day),
                EvidenceAt(dataset, calendar, wanted.Last < day ? wanted.Last : day),
                dataset.Grain == UnitGrain.Snapshot ? NewestListed(dataset, snapshot) : 0
            );
            if (!request.Again && wants.IsCommitted(day))
            {
                if (request.JustTried.Contains(unit.Id))
                {
                    _justTried.Add(unit);
                    continue;
                }

                if (!wants.IsEarly && IsWhole(unit, wanted.Today, rules))
                {
                    AddWhole(unit);
                    if (verdicts.ExcusedBy(unit.Id).Any())
                    {
                        _excuses.Add((unit, group));
                    }

                    continue;
                }
            }

            var isLost = wants.IsLost(day);
            if (!Waits(unit.Id, isLost))
            {
                if (isLost)
                {
                    _lost.Add(unit.Id);
                }

                group.Add(unit);
                if (wants.IsCommitted(day))
                {
                    _again.Add(unit.Id);
                }
            }
        }
    }

    public ExecutionPlan ToPlan()
    {
        AddExcuses();

        // Lists first: without them nobody knows what the bars belong to.
        PlannedUnit[] units =
        [
            .. _lists.OrderBy(u => u.Id),
            .. _recent.OrderByDescending(u => u.Id.Day).ThenBy(u => u.Id),
            .. _older.OrderBy(u => u.Id.Day).ThenBy(u => u.Id),
        ];
        return new ExecutionPlan(units, _whole + _justTried.Count, _asOf)
        {
            Waiting = _waiting,
            GivenUp = _givenUp,
            JustTried = _justTried,
            FoundWhole = _foundWhole,
            PastLists = _pastLists,
            Lost = _lost,
        };
    }

    /// <summary>Rows that are fetched again because they are missing may be excused by now: their suspensions are asked for with them.</summary>
    private void AddExcuses()
    {
        foreach (var (unit, group) in _excuses)
        {
            if (verdicts.ExcusedBy(unit.Id).Any(_again.Contains))
            {
                group.Add(unit);
                _whole--;
            }
        }
    }

    private void AddWhole(PlannedUnit unit)
    {
        _whole++;
        if (attempts.ContainsKey(unit.Id.ToString()))
        {
            _foundWhole.Add(unit.Id.ToString());
        }
    }

    private bool IsWhole(PlannedUnit unit, DateOnly today, Lazy<RowRules> rules) =>
        unit.Dataset.Grain == UnitGrain.Snapshot && unit.Id.Day != today // the list of a past day cannot be had any more
        || (verdicts.IsJudged(unit.Id, out var problem) ? problem : rules.Value.ProblemOf(unit.Id.Day)) is null;

    // A unit that was given up was there: that its file is lost is another reason to ask for it.
    private bool Waits(UnitId unit, bool isLost)
    {
        if (request.Again || !attempts.TryGetValue(unit.ToString(), out var attempt))
        {
            return false;
        }

        if (attempt.IsGivenUp && !isLost)
        {
            _givenUp.Add(attempt);
            return true;
        }

        if (request.KeepsDistance && now < attempt.NextAt)
        {
            _waiting.Add(attempt);
            return true;
        }

        return false;
    }

    private static long NewestListed(DatasetDefinition dataset, TableSnapshot snapshot) =>
        snapshot
            .Units.Select(text =>
                (
                    Day: UnitId.TryParse(text, out var id) && id.Dataset == dataset.Id ? id.Day : DateOnly.MinValue,
                    Rows: snapshot.RowsOf(text)
                )
            )
            .Where(unit => unit.Rows > 0)
            .DefaultIfEmpty()
            .MaxBy(unit => unit.Day)
            .Rows;

    private static DateTimeOffset EvidenceAt(DatasetDefinition dataset, TradingCalendar calendar, DateOnly day) =>
        calendar.DueAt(day, dataset.AvailableAt, dataset.AvailableDaysLater) + dataset.Grace;
}
