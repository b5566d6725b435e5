using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Telemetry;

namespace Tidemark.Operations.Jobs;

/// <summary>Begins jobs in their lanes.</summary>
public sealed class LaneJobs(LaneStates states, IIdSource ids, TimeProvider clock, OperationTelemetry? telemetry = null)
{
    /// <summary>Begins to watch a job.</summary>
    /// <param name="pool">The pool that it begins with.</param>
    /// <param name="mode">Why it runs.</param>
    /// <param name="source">Who asked for it.</param>
    /// <param name="stop">Ends it from here.</param>
    public Task<LaneWatch> BeginAsync(Pool pool, RunMode mode, string source, CancellationToken stop)
    {
        var id = ids.NewId().ToString();
        var job = new LaneJob(id, LeaseOwner.Here(id).ToString(), pool, mode, source, clock.GetUtcNow());
        return LaneWatch.BeginAsync(states, job, clock, telemetry, stop);
    }
}
