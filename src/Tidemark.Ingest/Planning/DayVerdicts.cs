using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Planning;

/// <summary>What checks say of the days that they were asked about. Immutable.</summary>
/// <param name="judged">The datasets that a check requires and could be asked about; of the others nobody
/// knows.</param>
/// <param name="problems">By unit: what is not whole, in words. A day of a judged dataset that is not in here is
/// whole.</param>
/// <param name="excuses">By unit of suspensions: the units whose missing rows it may excuse.</param>
public sealed class DayVerdicts(
    IReadOnlySet<string> judged,
    IReadOnlyDictionary<UnitId, string> problems,
    ILookup<UnitId, UnitId>? excuses = null
)
{
    /// <summary>Nobody has judged anything.</summary>
    public static DayVerdicts None { get; } = new(new HashSet<string>(), new Dictionary<UnitId, string>());

    /// <summary>
    /// The units whose missing rows a unit of suspensions may excuse: with them it is asked for again.
    /// </summary>
    public IEnumerable<UnitId> ExcusedBy(UnitId unit) => excuses?[unit] ?? [];

    /// <summary>Whether a check has judged the unit's day; if so, what is not whole, or null.</summary>
    public bool IsJudged(UnitId unit, out string? problem)
    {
        problem = problems.GetValueOrDefault(unit);
        return judged.Contains(unit.Dataset);
    }
}
