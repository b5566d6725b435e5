using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Planning;

/// <summary>What checks say of the days that they were asked about. Immutable.</summary>
/// <param name="judged">The datasets that a check requires and that could be evaluated. Nothing is known of the
/// others.</param>
/// <param name="problems">By unit: what is not whole, in words. A day of a judged dataset without an entry is
/// whole.</param>
/// <param name="excuses">By unit of suspensions: the units with missing rows that it may excuse.</param>
public sealed class DayVerdicts(
    IReadOnlySet<string> judged,
    IReadOnlyDictionary<UnitId, string> problems,
    ILookup<UnitId, UnitId>? excuses = null
)
{
    /// <summary>No check has judged anything.</summary>
    public static DayVerdicts None { get; } = new(new HashSet<string>(), new Dictionary<UnitId, string>());

    /// <summary>
    /// The units with missing rows that a unit of suspensions may excuse. It is fetched again together with them.
    /// </summary>
    public IEnumerable<UnitId> ExcusedBy(UnitId unit) => excuses?[unit] ?? [];

    /// <summary>Whether a check has judged the unit's day; if so, what is not whole, or null.</summary>
    public bool IsJudged(UnitId unit, out string? problem)
    {
        problem = problems.GetValueOrDefault(unit);
        return judged.Contains(unit.Dataset);
    }
}
