using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Schedules;

/// <summary>Whether a scheduled run would find anything to do: on a holiday nothing is due.</summary>
public sealed class DueUnits(WorkspacePlan plan, ExecutionPlanner planner)
{
    /// <summary>Whether any of the pools wants a unit now.</summary>
    public async Task<bool> AnyAsync(IReadOnlyList<Pool> pools, CancellationToken cancellationToken)
    {
        foreach (var pool in pools)
        {
            var wanted = plan.ForRun(pool, [], asOf: null) with { KeepsDistance = true };
            if (wanted.Datasets.Count == 0)
            {
                continue;
            }

            var found = await planner.PlanAsync(wanted, cancellationToken);
            if (found.Units.Count > 0 || found.Deferred.Count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
