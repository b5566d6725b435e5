using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Lets one process write in a lane, and refuses late writers. The lease says who may write; every commit carries its
/// epoch, so that the tables themselves refuse a holder whose lease was taken over while its process was suspended
/// (docs/adr, "A stale writer commits nothing").
/// </summary>
internal sealed class LaneLock(
    LaneLeases leases,
    RunStore runs,
    LaneFences fences,
    Lane lane,
    string runId,
    TimeSpan duration
)
{
    public const string Busy = "LANE_BUSY";
    public const string LostCode = "LANE_LOST";
    private readonly string _owner = LeaseOwner.Here(runId).ToString();
    private WriterFence? _fence;

    /// <summary>Takes the lease, and fences off an earlier holder that did not give it back.</summary>
    /// <param name="seen">Tables whose logs were read already: their epochs show whether the control database is older
    /// than the lake.</param>
    /// <param name="cancellationToken">Stops before the lease is taken or while tables are fenced; in the second case
    /// the lease is abandoned.</param>
    /// <returns>The id of a dead run whose lease was taken over, so that what it staged can be swept; null when there
    /// was none.</returns>
    /// <exception cref="TidemarkException">Kind Conflict, code <c>LANE_BUSY</c>: another process is writing the
    /// lane.</exception>
    public async Task<string?> TakeAsync(IEnumerable<TableSnapshot> seen, CancellationToken cancellationToken)
    {
        string? dead = null;
        var lease = await leases.AcquireAsync(lane, _owner, duration, cancellationToken);
        if (!lease.IsMine && LeaseOwner.TryParse(lease.Owner) is { IsDead: true } owner)
        {
            // The lease still names the dead run: if this process is killed too, the next one closes that run.
            dead = owner.RunId;
            await runs.CloseDeadAsync(dead, cancellationToken);
            await leases.AbandonAsync(lane, lease.Owner, cancellationToken);
            lease = await leases.AcquireAsync(lane, _owner, duration, cancellationToken);
        }

        if (!lease.IsMine)
        {
            throw new TidemarkException(
                ErrorKind.Conflict,
                Busy,
                $"Another process is writing the lane {lane.Name()} ({lease.Owner}, until {lease.ExpiresAt:u}). Wait for it, or stop it; "
                    + "`tidemark doctor --repair` releases a lease if its owner is dead or its times are impossible."
            );
        }

        try
        {
            await FenceAsync(lease, seen, cancellationToken);
        }
        catch
        {
            // The lease is abandoned rather than given back, so that the next holder fences.
            await leases.AbandonAsync(lane, _owner, CancellationToken.None);
            throw;
        }

        return dead;
    }

    /// <summary>
    /// Renews the lease, even one that ran out while this machine slept. False when another process has held it since:
    /// then stop writing.
    /// </summary>
    public Task<bool> KeepAsync(CancellationToken cancellationToken) =>
        leases.RenewAsync(lane, _owner, duration, cancellationToken);

    /// <summary>
    /// Whether this run still holds the lease. One read; a lease that ran out is renewed if no other process has taken
    /// it.
    /// </summary>
    public async Task<bool> IsHeldAsync(CancellationToken cancellationToken) =>
        await leases.RemainingAsync(lane, _owner, cancellationToken) is { } remaining
        && (remaining > TimeSpan.Zero || await KeepAsync(cancellationToken));

    /// <summary>Returns the commit with this lane's epoch, refused once the lease is lost.</summary>
    public CommitRequest Guard(CommitRequest request) =>
        request with
        {
            Fence = _fence ?? throw new InvalidOperationException("The lease was not taken"),
            EnsureAllowed = async token =>
            {
                if (!await IsHeldAsync(token))
                {
                    throw Lost();
                }
            },
        };

    /// <summary>The error of a run whose lease another process has taken.</summary>
    public static TidemarkException Lost() =>
        new(
            ErrorKind.Conflict,
            LostCode,
            "Another process took over the lane while this one was stopped (did the machine sleep?). What was committed before is kept; nothing was committed since. Run again."
        );

    public Task ReleaseAsync() => leases.ReleaseAsync(lane, _owner, CancellationToken.None);

    private async Task FenceAsync(LaneLease lease, IEnumerable<TableSnapshot> seen, CancellationToken cancellationToken)
    {
        var control = await leases.ControlIdAsync(cancellationToken);
        var epoch = lease.Epoch;
        var known = seen.Select(table => WriterFence.NewestEpoch(table, lane)).DefaultIfEmpty().Max();
        var mustFence = lease.MustFence || known >= epoch; // a control database that was restored knows less than the logs
        if (mustFence)
        {
            var newest = Math.Max(known, await fences.NewestEpochAsync(lane, cancellationToken));
            if (newest >= epoch)
            {
                epoch = newest + 1;
                if (!await leases.RaiseAsync(lane, _owner, epoch, cancellationToken))
                {
                    throw Lost();
                }
            }
        }

        _fence = new WriterFence(control, lane, epoch, lease.TakenAt);
        if (mustFence)
        {
            await fences.FenceAsync(_fence, cancellationToken);
        }
    }
}
