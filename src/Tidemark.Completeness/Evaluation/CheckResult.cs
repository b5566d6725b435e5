using Tidemark.Definitions.Checks;

namespace Tidemark.Completeness.Evaluation;

/// <summary>The number of a check's entities that are in one state on one day.</summary>
public readonly record struct DayCell(DateOnly Day, Cell Cell, int Entities);

/// <summary>
/// The cells of one check: entities × open days, kept as ranges. Totals and day counts include only cells inside the
/// listing window, because days before an IPO would falsify every ratio; an entity's ranges include all cells.
/// Immutable.
/// </summary>
public sealed class CheckResult
{
    private readonly CellTable _cells;
    private readonly CheckEvidence _evidence;
    private readonly DayAxis _axis;

    internal CheckResult(
        CheckDefinition check,
        CheckEvidence evidence,
        CellTable cells,
        IReadOnlyDictionary<string, long> versions
    )
        : this(check, evidence, evidence.Axis, cells, versions) { }

    private CheckResult(
        CheckDefinition check,
        CheckEvidence evidence,
        DayAxis axis,
        CellTable cells,
        IReadOnlyDictionary<string, long> versions
    )
    {
        Check = check;
        _evidence = evidence;
        _axis = axis;
        _cells = cells;
        Versions = versions;
    }

    public CheckDefinition Check { get; }

    /// <summary>The open days, ascending.</summary>
    public IReadOnlyList<DateOnly> Days => _axis.Days;

    /// <summary>
    /// The symbols, ordered; only the placeholder <c>{bucket}:all</c> when the list of entities was never committed.
    /// </summary>
    public IReadOnlyList<string> Entities => _evidence.Entities.Symbols;

    /// <summary>Whether the entities are known rather than a placeholder.</summary>
    public bool AreEntitiesKnown => _evidence.Entities.IsKnown;

    /// <summary>The lake version by dataset, for datasets that were ever committed.</summary>
    public IReadOnlyDictionary<string, long> Versions { get; }

    internal CheckEvidence Evidence => _evidence;

    /// <summary>An entity's cells as ranges, in order of days, without a gap.</summary>
    public ReadOnlySpan<CellRange> RangesOf(int entity) =>
        _cells.Ranges.AsSpan(_cells.Offsets[entity], _cells.Offsets[entity + 1] - _cells.Offsets[entity]);

    /// <summary>An entity's latest cell.</summary>
    public Cell Latest(int entity) => RangesOf(entity)[^1].Cell;

    /// <summary>Whether a required dataset (by its position) has the entity on the latest day.</summary>
    public bool IsPresentLatest(int entity, int required) =>
        _evidence.Axis.Count > 0 && _evidence.Required[required].IsSet(entity, _evidence.Axis.Count - 1);

    /// <summary>
    /// Cells inside the listing window by day and state, in that order; states that no entity has are left out.
    /// </summary>
    public IEnumerable<DayCell> DayCells()
    {
        for (var day = 0; day < Days.Count; day++)
        {
            for (var code = 0; code < Cell.Codes; code++)
            {
                var count = _cells.Counts[(day * Cell.Codes) + code];
                if (count > 0 && Cell.OfCode(code) is { IsInsideListing: true } cell)
                {
                    yield return new DayCell(Days[day], cell, count);
                }
            }
        }
    }

    /// <summary>Cells inside the listing window by state.</summary>
    public IReadOnlyDictionary<Cell, long> Totals() =>
        DayCells().GroupBy(c => c.Cell).ToDictionary(g => g.Key, g => g.Sum(c => (long)c.Entities));

    /// <summary>The result for some entities only. A placeholder stays, because it may stand for any of them.</summary>
    public CheckResult Restrict(IReadOnlySet<string> symbols)
    {
        if (!AreEntitiesKnown)
        {
            return this;
        }

        var chosen = Enumerable.Range(0, Entities.Count).Where(i => symbols.Contains(Entities[i])).ToArray();
        var evidence = _evidence with
        {
            Entities = _evidence.Entities.Take(chosen),
            Required = [.. _evidence.Required.Select(r => r.Take(chosen))],
        };
        return new CheckResult(Check, evidence, _axis, _cells.Take(chosen, _axis.Count), Versions);
    }

    /// <summary>
    /// Puts this result's days in place of the same days of an earlier result with the same entities; null when neither
    /// has a day of <paramref name="axis"/>.
    /// </summary>
    /// <param name="axis">All days of the combined result; this result has its last day.</param>
    /// <param name="earlier">The earlier cells of each entity, by positions on <paramref name="axis"/>, with gaps at
    /// the days of this result.</param>
    internal CheckResult? Over(DayAxis axis, IReadOnlyList<IReadOnlyList<CellRange>> earlier) =>
        CellTable.Spliced(axis, earlier, _evidence.Axis, _cells) is { } cells
            ? new CheckResult(Check, _evidence, axis, cells, Versions)
            : null;
}

/// <summary>The results of all checks of one evaluation.</summary>
/// <param name="From">The first day asked for.</param>
/// <param name="To">The latest day that is due; a check whose datasets are due later ends earlier.</param>
/// <param name="Checks">By check id.</param>
/// <param name="Faults">The checks that could not be evaluated, by check id.</param>
public sealed record CompletenessEvaluation(
    DateOnly From,
    DateOnly To,
    IReadOnlyList<CheckResult> Checks,
    IReadOnlyList<CheckFault> Faults
);
