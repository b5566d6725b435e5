using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Running;

/// <summary>
/// One writer a pool, and none that comes too late. The lease says who may write; its epoch goes into every commit, so
/// that the tables themselves refuse a holder whose lease was taken over while he was stopped, at whatever moment that
/// was (docs/adr, "A stale writer commits nothing").
/// </summary>
internal sealed class PoolLock(
    PoolLeases leases,
    RunStore runs,
    PoolFences fences,
    Pool pool,
    string runId,
    TimeSpan duration
)
{
    public const string Busy = "POOL_BUSY";
    public const string LostCode = "POOL_LOST";
    private readonly string _owner = LeaseOwner.Here(runId).ToString();
    private WriterFence? _fence;

    /// <summary>Takes the lease, and fences off whoever had it before and did not give it back.</summary>
    /// <param name="seen">Tables whose logs are known already: they tell whether the control database is older than the
    /// lake.</param>
    /// <param name="cancellationToken">Stops before the lease is taken or while tables are fenced; then it is given
    /// up.</param>
    /// <returns>The id of a dead run whose lease was taken over, so that what it staged can be swept; null when there
    /// was none.</returns>
    /// <exception cref="TidemarkException">Kind Conflict, code <c>POOL_BUSY</c>: another process is writing the
    /// pool.</exception>
    public async Task<string?> TakeAsync(IEnumerable<TableSnapshot> seen, CancellationToken cancellationToken)
    {
        string? dead = null;
        var lease = await leases.AcquireAsync(pool, _owner, duration, cancellationToken);
        if (!lease.IsMine && LeaseOwner.TryParse(lease.Owner) is { IsDead: true } owner)
        {
            // While the lease still names it: should this process be killed too, the next one closes it.
            dead = owner.RunId;
            await runs.CloseDeadAsync(dead, cancellationToken);
            await leases.AbandonAsync(pool, lease.Owner, cancellationToken);
            lease = await leases.AcquireAsync(pool, _owner, duration, cancellationToken);
        }

        if (!lease.IsMine)
        {
            throw new TidemarkException(
                ErrorKind.Conflict,
                Busy,
                $"Another process is writing the pool {pool.Name()} ({lease.Owner}, until {lease.ExpiresAt:u}). Wait for it, or stop it; "
                    + "`tidemark doctor --repair` releases a lease whose owner is dead or whose times no clock can have had."
            );
        }

        try
        {
            await FenceAsync(lease, seen, cancellationToken);
        }
        catch
        {
            // Not given back: whoever comes next has to fence.
            await leases.AbandonAsync(pool, _owner, CancellationToken.None);
            throw;
        }

        return dead;
    }

    /// <summary>
    /// Prolongs the lease, also one that ran out while this machine slept. False = another process has had it since:
    /// stop writing.
    /// </summary>
    public Task<bool> KeepAsync(CancellationToken cancellationToken) =>
        leases.RenewAsync(pool, _owner, duration, cancellationToken);

    /// <summary>
    /// Whether the lease is this run's still. One read; a lease that ran out is prolonged where nobody has taken it.
    /// </summary>
    public async Task<bool> IsHeldAsync(CancellationToken cancellationToken) =>
        await leases.RemainingAsync(pool, _owner, cancellationToken) is { } remaining
        && (remaining > TimeSpan.Zero || await KeepAsync(cancellationToken));

    /// <summary>The same commit as this pool's: under its epoch, and only while the lease is held.</summary>
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
            "Another process took over the pool while this one did not answer (a machine that slept?). What was committed before is kept, nothing was committed since; run again."
        );

    public Task ReleaseAsync() => leases.ReleaseAsync(pool, _owner, CancellationToken.None);

    private async Task FenceAsync(PoolLease lease, IEnumerable<TableSnapshot> seen, CancellationToken cancellationToken)
    {
        var control = await leases.ControlIdAsync(cancellationToken);
        var epoch = lease.Epoch;
        var known = seen.Select(table => WriterFence.NewestEpoch(table, pool)).DefaultIfEmpty().Max();
        var mustFence = lease.MustFence || known >= epoch; // a control database that was restored knows less than the logs
        if (mustFence)
        {
            var newest = Math.Max(known, await fences.NewestEpochAsync(pool, cancellationToken));
            if (newest >= epoch)
            {
                epoch = newest + 1;
                if (!await leases.RaiseAsync(pool, _owner, epoch, cancellationToken))
                {
                    throw Lost();
                }
            }
        }

        _fence = new WriterFence(control, pool, epoch, lease.TakenAt);
        if (mustFence)
        {
            await fences.FenceAsync(_fence, cancellationToken);
        }
    }
}
