using System.Globalization;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Lake;

namespace Tidemark.Operations.Leases;

/// <param name="Release">Whether to release what holds a pool without reason, or only to name it.</param>
public sealed record LeaseCheckRequest(bool Release);

/// <summary>A lease that keeps a pool without reason.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Owner">Machine, process and run.</param>
/// <param name="ExpiresAt">When it would end by itself, as it says.</param>
/// <param name="Reason">Why it may be released.</param>
/// <param name="Blocks">Whether the next run could not help itself.</param>
public sealed record StuckLease(Pool Pool, string Owner, DateTimeOffset ExpiresAt, string Reason, bool Blocks);

/// <param name="Held">Leases in force, those that are stuck included.</param>
/// <param name="Stuck">Those that were found.</param>
/// <param name="Released">Whether they were released.</param>
public sealed record LeaseCheckResponse(int Held, IReadOnlyList<StuckLease> Stuck, bool Released);

/// <summary>
/// Finds leases that keep a pool without reason: their owner is dead, or their times are such as no right clock can
/// have written (that of next year). Only such are released; whoever takes the pool next fences off the former holder,
/// should he be alive after all.
/// </summary>
public sealed class CheckLeases(PoolLeases leases, RunStore runs, DataLake lake)
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

            stuck.Add(new StuckLease(lease.Pool, lease.Owner, lease.ExpiresAt, reason, lease.IsAbsurd));
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

        await leases.AbandonAsync(lease.Pool, lease.Owner, cancellationToken);
    }
}
