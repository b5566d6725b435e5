using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Planning;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Schedules;

/// <summary>Whether a scheduled run would find anything to do: on a holiday nothing is due.</summary>
public sealed class DueUnits(WorkspacePlan plan, ModulePlans modules, ExecutionPlanner planner)
{
    /// <summary>Whether any of the pools wants a unit now.</summary>
    public async Task<bool> AnyAsync(IReadOnlyList<Pool> pools, CancellationToken cancellationToken)
    {
        var decided = await modules.ReadAsync(cancellationToken);
        foreach (var pool in pools)
        {
            if (await IsAnyAsync(decided, pool, isAlone: pools.Count == 1, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> IsAnyAsync(
        ModulePlan decided,
        Pool pool,
        bool isAlone,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var wanted = decided.Restrict(await plan.ForRunAsync(pool, [], asOf: null, isAlone, cancellationToken), []);
            if (wanted.Datasets.Count == 0)
            {
                return false;
            }

            var found = await planner.PlanAsync(wanted with { KeepsDistance = true }, cancellationToken);
            return found.Units.Count > 0 || found.Deferred.Count > 0;
        }
        catch (TidemarkException)
        {
            return true; // the run says what is wrong, in its row, and the other pool goes on
        }
    }
}
