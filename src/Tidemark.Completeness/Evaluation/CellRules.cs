using Tidemark.Core.Completeness;

namespace Tidemark.Completeness.Evaluation;

/// <summary>What the lake says about one check: which entities are expected when, and what is there.</summary>
/// <param name="Entities">The entities, with their listing windows.</param>
/// <param name="Axis">The days to evaluate.</param>
/// <param name="Required">The rows that are there, by required dataset.</param>
/// <param name="Suspended">Announced halts; null when the check has no dataset of halts.</param>
/// <param name="Traded">Proof against a halt; null when the check has none.</param>
/// <param name="GoneBefore">
/// What is absent of the days before this one cannot be had, and is not missing: past lists, and days before the first
/// that the vendor has. Null where nobody knows of such a day.
/// </param>
internal sealed record CheckEvidence(
    EntityList Entities,
    DayAxis Axis,
    IReadOnlyList<PresenceBits> Required,
    PresenceBits? Suspended,
    PresenceBits? Traded = null,
    DateOnly? GoneBefore = null
)
{
    /// <summary>Why no run brings what is absent; none where runs do.</summary>
    public CellReason Excluded { get; init; }

    /// <summary>Whether any required row was ever there, on any day.</summary>
    public bool IsStarted => Entities.IsKnown && Required.Any(r => r.IsStarted);
}

/// <summary>
/// Turns evidence into cells. The first rule that fits decides:
/// <code>
///   before the listing               not_applicable (not_listed)
///   on or after the delisting        not_applicable (delisted)
///   the list itself unknown          not_started
///   all required there               complete
///   halted the whole day, no trade   not_applicable (suspended)
///   the plan leaves it out           not_applicable (outside_plan, not_entitled)
///   some required there              partial
///   none of the required ever there  not_started
///   the lists name it no longer      not_applicable (not_in_list)
///   the vendor does not have it      not_applicable (vendor_horizon)
///   otherwise                        missing
/// </code>
/// Pure. Cells are visited once, and kept as ranges.
/// </summary>
internal static class CellRules
{
    public static CellTable Evaluate(CheckEvidence evidence)
    {
        var builder = new CellTable.Builder(evidence.Entities.Count, evidence.Axis.Count);
        var isStarted = evidence.IsStarted;
        for (var entity = 0; entity < evidence.Entities.Count; entity++)
        {
            EvaluateEntity(evidence, entity, isStarted, builder);
            builder.EndEntity();
        }

        return builder.ToTable();
    }

    private static void EvaluateEntity(CheckEvidence evidence, int entity, bool isStarted, CellTable.Builder builder)
    {
        var axis = evidence.Axis;
        var first = axis.FirstOnOrAfter(evidence.Entities.Listed[entity]);
        var end = Math.Max(first, axis.FirstOnOrAfter(evidence.Entities.Delisted[entity]));
        for (var day = 0; day < axis.Count; day++)
        {
            var cell =
                day < first ? new Cell(CellStatus.NotApplicable, CellReason.NotListed)
                : day >= end ? new Cell(CellStatus.NotApplicable, CellReason.Delisted)
                : !evidence.Entities.IsKnown ? new Cell(CellStatus.NotStarted)
                : CellOf(evidence, entity, day, isStarted);
            builder.Add(day, cell.Code);
        }
    }

    private static Cell CellOf(CheckEvidence evidence, int entity, int day, bool isStarted)
    {
        var present = 0;
        for (var i = 0; i < evidence.Required.Count; i++)
        {
            if (evidence.Required[i].IsSet(entity, day))
            {
                present++;
            }
        }

        if (present == evidence.Required.Count)
        {
            return new Cell(CellStatus.Complete);
        }

        if (evidence.Suspended?.IsSet(entity, day) is true && evidence.Traded?.IsSet(entity, day) is not true)
        {
            return new Cell(CellStatus.NotApplicable, CellReason.Suspended);
        }

        if (evidence.Excluded != CellReason.None)
        {
            return new Cell(CellStatus.NotApplicable, evidence.Excluded);
        }

        if (present > 0)
        {
            return new Cell(CellStatus.Partial);
        }

        if (!isStarted)
        {
            return new Cell(CellStatus.NotStarted);
        }

        if (evidence.Axis.Days[day] >= evidence.Entities.Left[entity])
        {
            return new Cell(CellStatus.NotApplicable, CellReason.NotInList);
        }

        return evidence.Axis.Days[day] < evidence.GoneBefore
            ? new Cell(CellStatus.NotApplicable, CellReason.VendorHorizon)
            : new Cell(CellStatus.Missing);
    }
}
