using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Telemetry;

namespace Tidemark.Operations.Jobs;

/// <summary>Begins jobs in their lanes.</summary>
public sealed class LaneJobs(
    LaneStates states,
    LaneLeases leases,
    IIdSource ids,
    TimeProvider clock,
    OperationTelemetry? telemetry = null
)
{
    /// <summary>Begins to watch a job.</summary>
    /// <param name="pool">The pool that it begins with.</param>
    /// <param name="mode">Why it runs.</param>
    /// <param name="source">Who asked for it.</param>
    /// <param name="stop">Ends it from here.</param>
    public async Task<LaneWatch> BeginAsync(Pool pool, RunMode mode, string source, CancellationToken stop)
    {
        var lane = Lanes.Of(pool);
        if ((await states.ReadAsync(lane, stop)).Job is { } other && await IsOverAsync(lane, other, stop))
        {
            await states.EndAsync(lane, other.Id, stop);
        }

        var id = ids.NewId().ToString();
        var job = new LaneJob(id, LeaseOwner.Here(id).ToString(), pool, mode, source, clock.GetUtcNow());
        return await LaneWatch.BeginAsync(states, job, clock, telemetry, stop);
    }

    /// <summary>
    /// Whether a job's process is gone, or was stopped for longer than its lease: then its lane may be taken over,
    /// though it said within the last minute that it is alive.
    /// </summary>
    private async Task<bool> IsOverAsync(Lane lane, LaneJob job, CancellationToken stop) =>
        LeaseOwner.TryParse(job.Owner) is { } owner
        && (
            owner.IsDead
            || (await leases.StandingAsync(stop)).Any(lease =>
                lease.Lane == lane && lease.IsOver && LeaseOwner.TryParse(lease.Owner)?.Place == owner.Place
            )
        );
}
