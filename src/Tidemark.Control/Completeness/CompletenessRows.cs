using Tidemark.Core;
using Tidemark.Core.Completeness;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Completeness;

/// <summary>Writes the rows of an evaluation, each table in one prepared statement.</summary>
internal static class CompletenessRows
{
    /// <summary>Entities that had a status and have none any more.</summary>
    public static async Task<List<string>> LeftEntitiesAsync(ControlSession session, CompletenessResults results)
    {
        var stay = results.Statuses.Select(status => (status.CheckId, status.EntityId)).ToHashSet();
        var left = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var check in results.CheckIds)
        {
            var before = await session.QueryAsync(
                "select entity_id from completeness_status_v2 where scope_id = @scope and check_id = @check",
                reader => reader.GetString(0),
                ("@scope", results.Pool.ViewName()),
                ("@check", check)
            );
            left.UnionWith(before.Where(entity => !stay.Contains((check, entity))));
        }

        return [.. left];
    }

    public static async Task DeleteAsync(ControlSession session, CompletenessResults results)
    {
        string[] tables =
        [
            "completeness_status_v2",
            "completeness_days_v1",
            "completeness_ranges_v1",
            "completeness_basis_v1",
            "completeness_basis_tables_v1",
        ];
        foreach (var table in tables)
        {
            await session.ExecuteManyAsync(
                $"delete from {table} where scope_id = @scope and check_id = @check",
                ["@scope", "@check"],
                results.CheckIds,
                (check, parameters) =>
                {
                    parameters[0].Value = results.Pool.ViewName();
                    parameters[1].Value = check;
                }
            );
        }
    }

    public static Task InsertStatusesAsync(ControlSession session, CompletenessResults results, string runId, long now)
    {
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
                parameters[0].Value = results.Pool.ViewName();
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

    public static Task InsertDaysAsync(ControlSession session, CompletenessResults results) =>
        session.ExecuteManyAsync(
            """
            insert into completeness_days_v1 (scope_id, check_id, bucket_id, day, status, reason, entities)
            values (@scope, @check, @bucket, @day, @status, @reason, @entities)
            """,
            ["@scope", "@check", "@bucket", "@day", "@status", "@reason", "@entities"],
            results.Days,
            (count, parameters) =>
            {
                parameters[0].Value = results.Pool.ViewName();
                parameters[1].Value = count.CheckId;
                parameters[2].Value = count.BucketId;
                parameters[3].Value = count.Day.ToIso();
                parameters[4].Value = count.Status.Name();
                parameters[5].Value = count.Reason.Name();
                parameters[6].Value = count.Entities;
            }
        );

    public static Task InsertRangesAsync(ControlSession session, CompletenessResults results) =>
        session.ExecuteManyAsync(
            """
            insert into completeness_ranges_v1 (scope_id, entity_id, check_id, from_day, to_day, status, reason, days)
            values (@scope, @entity, @check, @from, @to, @status, @reason, @days)
            """,
            ["@scope", "@entity", "@check", "@from", "@to", "@status", "@reason", "@days"],
            results.Ranges,
            (range, parameters) =>
            {
                parameters[0].Value = results.Pool.ViewName();
                parameters[1].Value = range.EntityId;
                parameters[2].Value = range.CheckId;
                parameters[3].Value = range.From.ToIso();
                parameters[4].Value = range.To.ToIso();
                parameters[5].Value = range.Status.Name();
                parameters[6].Value = range.Reason.Name();
                parameters[7].Value = range.Days;
            }
        );

    public static async Task InsertBasesAsync(
        ControlSession session,
        CompletenessResults results,
        string runId,
        long now
    )
    {
        await session.ExecuteManyAsync(
            """
            insert into completeness_basis_v1 (scope_id, check_id, evaluation_id, fingerprint, entities, is_started, from_day, to_day, evaluated_at)
            values (@scope, @check, @evaluation, @fingerprint, @entities, @started, @from, @to, @now)
            """,
            ["@scope", "@check", "@evaluation", "@fingerprint", "@entities", "@started", "@from", "@to", "@now"],
            results.Bases,
            (basis, parameters) =>
            {
                parameters[0].Value = results.Pool.ViewName();
                parameters[1].Value = basis.CheckId;
                parameters[2].Value = runId;
                parameters[3].Value = basis.Fingerprint;
                parameters[4].Value = basis.Entities;
                parameters[5].Value = basis.IsStarted ? 1 : 0;
                parameters[6].Value = basis.From.ToIso();
                parameters[7].Value = basis.To.ToIso();
                parameters[8].Value = now;
            }
        );
        await session.ExecuteManyAsync(
            """
            insert into completeness_basis_tables_v1 (scope_id, check_id, dataset_id, table_id, version, commit_id)
            values (@scope, @check, @dataset, @table, @version, @commit)
            """,
            ["@scope", "@check", "@dataset", "@table", "@version", "@commit"],
            results.Bases.SelectMany(b => b.Tables.Select(t => (b.CheckId, Table: t))),
            (item, parameters) =>
            {
                parameters[0].Value = results.Pool.ViewName();
                parameters[1].Value = item.CheckId;
                parameters[2].Value = item.Table.DatasetId;
                parameters[3].Value = (object?)item.Table.TableId ?? DBNull.Value;
                parameters[4].Value = item.Table.Version;
                parameters[5].Value = (object?)item.Table.CommitId ?? DBNull.Value;
            }
        );
    }
}
