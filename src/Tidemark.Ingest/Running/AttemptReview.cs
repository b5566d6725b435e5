using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest.Planning;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Finds the units with attempts that are still not whole, by the tables' present versions, as the planner does. Units
/// restored or mended since are left out, although the control database keeps their attempts until the next run.
/// </summary>
public sealed class AttemptReview(
    DataLake lake,
    ICompletenessReader completeness,
    ISymbolLists symbols,
    UnitAttempts attempts,
    DatasetRegistry datasets
)
{
    /// <summary>
    /// The attempts at units that are not whole; all stored ones where a calendar has ended or a table cannot be read.
    /// </summary>
    public async Task<IReadOnlyList<UnitAttempt>> StandingAsync(CancellationToken cancellationToken)
    {
        var all = (await attempts.AllAsync(cancellationToken)).Values.ToArray();
        if (all.Length == 0)
        {
            return all;
        }

        try
        {
            var whole = await WholeAsync(all, cancellationToken);
            return [.. all.Where(a => !whole.Contains(a.Unit))];
        }
        catch (TidemarkException)
        {
            return all;
        }
    }

    private async Task<HashSet<string>> WholeAsync(IEnumerable<UnitAttempt> all, CancellationToken cancellationToken)
    {
        var committed = new List<PlannedUnit>();
        foreach (var units in Known(all).GroupBy(u => u.Dataset.Id, StringComparer.Ordinal))
        {
            var table = lake.Table(TableDefinition.Of(units.First().Dataset).Id);
            var snapshot = await lake.ReadableAsync(await table.SnapshotAsync(cancellationToken), cancellationToken);
            var lost = snapshot.Lost.SelectMany(l => l.Units).ToHashSet(StringComparer.Ordinal);
            committed.AddRange(units.Where(u => snapshot.HasUnit(u.Id.ToString()) && !lost.Contains(u.Id.ToString())));
        }

        var whole = new HashSet<string>(StringComparer.Ordinal);
        var judge = await UnitJudge.OfAsync(lake, completeness, symbols, committed, cancellationToken);
        foreach (var unit in committed)
        {
            if (await judge.ProblemOfAsync(unit, cancellationToken) is null)
            {
                whole.Add(unit.Id.ToString());
            }
        }

        return whole;
    }

    private IEnumerable<PlannedUnit> Known(IEnumerable<UnitAttempt> all)
    {
        foreach (var attempt in all)
        {
            if (UnitId.TryParse(attempt.Unit, out var id) && datasets.Find(id.Dataset) is { } dataset)
            {
                yield return new PlannedUnit(dataset, id, EvidenceAt: default);
            }
        }
    }
}
