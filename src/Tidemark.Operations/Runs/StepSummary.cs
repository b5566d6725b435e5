using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;

namespace Tidemark.Operations.Runs;

/// <summary>What a run did for one dataset: its steps in one line.</summary>
/// <param name="Name">The dataset; the module where steps of earlier versions name no unit.</param>
/// <param name="Units">How many units were begun.</param>
/// <param name="First">The first day of them; null where no step names a unit.</param>
/// <param name="Last">The last day of them.</param>
/// <param name="Numbers">Their rows.</param>
/// <param name="Unfinished">Steps that failed, were skipped or have no end.</param>
public sealed record StepSummary(
    string Name,
    int Units,
    DateOnly? First,
    DateOnly? Last,
    RunNumbers Numbers,
    int Unfinished
)
{
    /// <summary>One for each dataset, in the order in which they were begun.</summary>
    public static IReadOnlyList<StepSummary> Of(IReadOnlyList<StepRow> steps) =>
        [
            .. steps
                .Select(s => (Step: s, Key: KeyOf(s), IsUnit: UnitId.TryParse(KeyOf(s), out var unit), Unit: unit))
                .GroupBy(s => s.IsUnit ? s.Unit.Dataset : s.Step.Module ?? s.Step.StepId, StringComparer.Ordinal)
                .Select(g => new StepSummary(
                    g.Key,
                    g.Select(s => s.Key).Distinct(StringComparer.Ordinal).Count(),
                    g.Min(s => s.IsUnit ? s.Unit.Day : (DateOnly?)null),
                    g.Max(s => s.IsUnit ? s.Unit.LastDay : (DateOnly?)null),
                    RunNumbers.Of([.. g.Select(s => s.Step)]),
                    g.Count(s => s.Step.Status != StepStatus.Success)
                )),
        ];

    // The part between the module and the stage.
    private static string KeyOf(StepRow step)
    {
        var from = (step.Module?.Length ?? -1) + 1;
        var to = step.StepId.LastIndexOf(':');
        return from > 0 && to > from ? step.StepId[from..to] : "";
    }
}
