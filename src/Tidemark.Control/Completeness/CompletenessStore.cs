using Tidemark.Core;
using Tidemark.Core.Completeness;

namespace Tidemark.Control.Completeness;

/// <summary>
/// Results of the completeness checks: the latest status an entity, counts a day, and ranges of days an entity. The three are replaced
/// together in one transaction, so that they never disagree. Thread-safe.
/// </summary>
public sealed class CompletenessStore(ControlDatabase database, IIdSource ids)
{
    /// <summary>
    /// Replaces all results of the given checks and writes the run that did it: <c>partial</c> when anything is missing or not started, else
    /// <c>success</c>. Entities without a result any more are removed, and counted in the run's message.
    /// </summary>
    public Task<ReplaceOutcome> ReplaceAsync(CompletenessResults results, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                var left = await LeftEntitiesAsync(session, results);
                await DeleteAsync(session, results);
                var runId = ids.NewId().ToString();
                await InsertStatusesAsync(session, results, runId);
                await InsertDaysAsync(session, results);
                await InsertRangesAsync(session, results);
                await InsertRunAsync(session, results, runId, left.Count);
                return new ReplaceOutcome(runId, left);
            },
            cancellationToken
        );

    /// <summary>Notes an evaluation that failed; the results before it stand. Returns the run's id.</summary>
    public async Task<string> RecordFailureAsync(
        string scopeId,
        DateOnly? asOf,
        string? sourceRunId,
        string message,
        CancellationToken cancellationToken
    )
    {
        var id = ids.NewId().ToString();
        await database.WriteAsync(
            session => InsertRunAsync(session, id, scopeId, "failed", asOf, sourceRunId, message, 0, new long[5]),
            cancellationToken
        );
        return id;
    }

    /// <summary>Cells (entity × day) by scope, bucket, check, status and reason.</summary>
    public Task<List<CellTotal>> TotalsAsync(CompletenessFilter filter, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    $"""
                    select scope_id, bucket_id, check_id, status, reason, sum(entities) from completeness_days_v1
                    where {DayFilter}
                    group by scope_id, bucket_id, check_id, status, reason
                    order by scope_id, bucket_id, check_id, status, reason
                    """,
                    reader => new CellTotal(
                        reader.GetString(0),
                        reader.GetString(1),
                        reader.GetString(2),
                        StoredText.CellStatus(reader.GetString(3)),
                        StoredText.CellReason(reader.GetString(4)),
                        reader.GetInt64(5)
                    ),
                    Values(filter)
                ),
            cancellationToken
        );

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
                        reader.GetString(0),
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

    /// <summary>The day ranges of one entity in one scope, by check and day.</summary>
    public Task<List<DayRange>> RangesAsync(string scopeId, string entityId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    """
                    select check_id, entity_id, from_day, to_day, status, reason, days from completeness_ranges_v1
                    where scope_id = @scope and entity_id = @entity order by check_id, from_day
                    """,
                    reader => new DayRange(
                        reader.GetString(0),
                        reader.GetString(1),
                        TradeDate.ParseIso(reader.GetString(2)),
                        TradeDate.ParseIso(reader.GetString(3)),
                        StoredText.CellStatus(reader.GetString(4)),
                        StoredText.CellReason(reader.GetString(5)),
                        reader.GetInt32(6)
                    ),
                    ("@scope", scopeId),
                    ("@entity", entityId)
                ),
            cancellationToken
        );

    /// <summary>The latest status of entities in one scope, those of one entity when it is named; by check and entity.</summary>
    public Task<List<EntityStatus>> StatusesAsync(
        string scopeId,
        string? entityId,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    """
                    select check_id, entity_type, entity_id, bucket_id, domain_id, module_id, asset_class, status, coverage_ratio, detail_json
                    from completeness_status_v2 where scope_id = @scope and (@entity is null or entity_id = @entity)
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
                    ("@scope", scopeId),
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
                        reader.GetString(1),
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

    private const string DayFilter = """
        (@scope is null or scope_id = @scope) and (@bucket is null or bucket_id = @bucket) and (@check is null or check_id = @check)
        and (@from is null or day >= @from) and (@to is null or day <= @to)
        """;

    private static (string, object?)[] Values(CompletenessFilter filter) =>
        [
            ("@scope", filter.ScopeId),
            ("@bucket", filter.BucketId),
            ("@check", filter.CheckId),
            ("@from", filter.From?.ToIso()),
            ("@to", filter.To?.ToIso()),
        ];

    private static async Task<List<string>> LeftEntitiesAsync(ControlSession session, CompletenessResults results)
    {
        var stay = results.Statuses.Select(status => (status.CheckId, status.EntityId)).ToHashSet();
        var left = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var check in results.CheckIds)
        {
            var before = await session.QueryAsync(
                "select entity_id from completeness_status_v2 where scope_id = @scope and check_id = @check",
                reader => reader.GetString(0),
                ("@scope", results.ScopeId),
                ("@check", check)
            );
            left.UnionWith(before.Where(entity => !stay.Contains((check, entity))));
        }

        return [.. left];
    }

    private static async Task DeleteAsync(ControlSession session, CompletenessResults results)
    {
        string[] tables = ["completeness_status_v2", "completeness_days_v1", "completeness_ranges_v1"];
        foreach (var table in tables)
        {
            await session.ExecuteManyAsync(
                $"delete from {table} where scope_id = @scope and check_id = @check",
                ["@scope", "@check"],
                results.CheckIds,
                (check, parameters) =>
                {
                    parameters[0].Value = results.ScopeId;
                    parameters[1].Value = check;
                }
            );
        }
    }

    private Task InsertStatusesAsync(ControlSession session, CompletenessResults results, string runId)
    {
        var now = database.NowMilliseconds;
        object asOf = results.AsOf is { } day ? day.ToIso() : DBNull.Value;
        return session.ExecuteManyAsync(
            """
            insert into completeness_status_v2 (scope_id, check_id, entity_type, entity_id, bucket_id, domain_id, module_id, asset_class,
              as_of_trade_date, status, coverage_ratio, source_run_id, detail_json, updated_at)
            values (@scope, @check, @type, @entity, @bucket, @domain, @module, @class, @as_of, @status, @coverage, @run, @detail, @now)
            """,
            [
                "@scope",
                "@check",
                "@type",
                "@entity",
                "@bucket",
                "@domain",
                "@module",
                "@class",
                "@as_of",
                "@status",
                "@coverage",
                "@run",
                "@detail",
                "@now",
            ],
            results.Statuses,
            (status, parameters) =>
            {
                parameters[0].Value = results.ScopeId;
                parameters[1].Value = status.CheckId;
                parameters[2].Value = status.EntityType;
                parameters[3].Value = status.EntityId;
                parameters[4].Value = status.BucketId;
                parameters[5].Value = (object?)status.DomainId ?? DBNull.Value;
                parameters[6].Value = (object?)status.ModuleId ?? DBNull.Value;
                parameters[7].Value = (object?)status.AssetClass ?? DBNull.Value;
                parameters[8].Value = asOf;
                parameters[9].Value = status.Status.Name();
                parameters[10].Value = (object?)status.CoverageRatio ?? DBNull.Value;
                parameters[11].Value = results.SourceRunId ?? runId;
                parameters[12].Value = (object?)status.DetailJson ?? DBNull.Value;
                parameters[13].Value = now;
            }
        );
    }

    private static Task InsertDaysAsync(ControlSession session, CompletenessResults results) =>
        session.ExecuteManyAsync(
            """
            insert into completeness_days_v1 (scope_id, check_id, bucket_id, day, status, reason, entities)
            values (@scope, @check, @bucket, @day, @status, @reason, @entities)
            """,
            ["@scope", "@check", "@bucket", "@day", "@status", "@reason", "@entities"],
            results.Days,
            (count, parameters) =>
            {
                parameters[0].Value = results.ScopeId;
                parameters[1].Value = count.CheckId;
                parameters[2].Value = count.BucketId;
                parameters[3].Value = count.Day.ToIso();
                parameters[4].Value = count.Status.Name();
                parameters[5].Value = count.Reason.Name();
                parameters[6].Value = count.Entities;
            }
        );

    private static Task InsertRangesAsync(ControlSession session, CompletenessResults results) =>
        session.ExecuteManyAsync(
            """
            insert into completeness_ranges_v1 (scope_id, entity_id, check_id, from_day, to_day, status, reason, days)
            values (@scope, @entity, @check, @from, @to, @status, @reason, @days)
            """,
            ["@scope", "@entity", "@check", "@from", "@to", "@status", "@reason", "@days"],
            results.Ranges,
            (range, parameters) =>
            {
                parameters[0].Value = results.ScopeId;
                parameters[1].Value = range.EntityId;
                parameters[2].Value = range.CheckId;
                parameters[3].Value = range.From.ToIso();
                parameters[4].Value = range.To.ToIso();
                parameters[5].Value = range.Status.Name();
                parameters[6].Value = range.Reason.Name();
                parameters[7].Value = range.Days;
            }
        );

    private Task<int> InsertRunAsync(
        ControlSession session,
        CompletenessResults results,
        string runId,
        int leftEntities
    )
    {
        var counts = new long[5];
        foreach (var status in results.Statuses)
        {
            counts[(int)status.Status]++;
        }

        var isWhole = counts[(int)CellStatus.Missing] == 0 && counts[(int)CellStatus.NotStarted] == 0;
        var entities = results.Statuses.Select(status => (status.EntityType, status.EntityId)).Distinct().Count();
        return InsertRunAsync(
            session,
            runId,
            results.ScopeId,
            isWhole ? "success" : "partial",
            results.AsOf,
            results.SourceRunId,
            leftEntities == 0 ? null : $"{leftEntities} entities left and were removed",
            entities,
            counts
        );
    }

    private Task<int> InsertRunAsync(
        ControlSession session,
        string id,
        string scopeId,
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
            ("@scope", scopeId),
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
