using System.Data.Common;
using Tidemark.Core;
using Tidemark.Core.Completeness;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Completeness;

/// <summary>
/// Results of the completeness checks: the latest status an entity, counts a day, and ranges of days an entity. The
/// three are replaced together in one transaction, so that they never disagree. Thread-safe.
/// </summary>
public sealed class CompletenessStore(ControlDatabase database, IIdSource ids)
{
    /// <summary>
    /// Replaces all results of the given checks and writes the run that did it: <c>partial</c> when anything is missing
    /// or not started, else <c>success</c>. Entities without a result any more are removed, and counted in the run's
    /// message.
    /// </summary>
    public Task<ReplaceOutcome> ReplaceAsync(CompletenessResults results, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                var left = await CompletenessRows.LeftEntitiesAsync(session, results);
                await CompletenessRows.DeleteAsync(session, results);
                var runId = ids.NewId().ToString();
                var now = database.NowMilliseconds;
                await CompletenessRows.InsertStatusesAsync(session, results, runId, now);
                await CompletenessRows.InsertDaysAsync(session, results);
                await CompletenessRows.InsertRangesAsync(session, results);
                await CompletenessRows.InsertBasesAsync(session, results, runId, now);
                await InsertRunAsync(session, results, runId, left.Count);
                return new ReplaceOutcome(runId, left);
            },
            cancellationToken
        );

    /// <summary>Notes an evaluation that failed; the results before it stand. Returns the run's id.</summary>
    public async Task<string> RecordFailureAsync(
        Pool pool,
        DateOnly? asOf,
        string? sourceRunId,
        string message,
        CancellationToken cancellationToken
    )
    {
        var id = ids.NewId().ToString();
        await database.WriteAsync(
            session => InsertRunAsync(session, id, pool, "failed", asOf, sourceRunId, message, 0, new long[5]),
            cancellationToken
        );
        return id;
    }

    /// <summary>Entities by scope, bucket, check, day, status and reason; days ascending within a check.</summary>
    public Task<List<DayTotal>> DaysAsync(CompletenessFilter filter, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    $"""
                    select scope_id, bucket_id, check_id, day, status, reason, entities from completeness_days_v1
                    where {DayFilter}
                    order by scope_id, bucket_id, check_id, day, status, reason
                    """,
                    reader => new DayTotal(
                        StoredText.View(reader.GetString(0)),
                        reader.GetString(1),
                        reader.GetString(2),
                        TradeDate.ParseIso(reader.GetString(3)),
                        StoredText.CellStatus(reader.GetString(4)),
                        StoredText.CellReason(reader.GetString(5)),
                        reader.GetInt64(6)
                    ),
                    Values(filter)
                ),
            cancellationToken
        );

    /// <summary>
    /// From what the stored results were made, by scope and check. Results that older programs wrote have none.
    /// </summary>
    public Task<List<StoredBasis>> BasesAsync(CancellationToken cancellationToken) =>
        database.ReadTogetherAsync(
            async session =>
            {
                var tables = await session.QueryAsync(
                    """
                    select scope_id, check_id, dataset_id, table_id, version, commit_id from completeness_basis_tables_v1
                    order by scope_id, check_id, dataset_id
                    """,
                    reader =>
                        (
                            Key: (reader.GetString(0), reader.GetString(1)),
                            Table: new BasisTable(
                                reader.GetString(2),
                                reader.Text(3),
                                reader.GetInt64(4),
                                reader.Text(5)
                            )
                        )
                );
                var byCheck = tables.ToLookup(t => t.Key, t => t.Table);
                return await session.QueryAsync(
                    """
                    select scope_id, check_id, evaluation_id, fingerprint, entities, is_started, from_day, to_day, evaluated_at
                    from completeness_basis_v1 order by scope_id, check_id
                    """,
                    reader => new StoredBasis(
                        StoredText.View(reader.GetString(0)),
                        reader.GetString(2),
                        reader.Moment(8),
                        new CheckBasis(
                            reader.GetString(1),
                            reader.GetString(3),
                            reader.GetString(4),
                            reader.GetInt64(5) != 0,
                            TradeDate.ParseIso(reader.GetString(6)),
                            TradeDate.ParseIso(reader.GetString(7)),
                            [.. byCheck[(reader.GetString(0), reader.GetString(1))]]
                        )
                    )
                );
            },
            cancellationToken
        );

    /// <summary>All checks of a scope that have results.</summary>
    public Task<List<string>> ChecksAsync(Pool pool, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    """
                    select check_id from completeness_days_v1 where scope_id = @scope
                    union select check_id from completeness_status_v2 where scope_id = @scope order by check_id
                    """,
                    reader => reader.GetString(0),
                    ("@scope", pool.ViewName())
                ),
            cancellationToken
        );

    /// <summary>
    /// The day ranges of all entities of a check that come from one evaluation, in no order of entities; null when
    /// another has replaced it.
    /// </summary>
    public Task<List<DayRange>?> RangesOfAsync(StoredBasis basis, CancellationToken cancellationToken) =>
        database.ReadTogetherAsync(
            async session =>
            {
                var now = await session.QueryAsync(
                    "select evaluation_id from completeness_basis_v1 where scope_id = @scope and check_id = @check",
                    reader => reader.GetString(0),
                    ("@scope", basis.Pool.ViewName()),
                    ("@check", basis.Basis.CheckId)
                );
                return now is [var id] && id == basis.EvaluationId
                    ? await session.QueryAsync(
                        """
                        select check_id, entity_id, from_day, to_day, status, reason, days from completeness_ranges_v1
                        where scope_id = @scope and check_id = @check
                        """,
                        Range,
                        ("@scope", basis.Pool.ViewName()),
                        ("@check", basis.Basis.CheckId)
                    )
                    : null;
            },
            cancellationToken
        );

    /// <summary>
    /// The missing and partial day ranges of a check in one scope that reach into a range of days, by entity and day.
    /// </summary>
    public Task<List<DayRange>> GapsAsync(
        Pool pool,
        string checkId,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    """
                    select check_id, entity_id, from_day, to_day, status, reason, days from completeness_ranges_v1
                    where scope_id = @scope and check_id = @check and status in ('missing', 'partial') and from_day <= @to and to_day >= @from
                    order by entity_id, from_day
                    """,
                    Range,
                    ("@scope", pool.ViewName()),
                    ("@check", checkId),
                    ("@from", from.ToIso()),
                    ("@to", to.ToIso())
                ),
            cancellationToken
        );

    /// <summary>The day ranges of one entity in one scope, by check and day.</summary>
    public Task<List<DayRange>> RangesAsync(Pool pool, string entityId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    """
                    select check_id, entity_id, from_day, to_day, status, reason, days from completeness_ranges_v1
                    where scope_id = @scope and entity_id = @entity order by check_id, from_day
                    """,
                    Range,
                    ("@scope", pool.ViewName()),
                    ("@entity", entityId)
                ),
            cancellationToken
        );

    /// <summary>
    /// The latest status of entities in one scope, those of one entity when it is named; by check and entity.
    /// </summary>
    public Task<List<EntityStatus>> StatusesAsync(Pool pool, string? entityId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    """
                    select check_id, entity_type, entity_id, bucket_id, domain_id, module_id, asset_class, status, coverage_ratio, detail_json
                    from completeness_status_v2 where scope_id = @scope and (cast(@entity as text) is null or entity_id = @entity)
                    order by check_id, entity_id
                    """,
                    reader => new EntityStatus(
                        reader.GetString(0),
                        reader.GetString(1),
                        reader.GetString(2),
                        reader.GetString(3),
                        reader.Text(4),
                        reader.Text(5),
                        reader.Text(6),
                        StoredText.CellStatus(reader.GetString(7)),
                        reader.Double(8),
                        reader.Text(9)
                    ),
                    ("@scope", pool.ViewName()),
                    ("@entity", entityId)
                ),
            cancellationToken
        );

    /// <summary>The latest evaluations, newest first.</summary>
    public Task<List<CompletenessRun>> RunsAsync(int last, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    """
                    select id, scope_id, status, as_of_trade_date, entity_count, complete_count, partial_count, missing_count, not_applicable_count,
                           not_started_count, source_run_id, error_message, started_at, finished_at
                    from completeness_runs_v2 order by started_at desc, id limit @last
                    """,
                    reader => new CompletenessRun(
                        reader.GetString(0),
                        StoredText.View(reader.GetString(1)),
                        reader.GetString(2),
                        reader.Day(3),
                        reader.GetInt64(4),
                        reader.GetInt64(5),
                        reader.GetInt64(6),
                        reader.GetInt64(7),
                        reader.GetInt64(8),
                        reader.GetInt64(9),
                        reader.Text(10),
                        reader.Text(11),
                        reader.Moment(12),
                        reader.MomentOrNull(13)
                    ),
                    ("@last", last)
                ),
            cancellationToken
        );

    private static DayRange Range(DbDataReader reader) =>
        new(
            reader.GetString(0),
            reader.GetString(1),
            TradeDate.ParseIso(reader.GetString(2)),
            TradeDate.ParseIso(reader.GetString(3)),
            StoredText.CellStatus(reader.GetString(4)),
            StoredText.CellReason(reader.GetString(5)),
            reader.GetInt32(6)
        );

    private const string DayFilter = """
        (cast(@scope as text) is null or scope_id = @scope) and (cast(@bucket as text) is null or bucket_id = @bucket) and (cast(@check as text) is null or check_id = @check)
        and (cast(@from as text) is null or day >= @from) and (cast(@to as text) is null or day <= @to)
        """;

    private static (string, object?)[] Values(CompletenessFilter filter) =>
        [
            ("@scope", filter.Pool?.ViewName()),
            ("@bucket", filter.BucketId),
            ("@check", filter.CheckId),
            ("@from", filter.From?.ToIso()),
            ("@to", filter.To?.ToIso()),
        ];

    // Checks that were not evaluated this time count as stored: the row tells of the whole pool.
    private async Task InsertRunAsync(
        ControlSession session,
        CompletenessResults results,
        string runId,
        int leftEntities
    )
    {
        var counts = new long[5];
        var found = await session.QueryAsync(
            "select status, count(*) from completeness_status_v2 where scope_id = @scope group by status",
            reader => (Status: StoredText.CellStatus(reader.GetString(0)), Count: reader.GetInt64(1)),
            ("@scope", results.Pool.ViewName())
        );
        foreach (var (status, count) in found)
        {
            counts[(int)status] = count;
        }

        var entities = await session.QueryAsync(
            "select count(*) from (select distinct entity_type, entity_id from completeness_status_v2 where scope_id = @scope) as entities",
            reader => reader.GetInt64(0),
            ("@scope", results.Pool.ViewName())
        );
        var isWhole = counts[(int)CellStatus.Missing] == 0 && counts[(int)CellStatus.NotStarted] == 0;
        await InsertRunAsync(
            session,
            runId,
            results.Pool,
            isWhole ? "success" : "partial",
            results.AsOf,
            results.SourceRunId,
            leftEntities == 0 ? null : $"{leftEntities} entities left and were removed",
            entities[0],
            counts
        );
    }

    private Task<int> InsertRunAsync(
        ControlSession session,
        string id,
        Pool pool,
        string status,
        DateOnly? asOf,
        string? sourceRunId,
        string? message,
        long entities,
        long[] counts
    ) =>
        session.ExecuteAsync(
            """
            insert into completeness_runs_v2 (id, scope_id, status, as_of_trade_date, entity_count, complete_count, partial_count, missing_count,
              not_applicable_count, not_started_count, source_run_id, error_message, started_at, finished_at)
            values (@id, @scope, @status, @as_of, @entities, @complete, @partial, @missing, @not_applicable, @not_started, @source, @message, @now, @now)
            """,
            ("@id", id),
            ("@scope", pool.ViewName()),
            ("@status", status),
            ("@as_of", asOf?.ToIso()),
            ("@entities", entities),
            ("@complete", counts[(int)CellStatus.Complete]),
            ("@partial", counts[(int)CellStatus.Partial]),
            ("@missing", counts[(int)CellStatus.Missing]),
            ("@not_applicable", counts[(int)CellStatus.NotApplicable]),
            ("@not_started", counts[(int)CellStatus.NotStarted]),
            ("@source", sourceRunId),
            ("@message", message),
            ("@now", database.NowMilliseconds)
        );
}
