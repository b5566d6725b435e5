using Tidemark.Completeness.Checks;
using Tidemark.Core.Completeness;

namespace Tidemark.Completeness.Evaluation;

/// <summary>What was found for a check on a day.</summary>
/// <param name="Day">An open day.</param>
/// <param name="RowsFound">Rows of the required datasets on the day, those of unknown entities too.</param>
/// <param name="RowsExpected">Entities whose cell is applicable × required datasets.</param>
public readonly record struct DayEvidence(DateOnly Day, long RowsFound, long RowsExpected);

/// <summary>Entities of a check that are in one state on one day.</summary>
public readonly record struct DayCell(DateOnly Day, Cell Cell, int Entities);

/// <summary>
/// The cells of one check: entities × open days, kept as ranges. Totals and day counts are of cells inside the listing window only: a
/// denominator with days before an IPO says nothing. The ranges of an entity have them all. Immutable.
/// </summary>
public sealed class CheckResult
{
    private readonly CellTable _cells;
    private readonly CheckEvidence _evidence;

    internal CheckResult(
        CheckDefinition check,
        CheckEvidence evidence,
        CellTable cells,
        IReadOnlyDictionary<string, long> versions
    )
    {
        Check = check;
        _evidence = evidence;
        _cells = cells;
        Versions = versions;
    }

    public CheckDefinition Check { get; }

    /// <summary>The open days, ascending.</summary>
    public IReadOnlyList<DateOnly> Days => _evidence.Axis.Days;

    /// <summary>Symbols, ordered; the only one is <c>{bucket}:all</c> when the list of entities was never committed.</summary>
    public IReadOnlyList<string> Entities => _evidence.Entities.Symbols;

    /// <summary>Whether the entities are known rather than a placeholder.</summary>
    public bool AreEntitiesKnown => _evidence.Entities.IsKnown;

    /// <summary>Lake version by dataset, of those that were ever committed.</summary>
    public IReadOnlyDictionary<string, long> Versions { get; }

    /// <summary>An entity's cells as ranges, in order of days, without a gap.</summary>
    public ReadOnlySpan<CellRange> RangesOf(int entity) =>
        _cells.Ranges.AsSpan(_cells.Offsets[entity], _cells.Offsets[entity + 1] - _cells.Offsets[entity]);

    /// <summary>An entity's latest cell.</summary>
    public Cell Latest(int entity) => RangesOf(entity)[^1].Cell;

    /// <summary>Whether a required dataset (by its position) has the entity on the latest day.</summary>
    public bool IsPresentLatest(int entity, int required) =>
        Days.Count > 0 && _evidence.Required[required].IsSet(entity, Days.Count - 1);

    /// <summary>Cells inside the listing window by day and state, in that order; states that no entity has are left out.</summary>
    public IEnumerable<DayCell> DayCells()
    {
        for (var day = 0; day < Days.Count; day++)
        {
            for (var code = 0; code < Cell.Codes; code++)
            {
                var count = _cells.Counts[(day * Cell.Codes) + code];
                var cell = Cell.OfCode(code);
                if (count > 0 && cell.IsInsideListing)
                {
                    yield return new DayCell(Days[day], cell, count);
                }
            }
        }
    }

    /// <summary>Cells inside the listing window by state.</summary>
    public IReadOnlyDictionary<Cell, long> Totals() =>
        DayCells().GroupBy(c => c.Cell).ToDictionary(g => g.Key, g => g.Sum(c => (long)c.Entities));

    /// <summary>Rows found and expected, by day.</summary>
    public IReadOnlyList<DayEvidence> Evidence()
    {
        var found = new long[Days.Count];
        foreach (var required in _evidence.Required)
        {
            for (var day = 0; day < found.Length; day++)
            {
                found[day] += required.RowsByDay[day];
            }
        }

        var evidence = new DayEvidence[Days.Count];
        for (var day = 0; day < evidence.Length; day++)
        {
            var expected = 0L;
            for (var code = 0; code < Cell.Codes; code++)
            {
                if (Cell.OfCode(code).Status != CellStatus.NotApplicable)
                {
                    expected += _cells.Counts[(day * Cell.Codes) + code];
                }
            }

            evidence[day] = new DayEvidence(Days[day], found[day], expected * _evidence.Required.Count);
        }

        return evidence;
    }

    /// <summary>The same for some entities only; a placeholder stays, since nobody knows whom it stands for.</summary>
    public CheckResult Restrict(IReadOnlySet<string> symbols)
    {
        if (!AreEntitiesKnown)
        {
            return this;
        }

        var chosen = Enumerable.Range(0, Entities.Count).Where(i => symbols.Contains(Entities[i])).ToArray();
        var all = _evidence.Entities;
        var entities = new EntityList(
            isKnown: true,
            [.. chosen.Select(i => all.Symbols[i])],
            [.. chosen.Select(i => all.Listed[i])],
            [.. chosen.Select(i => all.Delisted[i])]
        );
        var evidence = _evidence with
        {
            Entities = entities,
            Required = [.. _evidence.Required.Select(r => r.Take(chosen, Days.Count))],
            Suspended = _evidence.Suspended?.Take(chosen, Days.Count),
        };
        return new CheckResult(Check, evidence, CellRules.Evaluate(evidence), Versions);
    }
}

/// <summary>The results of all checks of one evaluation.</summary>
/// <param name="From">The first day asked for.</param>
/// <param name="To">The latest day that is due; a check whose datasets are due later ends earlier.</param>
/// <param name="Checks">By check id.</param>
public sealed record CompletenessEvaluation(DateOnly From, DateOnly To, IReadOnlyList<CheckResult> Checks);
