using Tidemark.Core.Runs;

namespace Tidemark.Control.Runs;

/// <summary>Who may write a pool, and until when.</summary>
/// <param name="IsMine">Whether the caller has it.</param>
/// <param name="Owner">Who has it.</param>
/// <param name="ExpiresAt">When it ends unless renewed.</param>
public sealed record PoolLease(bool IsMine, string Owner, DateTimeOffset ExpiresAt);

/// <summary>
/// One writer a pool, on however many machines: a row with an expiry, by the injected clock. A holder that dies loses it by time. Thread-safe.
/// </summary>
public sealed class PoolLeases(ControlDatabase database)
{
    /// <summary>Takes the lease when it is free, has expired, or is the owner's already (then it is prolonged).</summary>
    /// <param name="owner">Something unique to the process: machine, process id, run id.</param>
    public Task<PoolLease> AcquireAsync(
        RunScope pool,
        string owner,
        TimeSpan duration,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(
            async session =>
            {
                var now = database.NowMilliseconds;
                await session.ExecuteAsync(
                    """
                    insert into pool_leases (pool, owner, acquired_at, expires_at) values (@pool, @owner, @now, @expires)
                    on conflict (pool) do update set owner = excluded.owner, acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
                    where pool_leases.expires_at <= @now or pool_leases.owner = excluded.owner
                    """,
                    ("@pool", pool.Name()),
                    ("@owner", owner),
                    ("@now", now),
                    ("@expires", now + (long)duration.TotalMilliseconds)
                );
                var held = await session.QueryAsync(
                    "select owner, expires_at from pool_leases where pool = @pool",
                    reader => new PoolLease(reader.GetString(0) == owner, reader.GetString(0), reader.Moment(1)),
                    ("@pool", pool.Name())
                );
                return held[0];
            },
            cancellationToken
        );

    /// <summary>Gives the lease back. Does nothing when somebody else has it by now.</summary>
    public Task ReleaseAsync(RunScope pool, string owner, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
                session.ExecuteAsync(
                    "delete from pool_leases where pool = @pool and owner = @owner",
                    ("@pool", pool.Name()),
                    ("@owner", owner)
                ),
            cancellationToken
        );
}
