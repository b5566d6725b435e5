using Tidemark.Core.Completeness;

namespace Tidemark.Completeness.Evaluation;

/// <summary>What the lake says about one check: who is expected when, and what is there.</summary>
internal sealed record CheckEvidence(
    EntityList Entities,
    DayAxis Axis,
    IReadOnlyList<PresenceBits> Required,
    PresenceBits? Suspended,
    bool IsSnapshot
);

/// <summary>
/// Turns evidence into cells. The first rule that fits decides:
/// <code>
///   before the listing               not_applicable (not_listed)
///   on or after the delisting        not_applicable (delisted)
///   the list itself unknown          not_started
///   all required there               complete
///   halted the whole day             not_applicable (suspended)
///   some required there              partial
///   none of the required ever there  not_started
///   a list of a past day             not_applicable (vendor_horizon)
///   otherwise                        missing
/// </code>
/// Pure. Cells are visited once, and kept as ranges.
/// </summary>
internal static class CellRules
{
    public static CellTable Evaluate(CheckEvidence evidence)
    {
        var axis = evidence.Axis;
        var counts = new int[axis.Count * Cell.Codes];
        var ranges = new List<CellRange>(evidence.Entities.Count * 2);
        var offsets = new int[evidence.Entities.Count + 1];
        var isStarted = evidence.Entities.IsKnown && evidence.Required.Any(r => r.IsStarted);
        for (var entity = 0; entity < evidence.Entities.Count; entity++)
        {
            EvaluateEntity(evidence, entity, isStarted, ranges, counts);
            offsets[entity + 1] = ranges.Count;
        }

        return new CellTable(ranges.ToArray(), offsets, counts);
    }

    private static void EvaluateEntity(
        CheckEvidence evidence,
        int entity,
        bool isStarted,
        List<CellRange> ranges,
        int[] counts
    )
    {
        var axis = evidence.Axis;
        var first = axis.FirstOnOrAfter(evidence.Entities.Listed[entity]);
        var end = Math.Max(first, axis.FirstOnOrAfter(evidence.Entities.Delisted[entity]));
        var start = 0;
        var current = -1;
        for (var day = 0; day < axis.Count; day++)
        {
            var code = (
                day < first ? new Cell(CellStatus.NotApplicable, CellReason.NotListed)
                : day >= end ? new Cell(CellStatus.NotApplicable, CellReason.Delisted)
                : !evidence.Entities.IsKnown ? new Cell(CellStatus.NotStarted)
                : CellOf(evidence, entity, day, isStarted)
            ).Code;
            counts[(day * Cell.Codes) + code]++;
            if (code != current)
            {
                if (current >= 0)
                {
                    ranges.Add(new CellRange(start, day - 1, Cell.OfCode(current)));
                }

                start = day;
                current = code;
            }
        }

        if (current >= 0)
        {
            ranges.Add(new CellRange(start, axis.Count - 1, Cell.OfCode(current)));
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

        if (evidence.Suspended is { } suspended && suspended.IsSet(entity, day))
        {
            return new Cell(CellStatus.NotApplicable, CellReason.Suspended);
        }

        if (present > 0)
        {
            return new Cell(CellStatus.Partial);
        }

        if (!isStarted)
        {
            return new Cell(CellStatus.NotStarted);
        }

        return evidence.IsSnapshot && day < evidence.Axis.Count - 1
            ? new Cell(CellStatus.NotApplicable, CellReason.VendorHorizon)
            : new Cell(CellStatus.Missing);
    }
}

/// <summary>Cells as ranges, entity after entity, and how many of each kind a day has.</summary>
/// <param name="Ranges">Those of entity i stand from <c>Offsets[i]</c> to before <c>Offsets[i + 1]</c>, in order of days, without a gap.</param>
/// <param name="Counts">At <c>day × Cell.Codes + code</c>.</param>
internal sealed record CellTable(CellRange[] Ranges, int[] Offsets, int[] Counts);
