using Tidemark.Core.Errors;
using Tidemark.Ingest.Planning;

namespace Tidemark.Ingest.Running;

/// <summary>The datasets of a run whose units are not fetched, each with the reason. Not thread-safe.</summary>
/// <param name="leftOut">Those that are known before it begins.</param>
/// <param name="steps">Where their units are noted.</param>
/// <param name="tally">Where they are counted.</param>
internal sealed class RefusedDatasets(
    IReadOnlyDictionary<string, TidemarkException> leftOut,
    UnitSteps steps,
    RunTally tally
)
{
    private readonly Dictionary<string, TidemarkException> _reasons = new(leftOut, StringComparer.Ordinal);

    /// <summary>The plan without proofs of what is refused anyway.</summary>
    public ExecutionPlan WithoutProofs(ExecutionPlan plan) =>
        plan with
        {
            Unproved = [.. plan.Unproved.Where(axis => !_reasons.ContainsKey(axis.Dataset.Id))],
        };

    /// <summary>Adds others; of one that is refused the first reason stands.</summary>
    public void Add(IReadOnlyDictionary<string, TidemarkException> reasons)
    {
        foreach (var (dataset, reason) in reasons)
        {
            _reasons.TryAdd(dataset, reason);
        }
    }

    /// <summary>The units that are fetched; the others count as failed.</summary>
    public IReadOnlyList<PlannedUnit> LeaveOut(IReadOnlyList<PlannedUnit> units)
    {
        var kept = new List<PlannedUnit>(units.Count);
        foreach (var unit in units)
        {
            if (_reasons.TryGetValue(unit.Dataset.Id, out var reason))
            {
                steps.SkipAll(unit, reason.Message);
                tally.Fail(unit, reason);
            }
            else
            {
                kept.Add(unit);
            }
        }

        return kept;
    }
}
