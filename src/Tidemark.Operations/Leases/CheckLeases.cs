using System.Globalization;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Lake;

namespace Tidemark.Operations.Leases;

/// <param name="Release">Whether to release leases that have a lane without reason, or only to report them.</param>
public sealed record LeaseCheckRequest(bool Release);

/// <summary>A lease that has a lane without reason.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Owner">Machine, process and run.</param>
/// <param name="ExpiresAt">When it would end by itself, by its own time.</param>
/// <param name="Reason">Why it may be released.</param>
/// <param name="Blocks">Whether it would block the next run.</param>
public sealed record StuckLease(Lane Lane, string Owner, DateTimeOffset ExpiresAt, string Reason, bool Blocks);

/// <param name="Held">The number of leases in force, stuck ones included.</param>
/// <param name="Stuck">The stuck leases.</param>
/// <param name="Released">Whether they were released.</param>
public sealed record LeaseCheckResponse(int Held, IReadOnlyList<StuckLease> Stuck, bool Released);

/// <summary>
/// Finds leases that have a lane without reason: their owner is dead, or no correct clock can have written their times
/// (those of next year, for example). Only these are released. The next holder of the lane fences off the former one,
/// in case its process is alive after all.
/// </summary>
public sealed class CheckLeases(LaneLeases leases, RunStore runs, DataLake lake)
{
    public async Task<LeaseCheckResponse> RunAsync(LeaseCheckRequest request, CancellationToken cancellationToken)
    {
        var standing = (await leases.StandingAsync(cancellationToken)).Where(l => !l.IsOver).ToArray();
        var stuck = new List<StuckLease>();
        foreach (var lease in standing)
        {
            if (ReasonOf(lease) is not { } reason)
            {
                continue;
            }

            stuck.Add(new StuckLease(lease.Lane, lease.Owner, lease.ExpiresAt, reason, lease.IsAbsurd));
            if (request.Release)
            {
                await ReleaseAsync(lease, cancellationToken);
            }
        }

        return new LeaseCheckResponse(standing.Length, stuck, request.Release);
    }

    private static string? ReasonOf(StandingLease lease) =>
        lease.IsAbsurd
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"it was written by a clock that was wrong (taken {lease.TakenAt:u}, until {lease.ExpiresAt:u}; it is {lease.Now:u})"
            )
        : LeaseOwner.TryParse(lease.Owner) is { IsDead: true } ? "its process is gone"
        : null;

    private async Task ReleaseAsync(StandingLease lease, CancellationToken cancellationToken)
    {
        if (LeaseOwner.TryParse(lease.Owner) is { IsDead: true } dead)
        {
            await runs.CloseDeadAsync(dead.RunId, cancellationToken);
            lake.Staging.Sweep(dead.RunId);
        }

        await leases.AbandonAsync(lease.Lane, lease.Owner, cancellationToken);
    }
}
