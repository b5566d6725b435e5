using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Leases;

/// <summary>
/// Tells runs whose process was killed from those that are at work: the control database shows both as running until
/// the next run closes the former. Only reads.
/// </summary>
public sealed class InterruptedRuns(LaneLeases leases, RunStore store)
{
    /// <summary>
    /// Finds the runs whose process is gone: on the same machine at once by the lease, otherwise by a heartbeat that
    /// has stopped.
    /// </summary>
    public async Task<IReadOnlySet<string>> AmongAsync(
        IReadOnlyCollection<RunRow> runs,
        CancellationToken cancellationToken
    )
    {
        var running = runs.Where(r => r.Status == RunStatus.Running).ToArray();
        if (running.Length == 0)
        {
            return new HashSet<string>();
        }

        var dead = (await leases.StandingAsync(cancellationToken))
            .Select(l => LeaseOwner.TryParse(l.Owner))
            .OfType<LeaseOwner>()
            .Where(o => o.IsDead)
            .Select(o => o.RunId)
            .ToHashSet(StringComparer.Ordinal);
        return running
            .Where(r => dead.Contains(r.Id) || store.IsStale(r))
            .Select(r => r.Id)
            .ToHashSet(StringComparer.Ordinal);
    }
}
