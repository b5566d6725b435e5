using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// Collects the units of one plan, dataset after dataset. A unit in the lake is done when it is whole: by the checks
/// that judge its day, otherwise by its rows.
/// </summary>
internal sealed class PlanDraft(
    PlanRequest request,
    DayVerdicts verdicts,
    IReadOnlyDictionary<string, UnitAttempt> attempts,
    DateTimeOffset now
)
{
    private readonly List<PlannedUnit> _units = [];
    private readonly List<PlannedUnit> _justTried = [];
    private readonly List<PlannedUnit> _excuses = [];
    private readonly HashSet<UnitId> _again = [];
    private readonly List<string> _foundWhole = [];
    private readonly List<string> _pastLists = [];
    private readonly List<UnitId> _lost = [];
    private readonly List<UnitAttempt> _waiting = [];
    private readonly List<VendorHorizon> _horizons = [];
    private readonly List<UnitAttempt> _givenUp = [];
    private UnitPeriod? _newest;
    private int _whole;
    private DateOnly? _asOf;

    public void Add(DatasetWants wants)
    {
        var (axis, scope) = (wants.Axis, wants.Scope);
        _asOf = _asOf is null || scope.Last > _asOf ? scope.Last : _asOf;
        if (axis.IsPresentOnly && wants.Units.Count == 0)
        {
            _pastLists.Add(wants.Dataset.Id);
        }

        var recentFrom = axis.RecentFrom(scope.Calendar, scope.Last);
        var horizon = VendorHorizon.Of(scope, attempts);
        var beyond = 0;
        foreach (var id in wants.Units)
        {
            if (horizon?.IsBeyond(id, wants) == true)
            {
                beyond++;
                continue;
            }

            var unit = new PlannedUnit(
                wants.Dataset,
                id,
                axis.EvidenceAt(id, scope),
                axis.UsualRows(id, scope.Standing)
            )
            {
                Through = axis.ThroughOf(id, scope),
                AskedAt = scope.Now,
                Urgency =
                    axis.IsPresentOnly ? Urgency.PresentOnly
                    : id.LastDay >= recentFrom ? Urgency.Recent
                    : Urgency.History,
            };
            if (!request.Again && scope.Standing.Has(id))
            {
                if (request.JustTried.Contains(id))
                {
                    _justTried.Add(unit);
                    continue;
                }

                var isBehind = wants.Behind.ContainsKey(id);
                var problem = isBehind ? null : ProblemOf(unit, wants);
                if (!isBehind && problem is null)
                {
                    AddWhole(unit);
                    if (verdicts.ExcusedBy(id).Any())
                    {
                        _excuses.Add(unit);
                    }

                    continue;
                }

                unit = unit with
                {
                    Reason =
                        wants.Changed.Contains(id) ? UnitReason.Changed
                        : isBehind ? UnitReason.Behind
                        : UnitReason.NotWhole,
                    Problem = problem,
                };
            }

            AddUnlessItWaits(unit, wants);
        }

        if (beyond > 0)
        {
            _horizons.Add(horizon! with { Units = beyond });
        }
    }

    /// <summary>The plan, with its units in no order.</summary>
    public ExecutionPlan ToPlan()
    {
        AddExcuses();

        return new ExecutionPlan(_units, _whole + _justTried.Count, _asOf)
        {
            Newest = _newest,
            Waiting = _waiting,
            GivenUp = _givenUp,
            JustTried = _justTried,
            FoundWhole = _foundWhole,
            PastLists = _pastLists,
            Horizons = _horizons,
            Lost = _lost,
        };
    }

    private void AddUnlessItWaits(PlannedUnit unit, DatasetWants wants)
    {
        if (request.Only?.Contains(unit.Id) == false)
        {
            return;
        }

        var isLost = wants.Scope.Standing.Lost.Contains(unit.Id);
        if (Waits(unit.Id, isLost, wants.DueSince(unit.Id)))
        {
            return;
        }

        if (isLost)
        {
            _lost.Add(unit.Id);
        }

        _units.Add(
            isLost ? unit with { Reason = UnitReason.Damaged, Problem = null }
            : request.Again && wants.Scope.Standing.Has(unit.Id) ? unit with { Reason = UnitReason.Again }
            : unit
        );
        if (wants.Scope.Standing.Has(unit.Id))
        {
            _again.Add(unit.Id);
        }
    }

    /// <summary>
    /// Adds the suspensions of days with missing rows: by now they may excuse the rows, so both are fetched again.
    /// </summary>
    private void AddExcuses()
    {
        foreach (var unit in _excuses)
        {
            if (verdicts.ExcusedBy(unit.Id).Any(_again.Contains) && request.Only?.Contains(unit.Id) != false)
            {
                _units.Add(unit with { Reason = UnitReason.MayExcuse });
                _whole--;
            }
        }
    }

    private void AddWhole(PlannedUnit unit)
    {
        _whole++;
        _newest = _newest?.Last >= unit.Id.LastDay ? _newest : unit.Id.Period;
        if (attempts.ContainsKey(unit.Id.ToString()))
        {
            _foundWhole.Add(unit.Id.ToString());
        }
    }

    /// <summary>Why a unit in the lake is not whole; null when it is, or when it cannot be had any more.</summary>
    private string? ProblemOf(PlannedUnit unit, DatasetWants wants) =>
        !wants.Axis.CanBeHad(unit.Id, wants.Scope.Today) ? null
        : verdicts.IsJudged(unit.Id, out var problem) ? problem
        : wants.Axis.Suspicion(unit.Id, wants.Scope.Standing);

    // A unit that is given up is tried again when its file is lost, or when more of it is due since the last attempt.
    private bool Waits(UnitId unit, bool isLost, DateTimeOffset dueSince)
    {
        if (
            request.Again
            || attempts.Count == 0
            || !attempts.TryGetValue(unit.ToString(), out var attempt)
            || attempt.LastAt < dueSince
        )
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
}
