using Tidemark.Control.Runs;
using Tidemark.Core.Runs;

namespace Tidemark.Operations.Runs;

/// <summary>
/// The rows of a run, added up over its steps: received + kept = dropped + not committed + committed, and committed =
/// inserted + updated + unchanged.
/// </summary>
/// <param name="UnitsCommitted">Units whose rows are in the lake.</param>
/// <param name="Received">Rows that came from vendors.</param>
/// <param name="Kept">Rows of the lake that were written again beside them, because the vendor sends the newest alone.</param>
/// <param name="Dropped">Received rows that went no further, by reason.</param>
/// <param name="NotCommitted">Rows of units that failed, were stopped or have no end.</param>
/// <param name="Committed">Rows that the committed units have now.</param>
/// <param name="Inserted">Keys that are new.</param>
/// <param name="Updated">Keys whose values changed.</param>
/// <param name="Unchanged">Keys that are as they were.</param>
/// <param name="Removed">Keys of the units that are gone.</param>
/// <param name="FirstVersion">The first version of its table; null where steps name none.</param>
/// <param name="LastVersion">The last one.</param>
public sealed record RunNumbers(
    int UnitsCommitted,
    long Received,
    long Kept,
    DropCounts Dropped,
    long NotCommitted,
    long Committed,
    long Inserted,
    long Updated,
    long Unchanged,
    long Removed,
    long? FirstVersion,
    long? LastVersion
)
{
    /// <summary>Adds up steps: of a run, or of one dataset in it.</summary>
    public static RunNumbers Of(IReadOnlyCollection<StepRow> steps)
    {
        var committed = new HashSet<string>(StringComparer.Ordinal);
        var reached = new Dictionary<string, (StepStage Stage, long Rows)>(StringComparer.Ordinal);
        var sum = new RunNumbers(0, 0, 0, default, 0, 0, 0, 0, 0, 0, null, null);
        foreach (var step in steps.Where(s => s.Status == StepStatus.Success))
        {
            var unit = step.StepId[..step.StepId.LastIndexOf(':')];
            switch (step.Stage)
            {
                case StepStage.Upsert:
                    committed.Add(unit);
                    sum = sum.With(step);
                    break;
                case StepStage.Extract or StepStage.Normalize:
                    var isFirst = step.Stage == StepStage.Extract;
                    sum = sum with
                    {
                        Received = sum.Received + (isFirst ? step.InputRows ?? 0 : 0),
                        Kept = sum.Kept + (step.KeptRows ?? 0),
                        Dropped = sum.Dropped + DropsOf(step),
                    };
                    if (!reached.TryGetValue(unit, out var before) || before.Stage < step.Stage)
                    {
                        reached[unit] = (step.Stage, step.OutputRows ?? 0);
                    }

                    break;
            }
        }

        return sum with
        {
            UnitsCommitted = committed.Count,
            NotCommitted = reached.Where(u => !committed.Contains(u.Key)).Sum(u => u.Value.Rows),
        };
    }

    // Steps of earlier versions have no reasons: then every dropped row was a repeated one.
    private static DropCounts DropsOf(StepRow step) =>
        step.Drops.Total > 0 ? step.Drops : new DropCounts(OtherDay: 0, Repeated: step.DroppedRows ?? 0);

    private RunNumbers With(StepRow upsert)
    {
        var written = upsert.Written;
        var version = written?.Version;
        return this with
        {
            Committed = Committed + (upsert.InputRows ?? 0),
            Inserted = Inserted + (written?.Inserted ?? 0),
            Updated = Updated + (written?.Updated ?? 0),
            Unchanged = Unchanged + (written?.Unchanged ?? 0),
            Removed = Removed + (written?.Removed ?? 0),
            FirstVersion = Least(FirstVersion, version),
            LastVersion = version > LastVersion || LastVersion is null ? version ?? LastVersion : LastVersion,
        };
    }

    private static long? Least(long? a, long? b) => a is null || b < a ? b ?? a : a;
}
