using System.Data.Common;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Runs;

/// <summary>The work that a lane does now.</summary>
/// <param name="Id">Unique to one operation: all its runs, evaluation and build included.</param>
/// <param name="Owner">Machine, process and job.</param>
/// <param name="Pool">The pool that runs now.</param>
/// <param name="Mode">Why it runs.</param>
/// <param name="Source">Who asked for it: <c>manual</c>, <c>schedule</c>, <c>startup</c> or <c>auto</c>.</param>
/// <param name="StartedAt">When it began.</param>
public sealed record LaneJob(string Id, string Owner, Pool Pool, RunMode Mode, string Source, DateTimeOffset StartedAt);

/// <summary>What a lane does and is asked to do.</summary>
/// <param name="Lane">Which.</param>
/// <param name="IsPaused">Whether somebody paused it; that stays until somebody resumes it, whatever ends meanwhile.</param>
/// <param name="PausedBy">Who, and null where it is not paused.</param>
/// <param name="PausedAt">Since when.</param>
/// <param name="IsCancelRequested">Whether its job is asked to end.</param>
/// <param name="CanceledBy">Who asked that; null where nobody did.</param>
/// <param name="Job">What runs; null where nothing does, or its process has not been heard of for a minute.</param>
public sealed record LaneState(
    Lane Lane,
    bool IsPaused,
    string? PausedBy,
    DateTimeOffset? PausedAt,
    bool IsCancelRequested,
    string? CanceledBy,
    LaneJob? Job
)
{
    /// <summary>A lane of which nothing was ever written.</summary>
    public static LaneState Idle(Lane lane) => new(lane, false, null, null, false, null, null);

    /// <summary>In one word.</summary>
    public LaneActivity Activity =>
        this switch
        {
            { IsCancelRequested: true, Job: not null } => LaneActivity.Canceling,
            { IsPaused: true } => LaneActivity.Paused,
            { Job: not null } => LaneActivity.Running,
            _ => LaneActivity.Idle,
        };
}

/// <summary>
/// <c>ingest_control_state_v1</c>: one row a lane. Any process may pause, resume and cancel; the job that runs looks at
/// its row every second. Thread-safe.
/// </summary>
public sealed class LaneStates(ControlDatabase database)
{
    /// <summary>A job that did not say for this long that it is alive has ended.</summary>
    public static readonly TimeSpan AliveFor = TimeSpan.FromMinutes(1);

    private const string IsAlive = "job_id is not null and alive_until > @db_now";

    // The state as others read it with SQL; whoever asks here gets it from the columns.
    private const string State = $"""
        case when cancel_requested = 1 and {IsAlive} then 'canceling' when paused = 1 then 'paused'
          when {IsAlive} then 'running' else 'idle' end
        """;

    private const string Select = $"""
        select lane, paused, paused_by, paused_at, cancel_requested, job_id, job_owner, job_pool, job_mode, job_source, job_started_at,
          case when {IsAlive} then 1 else 0 end, canceled_by
        from ingest_control_state_v1
        """;

    /// <summary>What a lane does.</summary>
    public Task<LaneState> ReadAsync(Lane lane, CancellationToken cancellationToken) =>
        database.ReadAsync(session => ReadAsync(session, lane), cancellationToken);

    /// <summary>
    /// Tells that a job runs in the lane, and reads what it is asked to do. Another job's row stays as long as that is
    /// alive. To be repeated well within <see cref="AliveFor"/>.
    /// </summary>
    public Task<LaneState> KeepAsync(Lane lane, LaneJob job, CancellationToken cancellationToken) =>
        ChangeAsync(
            lane,
            $"""
            update ingest_control_state_v1
            set cancel_requested = case when job_id = @job then cancel_requested else 0 end,
              canceled_by = case when job_id = @job then canceled_by else null end,
              job_id = @job, job_owner = @owner, job_pool = @pool, job_mode = @mode, job_source = @source, job_started_at = @started,
              alive_until = @db_now + @alive
            where lane = @lane and (not ({IsAlive}) or job_id = @job)
            """,
            [
                ("@job", job.Id),
                ("@owner", job.Owner),
                ("@pool", job.Pool.Name()),
                ("@mode", job.Mode.Name()),
                ("@source", job.Source),
                ("@started", job.StartedAt.ToUnixTimeMilliseconds()),
                ("@alive", (long)AliveFor.TotalMilliseconds),
            ],
            cancellationToken
        );

    /// <summary>Tells that a job has ended, or that it is known to be dead.</summary>
    public Task EndAsync(Lane lane, string job, CancellationToken cancellationToken) =>
        ChangeAsync(
            lane,
            """
            update ingest_control_state_v1
            set cancel_requested = 0, canceled_by = null, job_id = null, job_owner = null, job_pool = null, job_mode = null, job_source = null,
              job_started_at = null, alive_until = 0
            where lane = @lane and job_id = @job
            """,
            [("@job", job)],
            cancellationToken
        );

    /// <summary>Lets nothing begin any more. Does nothing where it is so already.</summary>
    public Task<LaneState> PauseAsync(Lane lane, string by, CancellationToken cancellationToken) =>
        ChangeAsync(
            lane,
            "update ingest_control_state_v1 set paused = 1, paused_by = @by, paused_at = @now where lane = @lane and paused = 0",
            [("@by", by)],
            cancellationToken
        );

    /// <summary>Ends a pause.</summary>
    public Task<LaneState> ResumeAsync(Lane lane, CancellationToken cancellationToken) =>
        ChangeAsync(
            lane,
            "update ingest_control_state_v1 set paused = 0, paused_by = null, paused_at = null where lane = @lane",
            [],
            cancellationToken
        );

    /// <summary>Asks one job to end; does nothing where another runs by now.</summary>
    public Task<LaneState> CancelAsync(Lane lane, string job, string by, CancellationToken cancellationToken) =>
        ChangeAsync(
            lane,
            "update ingest_control_state_v1 set cancel_requested = 1, canceled_by = @by where lane = @lane and job_id = @job",
            [("@job", job), ("@by", by)],
            cancellationToken
        );

    private Task<LaneState> ChangeAsync(
        Lane lane,
        string sql,
        (string, object?)[] values,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(
            async session =>
            {
                var dbNow = await DatabaseNowAsync(session);
                (string, object?)[] common =
                [
                    ("@lane", lane.Name()),
                    ("@now", database.NowMilliseconds),
                    ("@db_now", dbNow),
                ];
                await session.ExecuteAsync(
                    "insert into ingest_control_state_v1 (lane, state, updated_at) values (@lane, 'idle', @now) on conflict (lane) do nothing",
                    ("@lane", lane.Name()),
                    ("@now", database.NowMilliseconds)
                );
                await session.ExecuteAsync(sql, [.. common, .. values]);
                await session.ExecuteAsync(
                    $"update ingest_control_state_v1 set state = {State}, updated_at = @now where lane = @lane",
                    common
                );
                return await ReadAsync(session, lane);
            },
            cancellationToken
        );

    private static async Task<LaneState> ReadAsync(ControlSession session, Lane lane) =>
        (
            await session.QueryAsync(
                Select + " where lane = @lane",
                reader => Read(lane, reader),
                ("@lane", lane.Name()),
                ("@db_now", await DatabaseNowAsync(session))
            )
        ).SingleOrDefault() ?? LaneState.Idle(lane);

    private static async Task<long> DatabaseNowAsync(ControlSession session) =>
        (await session.QueryAsync($"select {ControlSession.NowSql}", reader => reader.GetInt64(0)))[0];

    private static LaneState Read(Lane lane, DbDataReader reader) =>
        new(
            lane,
            reader.GetInt64(1) != 0,
            reader.Text(2),
            reader.MomentOrNull(3),
            reader.GetInt64(4) != 0,
            reader.Text(12),
            reader.GetInt64(11) == 0
                ? null
                : new LaneJob(
                    reader.GetString(5),
                    reader.GetString(6),
                    StoredText.Pool(reader.GetString(7)),
                    StoredText.Mode(reader.GetString(8)),
                    reader.GetString(9),
                    reader.Moment(10)
                )
        );
}
