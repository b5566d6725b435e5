using System.Data.Common;
using System.Text.Json;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Runs;

/// <summary>The SQL of <c>ingest_step_runs_v1</c>, within a session of who calls.</summary>
internal static class StepRows
{
    private const string Select = """
        select step_id, scope_id, domain_id, module_id, stage, status, input_rows, output_rows, dropped_rows, error_message, started_at, finished_at,
          kept_rows, dropped_reasons, inserted_rows, updated_rows, unchanged_rows, removed_rows, table_version
        from ingest_step_runs_v1 where ingest_run_id = @id
        """;

    private static readonly string[] s_parameters =
    [
        "@run",
        "@step",
        "@scope",
        "@domain",
        "@module",
        "@stage",
        "@status",
        "@input",
        "@output",
        "@dropped",
        "@error",
        "@started",
        "@finished",
        "@kept",
        "@reasons",
        "@inserted",
        "@updated",
        "@unchanged",
        "@removed",
        "@version",
    ];

    public static Task WriteAsync(ControlSession session, string runId, IReadOnlyList<StepRow> steps) =>
        session.ExecuteManyAsync(
            """
            insert into ingest_step_runs_v1 (ingest_run_id, step_id, scope_id, domain_id, module_id, stage, status, input_rows, output_rows,
              dropped_rows, error_message, started_at, finished_at, kept_rows, dropped_reasons, inserted_rows, updated_rows, unchanged_rows,
              removed_rows, table_version)
            values (@run, @step, @scope, @domain, @module, @stage, @status, @input, @output, @dropped, @error, @started, @finished, @kept, @reasons,
              @inserted, @updated, @unchanged, @removed, @version)
            on conflict (ingest_run_id, step_id) do update set status = excluded.status, input_rows = excluded.input_rows,
              output_rows = excluded.output_rows, dropped_rows = excluded.dropped_rows, error_message = excluded.error_message,
              started_at = excluded.started_at, finished_at = excluded.finished_at, kept_rows = excluded.kept_rows,
              dropped_reasons = excluded.dropped_reasons, inserted_rows = excluded.inserted_rows, updated_rows = excluded.updated_rows,
              unchanged_rows = excluded.unchanged_rows, removed_rows = excluded.removed_rows, table_version = excluded.table_version
            """,
            s_parameters,
            steps,
            (step, parameters) => Set(runId, step, parameters)
        );

    public static Task<int> CloseAsync(ControlSession session, string runId, string message, long now) =>
        session.ExecuteAsync(
            """
            update ingest_step_runs_v1 set status = 'failed', finished_at = @now, error_message = coalesce(error_message, @error)
            where ingest_run_id = @id and status = 'running'
            """,
            ("@now", now),
            ("@error", message),
            ("@id", runId)
        );

    public static Task<List<StepRow>> OfAsync(ControlSession session, string runId) =>
        session.QueryAsync(Select + " order by started_at, step_id", Read, ("@id", runId));

    /// <summary>Those that ended at a moment or later, in the order in which they ended.</summary>
    public static Task<List<StepRow>> EndedAsync(ControlSession session, string runId, DateTimeOffset since) =>
        session.QueryAsync(
            Select + " and finished_at >= @since order by finished_at, started_at, step_id",
            Read,
            ("@id", runId),
            ("@since", since.ToUnixTimeMilliseconds())
        );

    /// <summary>What a run's upserts committed; older versions kept rows alone.</summary>
    public static async Task<(long Units, long Rows, long Inserted, long Updated)> CommittedAsync(
        ControlSession session,
        string runId
    ) =>
        (
            await session.QueryAsync(
                """
                select count(*), cast(coalesce(sum(input_rows), 0) as bigint), cast(coalesce(sum(inserted_rows), 0) as bigint),
                  cast(coalesce(sum(updated_rows), 0) as bigint)
                from ingest_step_runs_v1 where ingest_run_id = @id and stage = 'upsert' and status = 'success'
                """,
                reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)),
                ("@id", runId)
            )
        )[0];

    private static void Set(string runId, StepRow step, DbParameterCollection parameters)
    {
        object?[] values =
        [
            runId,
            step.StepId,
            step.Scope.Name(),
            step.Domain,
            step.Module,
            step.Stage.Name(),
            step.Status.Name(),
            step.InputRows,
            step.OutputRows,
            step.DroppedRows,
            step.ErrorMessage,
            step.StartedAt.ToUnixTimeMilliseconds(),
            step.FinishedAt?.ToUnixTimeMilliseconds(),
            step.KeptRows,
            step.Drops.ToJson(),
            step.Written?.Inserted,
            step.Written?.Updated,
            step.Written?.Unchanged,
            step.Written?.Removed,
            step.Written?.Version,
        ];
        for (var i = 0; i < values.Length; i++)
        {
            parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }

    private static StepRow Read(DbDataReader reader) =>
        new(
            reader.GetString(0),
            StoredText.Pool(reader.GetString(1)),
            reader.Text(2),
            reader.Text(3),
            StoredText.Stage(reader.GetString(4)),
            StoredText.StepStatus(reader.GetString(5)),
            reader.Long(6),
            reader.Long(7),
            reader.Long(8),
            reader.Text(9),
            reader.Moment(10),
            reader.MomentOrNull(11)
        )
        {
            KeptRows = reader.Long(12),
            Drops = Drops(reader.Text(13)),
            Written = reader.Long(14) is { } inserted
                ? new RowsWritten(
                    inserted,
                    reader.Long(15) ?? 0,
                    reader.Long(16) ?? 0,
                    reader.Long(17) ?? 0,
                    reader.Long(18)
                )
                : null,
        };

    private static DropCounts Drops(string? json)
    {
        if (json is null)
        {
            return default;
        }

        using var document = JsonDocument.Parse(json);
        long Of(DropReason reason) =>
            document.RootElement.TryGetProperty(reason.Name(), out var count) ? count.GetInt64() : 0;
        return new DropCounts(Of(DropReason.OtherDay), Of(DropReason.Repeated));
    }
}
