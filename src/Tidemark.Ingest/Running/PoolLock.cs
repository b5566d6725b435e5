using System.Diagnostics;
using System.Globalization;
using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;

namespace Tidemark.Ingest.Running;

/// <summary>
/// One writer a pool. The lease names machine, process and run, so that a process that was killed here does not keep the pool until its
/// lease expires: on the same machine a dead process is seen at once.
/// </summary>
internal sealed class PoolLock(PoolLeases leases, RunStore runs, RunScope pool, string runId)
{
    public const string Busy = "POOL_BUSY";
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);
    private readonly string _owner = string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.MachineName}/{Environment.ProcessId}/{runId}"
    );

    /// <returns>The id of a dead run whose lease was taken over, so that what it staged can be swept; null when there was none.</returns>
    /// <exception cref="TidemarkException">Kind Conflict, code <c>POOL_BUSY</c>: another process is writing the pool.</exception>
    public async Task<string?> TakeAsync(CancellationToken cancellationToken)
    {
        var lease = await leases.AcquireAsync(pool, _owner, Duration, cancellationToken);
        if (lease.IsMine)
        {
            return null;
        }

        if (DeadRunOf(lease.Owner) is { } dead)
        {
            // While the lease still names it: should this process be killed too, the next one closes it.
            await CloseAsync(dead, cancellationToken);
            await leases.ReleaseAsync(pool, lease.Owner, cancellationToken);
            lease = await leases.AcquireAsync(pool, _owner, Duration, cancellationToken);
            if (lease.IsMine)
            {
                return dead;
            }
        }

        throw new TidemarkException(
            ErrorKind.Conflict,
            Busy,
            $"Another process is writing the pool {pool.Name()} ({lease.Owner}, until {lease.ExpiresAt:u}). Wait for it, or stop it."
        );
    }

    /// <summary>
    /// Prolongs the lease, also one that ran out while this machine slept. False = another process has it by now: stop writing.
    /// </summary>
    public async Task<bool> KeepAsync(CancellationToken cancellationToken) =>
        (await leases.AcquireAsync(pool, _owner, Duration, cancellationToken)).IsMine;

    /// <summary>The error of a run whose lease another process has taken.</summary>
    public static TidemarkException Lost() =>
        new(
            ErrorKind.Conflict,
            "POOL_LOST",
            "Another process took over the pool while this one did not answer (a machine that slept?). What was committed is kept; run again."
        );

    public Task ReleaseAsync() => leases.ReleaseAsync(pool, _owner, CancellationToken.None);

    private static string? DeadRunOf(string owner)
    {
        var parts = owner.Split('/', 3);
        return
            parts.Length == 3
            && parts[0] == Environment.MachineName
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            && process != Environment.ProcessId
            && !IsAlive(process)
            ? parts[2]
            : null;
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false; // no process has this number
        }
    }

    private async Task CloseAsync(string dead, CancellationToken cancellationToken)
    {
        if ((await runs.FindAsync(dead, cancellationToken))?.Run is { Status: RunStatus.Running })
        {
            var result = new RunResult(
                RunStatus.Failed,
                Errors: 1,
                ErrorMessage: "the process that ran this ended without a word; what it had committed is kept"
            );
            await runs.FinishAsync(dead, result, cancellationToken);
        }
    }
}
