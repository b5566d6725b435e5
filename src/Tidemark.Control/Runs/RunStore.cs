using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json.Nodes;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Runs;

/// <summary>Runs and their steps. Thread-safe.</summary>
public sealed class RunStore(ControlDatabase database, IIdSource ids)
{
    /// <summary>A running run whose heartbeat is older than this belongs to a process that died.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(2);

    // Clocks of machines differ by less.
    private static readonly TimeSpan s_farAhead = TimeSpan.FromDays(1);

    private const string StaleMessage =
        "the run's process stopped unexpectedly (no heartbeat for 2 minutes); what it committed is kept";

    private const string DeadMessage = "the run's process ended unexpectedly; what it committed is kept";

    private const string RunColumns = """
        select id, scope, mode, status, as_of_trade_date, started_at, finished_at, heartbeat_at, symbol_count, inserted, updated, rows, errors,
               error_message, meta_json
        from ingest_runs
        """;

    // What this instance started and did not finish: alive, however late its heartbeat is.
    private readonly ConcurrentDictionary<string, bool> _own = new();

    /// <summary>An id for a run that is to be named before it is written down.</summary>
    public string NewId() => ids.NewId().ToString();

    /// <summary>Writes a run as running; returns its id.</summary>
    public async Task<string> StartAsync(RunStart start, CancellationToken cancellationToken)
    {
        var id = start.Id ?? NewId();
        await database.WriteAsync(
            session => InsertAsync(session, id, start, RunStatus.Running, null, start.MetaJson),
            cancellationToken
        );
        _own[id] = true;
        return id;
    }

    /// <summary>Says that a run is alive. Does nothing to one that has ended.</summary>
    public Task HeartbeatAsync(string runId, CancellationToken cancellationToken) =>
        database.WriteAsync(session => BeatAsync(session, runId), cancellationToken);

    /// <summary>
    /// Closes a run. Also one that was closed as stale meanwhile: a laptop that slept was not dead after all. Steps
    /// that are still running are closed as failed.
    /// </summary>
    /// <exception cref="TidemarkException"><c>RUN_UNKNOWN</c>.</exception>
    public async Task FinishAsync(string runId, RunResult result, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            async session =>
            {
                var now = database.NowMilliseconds;
                var changed = await session.ExecuteAsync(
                    """
                    update ingest_runs
                    set status = @status, finished_at = @now, heartbeat_at = @now, symbol_count = @symbols, inserted = @inserted, updated = @updated,
                        rows = @rows, errors = @errors, error_message = @error, meta_json = coalesce(@meta, meta_json),
                        as_of_trade_date = coalesce(@as_of, as_of_trade_date)
                    where id = @id
                    """,
                    ("@status", result.Status.Name()),
                    ("@now", now),
                    ("@symbols", result.Symbols),
                    ("@inserted", result.Inserted),
                    ("@updated", result.Updated),
                    ("@rows", result.Rows),
                    ("@errors", result.Errors),
                    ("@error", result.ErrorMessage),
                    ("@meta", result.MetaJson),
                    ("@as_of", result.AsOf?.ToIso()),
                    ("@id", runId)
                );
                if (changed == 0)
                {
                    throw Unknown(runId);
                }

                await StepRows.CloseAsync(session, runId, "the run ended before this step", now);
            },
            cancellationToken
        );
        _own.TryRemove(runId, out _);
    }

    /// <summary>
    /// Closes the run of a process that is known to be gone; does nothing when it has ended or never began.
    /// </summary>
    public async Task CloseDeadAsync(string runId, CancellationToken cancellationToken)
    {
        await database.WriteAsync(session => CloseLostAsync(session, runId, DeadMessage), cancellationToken);
        _own.TryRemove(runId, out _);
    }

    /// <summary>Adds a member to the meta of runs, or writes it over.</summary>
    /// <param name="runIds">The runs; those that are not there are passed over.</param>
    /// <param name="key">The member.</param>
    /// <param name="json">Its value, in JSON.</param>
    /// <param name="cancellationToken">Stops the waiting for the database.</param>
    public Task AmendAsync(
        IReadOnlyCollection<string> runIds,
        string key,
        string json,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(
            async session =>
            {
                foreach (var id in runIds)
                {
                    var metas = await session.QueryAsync(
                        "select meta_json from ingest_runs where id = @id",
                        reader => reader.Text(0),
                        ("@id", id)
                    );
                    if (metas is [var meta])
                    {
                        await session.ExecuteAsync(
                            "update ingest_runs set meta_json = @meta where id = @id",
                            ("@meta", With(meta, key, JsonNode.Parse(json))),
                            ("@id", id)
                        );
                    }
                }
            },
            cancellationToken
        );

    /// <summary>The next run of the same pool that began after one; null while there is none.</summary>
    public async Task<RunRow?> NextAsync(RunRow run, CancellationToken cancellationToken) =>
        (
            await database.ReadAsync(
                session =>
                    session.QueryAsync(
                        RunColumns + " where scope = @scope and started_at > @started order by started_at, id limit 1",
                        ReadRun,
                        ("@scope", run.Scope.Name()),
                        ("@started", run.StartedAt.ToUnixTimeMilliseconds())
                    ),
                cancellationToken
            )
        ).FirstOrDefault();

    /// <summary>The newest run that is written as running; null where none is.</summary>
    public async Task<RunRow?> RunningAsync(CancellationToken cancellationToken) =>
        (
            await database.ReadAsync(
                session =>
                    session.QueryAsync(
                        RunColumns + " where status = 'running' order by started_at desc, id limit 1",
                        ReadRun
                    ),
                cancellationToken
            )
        ).FirstOrDefault();

    /// <summary>The steps of a run that ended at a moment or later, in the order in which they ended.</summary>
    public Task<List<StepRow>> StepsEndedAsync(
        string runId,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => database.ReadAsync(session => StepRows.EndedAsync(session, runId, since), cancellationToken);

    /// <summary>
    /// Writes a run that was stopped before it began, in one row: <c>failed</c>, with where and why in its meta.
    /// </summary>
    /// <param name="start">Its meta, if any, is kept beside <c>blockedStage</c> and <c>errorCode</c>.</param>
    /// <param name="stage">Where it was stopped.</param>
    /// <param name="errorCode">Stable code, for example <c>TOKEN_MISSING</c>.</param>
    /// <param name="message">What the user reads.</param>
    public async Task<string> RecordBlockedAsync(
        RunStart start,
        BlockedStage stage,
        string errorCode,
        string message,
        CancellationToken cancellationToken
    )
    {
        var meta = BlockedMeta(start, stage, errorCode);
        var id = NewId();
        await database.WriteAsync(
            session => InsertAsync(session, id, start, RunStatus.Failed, message, meta),
            cancellationToken
        );
        return id;
    }

    /// <summary>What a run started with, with where and why it was stopped.</summary>
    private static string BlockedMeta(RunStart start, BlockedStage stage, string errorCode)
    {
        var meta = JsonNode.Parse(start.MetaJson ?? "{}")!.AsObject();
        meta["scope"] = start.Scope.Name();
        meta["blockedStage"] = stage.Name();
        meta["errorCode"] = errorCode;
        return meta.ToJsonString();
    }

    /// <summary>Writes steps, new or changed, in one transaction, and the run's heartbeat with them.</summary>
    public Task WriteStepsAsync(string runId, IReadOnlyList<StepRow> steps, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                await StepRows.WriteAsync(session, runId, steps);
                await BeatAsync(session, runId);
            },
            cancellationToken
        );

    /// <summary>The latest runs, newest first.</summary>
    public Task<List<RunRow>> ListAsync(int last, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(RunColumns + " order by started_at desc, id limit @last", ReadRun, ("@last", last)),
            cancellationToken
        );

    /// <summary>
    /// Of which datasets runs have committed rows, and of which days. Steps that older versions wrote name a day and no
    /// dataset.
    /// </summary>
    public Task<List<CommittedDays>> CommittedAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async session =>
            {
                // A group ends with the last slash of a unit's text: all days of a dataset are one, and so are the
                // parts of a period.
                var groups = await session.QueryAsync(
                    """
                    select module_id, min(unit), max(unit) from (
                        select module_id, case when length(step_id) > length(module_id) + length(':upsert')
                          then substr(step_id, length(module_id) + 2, length(step_id) - length(module_id) - length(':upsert') - 1) else '' end as unit
                        from ingest_step_runs_v1
                        where stage = 'upsert' and status = 'success' and input_rows > 0 and module_id is not null
                    ) as steps
                    group by module_id, rtrim(unit, replace(unit, '/', ''))
                    """,
                    reader => CommittedDays.Of(reader.GetString(0), reader.GetString(1), reader.GetString(2))
                );
                return CommittedDays.Merge(groups);
            },
            cancellationToken
        );

    /// <summary>
    /// A run with its steps, by id or the beginning of one; null when none or more than one begins so.
    /// </summary>
    public Task<RunDetail?> FindAsync(string idOrBeginning, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async session =>
            {
                var runs = await session.QueryAsync(
                    RunColumns + " where substr(id, 1, @length) = @id limit 2",
                    ReadRun,
                    ("@length", idOrBeginning.Length),
                    ("@id", idOrBeginning)
                );
                return idOrBeginning.Length > 0 && runs.Count == 1
                    ? new RunDetail(runs[0], await StepRows.OfAsync(session, runs[0].Id))
                    : null;
            },
            cancellationToken
        );

    /// <summary>
    /// Whether a run is written as running and no process can be at work on it any more, by its heartbeat.
    /// </summary>
    public bool IsStale(RunRow run)
    {
        var age = database.NowMilliseconds - run.HeartbeatAt.ToUnixTimeMilliseconds();
        return run.Status == RunStatus.Running
            && !_own.ContainsKey(run.Id)
            && (age > (long)StaleAfter.TotalMilliseconds || -age > (long)s_farAhead.TotalMilliseconds);
    }

    /// <summary>
    /// Closes what is written as running but has no heartbeat any more, as failed, steps included; never a run that
    /// this instance has running. Returns the ids, so that what they staged can be swept.
    /// </summary>
    public async Task<List<string>> CloseStaleAsync(CancellationToken cancellationToken)
    {
        var closed = await database.WriteAsync(
            async session =>
            {
                var now = database.NowMilliseconds;
                var running = await session.QueryAsync(
                    "select id from ingest_runs where status = 'running' and (heartbeat_at < @before or heartbeat_at > @after) order by started_at",
                    reader => reader.GetString(0),
                    ("@before", now - (long)StaleAfter.TotalMilliseconds),
                    ("@after", now + (long)s_farAhead.TotalMilliseconds) // of a clock that was wrong: else it would live until then
                );
                var stale = running.Where(id => !_own.ContainsKey(id)).ToList();
                foreach (var id in stale)
                {
                    await CloseLostAsync(session, id, StaleMessage);
                }

                return stale;
            },
            cancellationToken
        );
        foreach (var id in closed)
        {
            database.Telemetry?.RunClosed(id);
        }

        return closed;
    }

    /// <summary>
    /// Closes a run whose process is gone with what its steps say that it committed, and keeps when it was last alive.
    /// </summary>
    private async Task CloseLostAsync(ControlSession session, string id, string message)
    {
        var running = await session.QueryAsync(
            "select heartbeat_at, meta_json from ingest_runs where id = @id and status = 'running'",
            reader => (Alive: reader.Moment(0), Meta: reader.Text(1)),
            ("@id", id)
        );
        if (running is not [var run])
        {
            return;
        }

        var now = database.NowMilliseconds;
        var (units, rows, inserted, updated) = await StepRows.CommittedAsync(session, id);
        var meta = With(run.Meta, "lostAt", JsonValue.Create(run.Alive));
        await session.ExecuteAsync(
            """
            update ingest_runs
            set status = 'failed', finished_at = @now, errors = case when errors = 0 then 1 else errors end,
                error_message = coalesce(error_message, @error), rows = @rows, inserted = @inserted, updated = @updated, meta_json = @meta
            where id = @id
            """,
            ("@now", now),
            ("@error", message),
            ("@rows", rows),
            ("@inserted", inserted),
            ("@updated", updated),
            ("@meta", With(meta, "unitsCommitted", JsonValue.Create(units))),
            ("@id", id)
        );
        await StepRows.CloseAsync(session, id, message, now);
    }

    private static string With(string? meta, string key, JsonNode? value)
    {
        var members = JsonNode.Parse(meta ?? "{}")!.AsObject();
        members[key] = value;
        return members.ToJsonString();
    }

    private Task<int> InsertAsync(
        ControlSession session,
        string id,
        RunStart start,
        RunStatus status,
        string? error,
        string? meta
    )
    {
        var now = database.NowMilliseconds;
        return session.ExecuteAsync(
            """
            insert into ingest_runs (id, scope, mode, status, as_of_trade_date, started_at, finished_at, heartbeat_at, errors, error_message, meta_json)
            values (@id, @scope, @mode, @status, @as_of, @started, @finished, @now, @errors, @error, @meta)
            """,
            ("@id", id),
            ("@scope", start.Scope.Name()),
            ("@mode", start.Mode.Name()),
            ("@status", status.Name()),
            ("@as_of", start.AsOf?.ToIso()),
            ("@started", start.At?.ToUnixTimeMilliseconds() ?? now),
            ("@now", now),
            ("@finished", status == RunStatus.Running ? null : now),
            ("@errors", error is null ? 0 : 1),
            ("@error", error),
            ("@meta", meta)
        );
    }

    private Task<int> BeatAsync(ControlSession session, string runId) =>
        session.ExecuteAsync(
            "update ingest_runs set heartbeat_at = @now where id = @id and status = 'running'",
            ("@now", database.NowMilliseconds),
            ("@id", runId)
        );

    private static RunRow ReadRun(DbDataReader reader) =>
        new(
            reader.GetString(0),
            StoredText.Pool(reader.GetString(1)),
            StoredText.Mode(reader.GetString(2)),
            StoredText.RunStatus(reader.GetString(3)),
            reader.Day(4),
            reader.Moment(5),
            reader.MomentOrNull(6),
            reader.Moment(7),
            reader.GetInt64(8),
            reader.GetInt64(9),
            reader.GetInt64(10),
            reader.GetInt64(11),
            reader.GetInt64(12),
            reader.Text(13),
            reader.Text(14)
        );

    private static TidemarkException Unknown(string runId) =>
        new(ErrorKind.BadRequest, "RUN_UNKNOWN", $"There is no run {runId}. See 'tidemark runs'.");
}
