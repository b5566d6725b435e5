using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Output;

/// <summary>Writes the history of runs for people and for scripts.</summary>
internal static class RunsText
{
    public static void Write(CommandContext context, IReadOnlyList<RecordedRun> runs)
    {
        context.WriteJson(runs.Select(Json));
        if (context.IsJson)
        {
            return;
        }

        if (runs.Count == 0)
        {
            context.Say("No runs yet: `tidemark run` is the first one.");
            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        var started = Markup.Escape($"started ({context.Time.Zone})");
        table.AddColumns("run", "scope", "mode", "status", "as of", started, "rows", "errors", "message");
        foreach (var recorded in runs)
        {
            var run = recorded.Row;
            table.AddRow(
                run.Id[..8],
                run.Scope.Name(),
                run.Mode.Name(),
                StatusOf(recorded),
                run.AsOf?.ToIso() ?? "",
                context.Time.Second(run.StartedAt),
                run.Rows.ToString("N0", CultureInfo.InvariantCulture),
                run.Errors.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(MessageOf(recorded))
            );
        }

        context.Terminal.Write(table);
    }

    public static void Write(CommandContext context, RecordedRunDetail detail, bool withSteps)
    {
        context.WriteJson(
            new
            {
                run = Json(detail.Run),
                story = Json(detail.Story),
                numbers = Json(detail.Numbers),
                steps = detail.Steps.Select(Json),
            }
        );
        if (!context.IsJson)
        {
            RunDetailText.Write(context, detail, withSteps);
        }
    }

    /// <summary>Writes the lines of the log that name a run.</summary>
    public static void Write(CommandContext context, string run, IReadOnlyList<string> log)
    {
        context.WriteJson(new { run, log });
        foreach (var line in log)
        {
            context.Say(line);
        }

        if (log.Count == 0)
        {
            context.Say(
                $"The files of the log have no line of {run}: it was not logged, or its lines were dropped since."
            );
        }
    }

    public static string StatusOf(RecordedRun run) => run.IsInterrupted ? "interrupted" : run.Row.Status.Name();

    public static string MessageOf(RecordedRun run) =>
        run.IsInterrupted
            ? "its process has ended; what it committed is kept, and the next run closes it"
            : run.Row.ErrorMessage ?? "";

    // The names are the columns of the control database.
    private static object Json(RecordedRun recorded)
    {
        var run = recorded.Row;
        return new
        {
            id = run.Id,
            scope = run.Scope.Name(),
            mode = run.Mode.Name(),
            status = run.Status.Name(),
            interrupted = recorded.IsInterrupted,
            as_of_trade_date = run.AsOf?.ToIso(),
            started_at = run.StartedAt,
            finished_at = run.FinishedAt,
            rows = run.Rows,
            inserted = run.Inserted,
            updated = run.Updated,
            errors = run.Errors,
            error_message = run.ErrorMessage,
            meta = run.MetaJson is null ? null : JsonNode.Parse(run.MetaJson),
        };
    }

    private static object Json(RunStory story) =>
        new
        {
            end = RunStories.Name(story.End),
            lost_at = story.LostAt,
            next_attempt_at = story.NextAttemptAt,
            next_run = story.Next?.Id,
            is_job_at_work = story.IsJobAtWork,
        };

    private static object Json(RunNumbers rows) =>
        new
        {
            units_committed = rows.UnitsCommitted,
            received = rows.Received,
            kept = rows.Kept,
            dropped = Json(rows.Dropped),
            not_committed = rows.NotCommitted,
            committed = rows.Committed,
            inserted = rows.Inserted,
            updated = rows.Updated,
            unchanged = rows.Unchanged,
            removed = rows.Removed,
        };

    private static object Json(DropCounts drops) => new { other_day = drops.OtherDay, repeated = drops.Repeated };

    private static object Json(StepRow step) =>
        new
        {
            step_id = step.StepId,
            module_id = step.Module,
            stage = step.Stage.Name(),
            status = step.Status.Name(),
            input_rows = step.InputRows,
            output_rows = step.OutputRows,
            dropped_rows = step.DroppedRows,
            dropped_reasons = Json(step.Drops),
            kept_rows = step.KeptRows ?? 0,
            inserted_rows = step.Written?.Inserted,
            updated_rows = step.Written?.Updated,
            unchanged_rows = step.Written?.Unchanged,
            removed_rows = step.Written?.Removed,
            table_version = step.Written?.Version,
            error_message = step.ErrorMessage,
            started_at = step.StartedAt,
            finished_at = step.FinishedAt,
        };
}
