using System.Data.Common;
using Tidemark.Core;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Runs;

/// <summary>
/// One writer a lane, on however many machines: a row with an expiry, by the database's own time. A holder that dies
/// loses the lease by time. The row stays when the lease is given back, and with it the lane's last epoch, so that none
/// is ever used twice. Thread-safe.
/// </summary>
public sealed class LaneLeases(ControlDatabase database, IIdSource ids)
{
    private const string Select =
        $"select owner, acquired_at, expires_at, epoch, released, {ControlDatabase.NowSql} from lane_leases where lane = @lane";

    /// <summary>
    /// Takes the lease under the next epoch when it is free or has expired; prolongs it when the owner has it already.
    /// </summary>
    /// <param name="lane">Which.</param>
    /// <param name="owner">Something unique to the process and run: machine, process id, run id.</param>
    /// <param name="duration">How long it lasts unless it is renewed.</param>
    /// <param name="cancellationToken">Stops the waiting for the database.</param>
    public async Task<LaneLease> AcquireAsync(
        Lane lane,
        string owner,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        var lease = await TryTakeAsync(lane, owner, duration, cancellationToken);
        if (lease.IsMine)
        {
            database.Telemetry?.LeaseTaken(lane.Name(), lease.Epoch, owner);
        }
        else
        {
            database.Telemetry?.LeaseBusy(lane.Name(), lease.Owner);
        }

        return lease;
    }

    private Task<LaneLease> TryTakeAsync(
        Lane lane,
        string owner,
        TimeSpan duration,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(
            async session =>
            {
                // The transaction writes from its beginning: no other writer comes between the read and the write.
                var now = (await session.QueryAsync($"select {ControlDatabase.NowSql}", reader => reader.GetInt64(0)))[
                    0
                ];
                var expires = now + (long)duration.TotalMilliseconds;
                var standing = (await session.QueryAsync(Select, ReadRow, ("@lane", lane.Name()))).SingleOrDefault();
                if (standing is null)
                {
                    // A database without a row of the lane cannot say who wrote in the lane before.
                    await session.ExecuteAsync(
                        """
                        insert into lane_leases (lane, owner, acquired_at, expires_at, epoch, released)
                        values (@lane, @owner, @now, @expires, @epoch, 0)
                        """,
                        ("@lane", lane.Name()),
                        ("@owner", owner),
                        ("@now", now),
                        ("@expires", expires),
                        ("@epoch", NextEpoch(0, now))
                    );
                    return Mine(owner, now, expires, NextEpoch(0, now), mustFence: true);
                }

                if (!standing.Released && standing.Owner == owner)
                {
                    await ProlongAsync(session, lane, owner, duration);
                    return Mine(owner, standing.TakenAt, expires, standing.Epoch, mustFence: false);
                }

                if (!standing.Released && standing.ExpiresAt > now)
                {
                    return new LaneLease(
                        false,
                        standing.Owner,
                        Moment(standing.TakenAt),
                        Moment(standing.ExpiresAt),
                        standing.Epoch,
                        false
                    );
                }

                await session.ExecuteAsync(
                    """
                    update lane_leases set owner = @owner, acquired_at = @now, expires_at = @expires, epoch = @epoch, released = 0
                    where lane = @lane
                    """,
                    ("@lane", lane.Name()),
                    ("@owner", owner),
                    ("@now", now),
                    ("@expires", expires),
                    ("@epoch", NextEpoch(standing.Epoch, now))
                );
                return Mine(owner, now, expires, NextEpoch(standing.Epoch, now), mustFence: !standing.Released);
            },
            cancellationToken
        );

    /// <summary>
    /// Prolongs the owner's lease, also one that ran out and that nobody has taken. False = another has taken it, or
    /// had it: never taken anew here, because what the owner fetched before may be older than what the other has
    /// committed.
    /// </summary>
    public async Task<bool> RenewAsync(Lane lane, string owner, TimeSpan duration, CancellationToken cancellationToken)
    {
        var isMine = await database.WriteAsync(
            async session => await ProlongAsync(session, lane, owner, duration) > 0,
            cancellationToken
        );
        if (!isMine)
        {
            database.Telemetry?.LeaseLost(lane.Name(), owner);
        }

        return isMine;
    }

    /// <summary>
    /// How long the owner's lease lasts still (less than nothing when it ran out and stands); null when it is not his
    /// any more.
    /// </summary>
    public Task<TimeSpan?> RemainingAsync(Lane lane, string owner, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async session =>
            {
                var standing = (await session.QueryAsync(Select, ReadRow, ("@lane", lane.Name()))).SingleOrDefault();
                return standing is { Released: false } && standing.Owner == owner
                    ? TimeSpan.FromMilliseconds(standing.ExpiresAt - standing.Now)
                    : (TimeSpan?)null;
            },
            cancellationToken
        );

    /// <summary>
    /// Gives the owner's lease a higher epoch, because the logs know one that this database does not. False = it is not
    /// his any more.
    /// </summary>
    public Task<bool> RaiseAsync(Lane lane, string owner, long epoch, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
                await session.ExecuteAsync(
                    """
                    update lane_leases set epoch = case when epoch < @epoch then @epoch else epoch end
                    where lane = @lane and owner = @owner and released = 0
                    """,
                    ("@lane", lane.Name()),
                    ("@owner", owner),
                    ("@epoch", epoch)
                ) > 0,
            cancellationToken
        );

    /// <summary>
    /// Gives the lease back: its holder writes no more. Does nothing where another process has it by now.
    /// </summary>
    public Task ReleaseAsync(Lane lane, string owner, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
                session.ExecuteAsync(
                    "update lane_leases set released = 1 where lane = @lane and owner = @owner",
                    ("@lane", lane.Name()),
                    ("@owner", owner)
                ),
            cancellationToken
        );

    /// <summary>
    /// Ends a lease that was not given back: the next holder has to fence. Does nothing where another has it by now.
    /// </summary>
    public Task AbandonAsync(Lane lane, string owner, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
                session.ExecuteAsync(
                    "update lane_leases set expires_at = 0 where lane = @lane and owner = @owner and released = 0",
                    ("@lane", lane.Name()),
                    ("@owner", owner)
                ),
            cancellationToken
        );

    /// <summary>The leases that were not given back.</summary>
    public Task<List<StandingLease>> StandingAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    $"""
                    select lane, owner, acquired_at, expires_at, {ControlDatabase.NowSql} from lane_leases
                    where released = 0 and expires_at > 0 order by lane
                    """,
                    reader => new StandingLease(
                        StoredText.Lane(reader.GetString(0)),
                        reader.GetString(1),
                        Moment(reader.GetInt64(2)),
                        Moment(reader.GetInt64(3)),
                        Moment(reader.GetInt64(4))
                    )
                ),
            cancellationToken
        );

    /// <summary>The id of this control database: made once, kept in it, and so the same in a copy.</summary>
    public async Task<string> ControlIdAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(ReadIdAsync, cancellationToken)
        ?? await database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync(
                    "insert into control_identity (one, id) values (1, @id) on conflict (one) do nothing",
                    ("@id", ids.NewId().ToString())
                );
                return (await ReadIdAsync(session))!;
            },
            cancellationToken
        );

    private static async Task<string?> ReadIdAsync(ControlSession session) =>
        (await session.QueryAsync("select id from control_identity", reader => reader.GetString(0))).SingleOrDefault();

    private static Task<int> ProlongAsync(ControlSession session, Lane lane, string owner, TimeSpan duration) =>
        session.ExecuteAsync(
            $"""
            update lane_leases set expires_at = {ControlDatabase.NowSql} + @duration
            where lane = @lane and owner = @owner and released = 0
            """,
            ("@lane", lane.Name()),
            ("@owner", owner),
            ("@duration", (long)duration.TotalMilliseconds)
        );

    // At least the seconds of the clock: a database that was made anew or restored goes on above what was given before
    // it, whether a log tells it or not.
    private static long NextEpoch(long last, long now) => Math.Max(last + 1, now / 1000);

    private static LaneLease Mine(string owner, long takenAt, long expiresAt, long epoch, bool mustFence) =>
        new(true, owner, Moment(takenAt), Moment(expiresAt), epoch, mustFence);

    private static Row ReadRow(DbDataReader reader) =>
        new(
            reader.GetString(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            reader.GetInt64(3),
            reader.GetInt64(4) != 0,
            reader.GetInt64(5)
        );

    // A row may hold any number: what no calendar has is as far away as one can tell.
    private static DateTimeOffset Moment(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            Math.Clamp(
                milliseconds,
                DateTimeOffset.UnixEpoch.ToUnixTimeMilliseconds(),
                new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()
            )
        );

    private sealed record Row(string Owner, long TakenAt, long ExpiresAt, long Epoch, bool Released, long Now);
}
