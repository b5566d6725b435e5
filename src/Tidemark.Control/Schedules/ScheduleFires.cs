using System.Data.Common;

namespace Tidemark.Control.Schedules;

/// <summary>What became of a moment at which a schedule was due.</summary>
public enum FireStatus
{
    /// <summary>Its job waits for its turn.</summary>
    Waiting,
    Running,

    /// <summary>All that was wanted is there.</summary>
    Done,

    /// <summary>It ran, and something is not whole.</summary>
    Incomplete,
    Failed,

    /// <summary>It did not begin; the run's row says why.</summary>
    Blocked,
    Canceled,

    /// <summary>Nothing was due, as on holidays.</summary>
    Skipped,

    /// <summary>No process served at that moment, or the one that did ended.</summary>
    Missed,
}

/// <summary>A moment of a schedule that was taken up.</summary>
/// <param name="Schedule">Its name, <c>china</c>.</param>
/// <param name="DueAt">The moment.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Source"><c>schedule</c>, or <c>catch_up</c> where it ran later.</param>
/// <param name="Owner">The process: machine, process id, serving.</param>
/// <param name="Detail">Why it was skipped or missed, or how its runs ended.</param>
/// <param name="FiredAt">When it was taken up.</param>
/// <param name="FinishedAt">When its job ended; null before.</param>
public sealed record ScheduleFire(
    string Schedule,
    DateTimeOffset DueAt,
    FireStatus Status,
    string Source,
    string Owner,
    string? Detail,
    DateTimeOffset FiredAt,
    DateTimeOffset? FinishedAt
);

/// <summary>
/// <c>schedule_fires_v1</c>: the moments of schedules that were taken up, each by one process. Thread-safe.
/// </summary>
public sealed class ScheduleFires(ControlDatabase database)
{
    /// <summary>A process that did not say for this long that it serves has ended.</summary>
    public static readonly TimeSpan AliveFor = TimeSpan.FromMinutes(2);

    private const string Columns =
        "select schedule, due_at, status, source, owner, detail, fired_at, finished_at from schedule_fires_v1";

    /// <summary>
    /// Takes a moment up, also one that was missed; false where another process, or this one, has it.
    /// </summary>
    public Task<bool> TakeAsync(ScheduleFire fire, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
                await session.ExecuteAsync(
                    $"""
                    insert into schedule_fires_v1 (schedule, due_at, status, source, owner, detail, fired_at, finished_at, alive_until)
                    values (@schedule, @due, @status, @source, @owner, @detail, @fired, @finished, {ControlSession.NowSql} + @alive)
                    on conflict (schedule, due_at) do update
                    set status = excluded.status, source = excluded.source, owner = excluded.owner, detail = excluded.detail,
                      fired_at = excluded.fired_at, finished_at = excluded.finished_at, alive_until = excluded.alive_until
                    where schedule_fires_v1.status = 'missed'
                    """,
                    [.. Key(fire.Schedule, fire.DueAt), .. Values(fire)]
                ) == 1,
            cancellationToken
        );

    /// <summary>Writes what became of a moment that this process took up.</summary>
    public Task WriteAsync(ScheduleFire fire, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
                session.ExecuteAsync(
                    $"""
                    update schedule_fires_v1
                    set status = @status, source = @source, detail = @detail, fired_at = @fired, finished_at = @finished,
                      alive_until = {ControlSession.NowSql} + @alive
                    where schedule = @schedule and due_at = @due and owner = @owner
                    """,
                    [.. Key(fire.Schedule, fire.DueAt), .. Values(fire)]
                ),
            cancellationToken
        );

    /// <summary>
    /// Says that a process still has what it took up. What it does not name has been lost by it, and is missed soon.
    /// </summary>
    public Task KeepAsync(
        string schedule,
        string owner,
        IReadOnlyCollection<DateTimeOffset> dueAt,
        CancellationToken cancellationToken
    ) =>
        dueAt.Count == 0
            ? Task.CompletedTask
            : database.WriteAsync(
                async session =>
                {
                    foreach (var due in dueAt)
                    {
                        await session.ExecuteAsync(
                            $"""
                            update schedule_fires_v1 set alive_until = {ControlSession.NowSql} + @alive
                            where schedule = @schedule and due_at = @due and owner = @owner and finished_at is null
                            """,
                            [.. Key(schedule, due), ("@alive", (long)AliveFor.TotalMilliseconds), ("@owner", owner)]
                        );
                    }
                },
                cancellationToken
            );

    /// <summary>
    /// Closes what processes took up that have ended: it was missed. Their moments are free to be caught up.
    /// </summary>
    /// <param name="isDead">Whether an owner is known to have ended, before its time is over.</param>
    /// <param name="cancellationToken">Stops the waiting for the database.</param>
    public Task<int> CloseDeadAsync(Func<string, bool> isDead, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                var open = await session.QueryAsync(
                    $"select schedule, due_at, owner, case when alive_until < {ControlSession.NowSql} then 1 else 0 end from schedule_fires_v1 where finished_at is null",
                    reader =>
                        (
                            Schedule: reader.GetString(0),
                            DueAt: reader.Moment(1),
                            Owner: reader.GetString(2),
                            IsOver: reader.GetInt64(3) != 0
                        )
                );
                var closed = 0;
                foreach (var fire in open.Where(fire => fire.IsOver || isDead(fire.Owner)))
                {
                    closed += await session.ExecuteAsync(
                        """
                        update schedule_fires_v1 set status = 'missed', finished_at = @now, detail = 'its process ended before it was done'
                        where schedule = @schedule and due_at = @due
                        """,
                        [.. Key(fire.Schedule, fire.DueAt), ("@now", database.NowMilliseconds)]
                    );
                }

                return closed;
            },
            cancellationToken
        );

    /// <summary>
    /// The latest moment that is not after another; null when there is none. Rows of a clock that was ahead are passed
    /// over: they say nothing of today.
    /// </summary>
    public async Task<ScheduleFire?> LatestUntilAsync(
        string schedule,
        DateTimeOffset until,
        CancellationToken cancellationToken
    ) =>
        (
            await database.ReadAsync(
                session =>
                    session.QueryAsync(
                        Columns + " where schedule = @schedule and due_at <= @due order by due_at desc limit 1",
                        Read,
                        Key(schedule, until)
                    ),
                cancellationToken
            )
        ).FirstOrDefault();

    /// <summary>The latest moments of a schedule, newest first.</summary>
    public Task<List<ScheduleFire>> LatestAsync(string schedule, int last, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    Columns + " where schedule = @schedule order by due_at desc limit @last",
                    Read,
                    ("@schedule", schedule),
                    ("@last", last)
                ),
            cancellationToken
        );

    private static (string, object?)[] Key(string schedule, DateTimeOffset dueAt) =>
        [("@schedule", schedule), ("@due", dueAt.ToUnixTimeMilliseconds())];

    private static (string, object?)[] Values(ScheduleFire fire) =>
        [
            ("@status", Name(fire.Status)),
            ("@source", fire.Source),
            ("@owner", fire.Owner),
            ("@detail", fire.Detail),
            ("@fired", fire.FiredAt.ToUnixTimeMilliseconds()),
            ("@finished", fire.FinishedAt?.ToUnixTimeMilliseconds()),
            ("@alive", (long)AliveFor.TotalMilliseconds),
        ];

    private static ScheduleFire Read(DbDataReader reader) =>
        new(
            reader.GetString(0),
            reader.Moment(1),
            StoredText.Parse<FireStatus>(reader.GetString(2), Name),
            reader.GetString(3),
            reader.GetString(4),
            reader.Text(5),
            reader.Moment(6),
            reader.MomentOrNull(7)
        );

    /// <summary>How a status is written.</summary>
    public static string Name(FireStatus status) => status.ToString().ToLowerInvariant();
}
