using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Planning;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Decides whether committed units are whole, as the planner does: by the checks that judge their day, otherwise by
/// their rows.
/// </summary>
internal sealed class UnitJudge
{
    private readonly DataLake _lake;
    private readonly ISymbolLists _symbols;
    private readonly DayVerdicts _verdicts;
    private readonly Dictionary<string, StandingUnits> _standing = new(StringComparer.Ordinal);

    private UnitJudge(DataLake lake, ISymbolLists symbols, DayVerdicts verdicts)
    {
        _lake = lake;
        _symbols = symbols;
        _verdicts = verdicts;
    }

    /// <summary>Makes a judge of some units, by the data committed now.</summary>
    public static async Task<UnitJudge> OfAsync(
        DataLake lake,
        ICompletenessReader completeness,
        ISymbolLists symbols,
        IEnumerable<PlannedUnit> units,
        CancellationToken cancellationToken
    )
    {
        var ranges = units
            .Where(u => UnitAxis.Of(u.Dataset).IsJudgedByDay)
            .GroupBy(u => u.Dataset.Id, StringComparer.Ordinal)
            .Select(g => new DatasetRange(g.First().Dataset, g.Min(u => u.Id.Day), g.Max(u => u.Id.Day)));
        return new UnitJudge(lake, symbols, await completeness.ReadAsync([.. ranges], cancellationToken));
    }

    /// <summary>What is not whole, in words; null when nothing is.</summary>
    public async Task<string?> ProblemOfAsync(PlannedUnit unit, CancellationToken cancellationToken)
    {
        if (_verdicts.IsJudged(unit.Id, out var problem))
        {
            return problem;
        }

        if (!_standing.TryGetValue(unit.Dataset.Id, out var standing))
        {
            var table = _lake.Table(TableDefinition.Of(unit.Dataset).Id);
            var snapshot = await table.SnapshotAsync(cancellationToken);
            var canaries = await OwedCanaries.ReadAsync(unit.Dataset, snapshot, _lake, _symbols, cancellationToken);
            standing = new StandingUnits(unit.Dataset, snapshot) { Canaries = canaries };
            _standing[unit.Dataset.Id] = standing;
        }

        return UnitAxis.Of(unit.Dataset).Suspicion(unit.Id, standing);
    }
}
