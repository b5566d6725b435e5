using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Operations.Leases;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark runs</c> and <c>tidemark runs show ID</c>: the history, with steps and errors.</summary>
internal sealed class RunsCommand : CliCommand
{
    private const int DefaultLast = 20;
    private readonly Option<int> _last = new("--last")
    {
        Description = "How many",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultLast,
    };

    private readonly Argument<string> _id = new("ID") { Description = "A run's id or the beginning of it" };
    private readonly Command _show;

    public RunsCommand()
    {
        Bound(_last, 1);
        _show = new Command("show", "One run with its steps") { _id };
    }

    public override Command Build() => new("runs", "The history of runs") { _last, _show };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        if (parse.CommandResult.Command == _show)
        {
            await ShowAsync(context, host, parse.GetValue(_id)!, stop);
        }
        else
        {
            await ListAsync(context, host, parse.GetValue(_last), stop);
        }

        return ExitCodes.Done;
    }

    private static async Task ListAsync(CommandContext context, TidemarkHost host, int last, CancellationToken stop)
    {
        var runs = await host.Get<RunStore>().ListAsync(last, stop);
        var interrupted = await host.Get<InterruptedRuns>().AmongAsync(runs, stop);
        context.WriteJson(runs.Select(r => Json(r, interrupted.Contains(r.Id))));
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
        table.AddColumns("run", "scope", "mode", "status", "as of", "started (UTC)", "rows", "errors", "message");
        foreach (var run in runs)
        {
            table.AddRow(
                run.Id[..8],
                run.Scope.Name(),
                run.Mode.Name(),
                StatusOf(run, interrupted),
                run.AsOf?.ToIso() ?? "",
                run.StartedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                run.Rows.ToString("N0", CultureInfo.InvariantCulture),
                run.Errors.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(MessageOf(run, interrupted))
            );
        }

        context.Terminal.Write(table);
    }

    private static string StatusOf(RunRow run, IReadOnlySet<string> interrupted) =>
        interrupted.Contains(run.Id) ? "interrupted" : run.Status.Name();

    private static string MessageOf(RunRow run, IReadOnlySet<string> interrupted) =>
        interrupted.Contains(run.Id)
            ? "its process is gone; what it had committed is kept, and the next run closes it"
            : run.ErrorMessage ?? "";

    private static async Task ShowAsync(CommandContext context, TidemarkHost host, string id, CancellationToken stop)
    {
        var detail =
            await host.Get<RunStore>().FindAsync(id, stop)
            ?? throw new TidemarkException(
                ErrorKind.BadRequest,
                "RUN_UNKNOWN",
                $"No run, or more than one, begins with {id}. See `tidemark runs`."
            );
        var interrupted = await host.Get<InterruptedRuns>().AmongAsync([detail.Run], stop);
        context.WriteJson(
            new { run = Json(detail.Run, interrupted.Contains(detail.Run.Id)), steps = detail.Steps.Select(Json) }
        );
        if (context.IsJson)
        {
            return;
        }

        context.Say(
            $"{detail.Run.Id}: {detail.Run.Scope.Name()} {StatusOf(detail.Run, interrupted)} {MessageOf(detail.Run, interrupted)}"
        );
        foreach (var line in RunMetaText.Of(detail.Run.MetaJson))
        {
            context.Say(line);
        }

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("step", "status", "in", "out", "dropped", "message");
        foreach (var step in detail.Steps)
        {
            table.AddRow(
                Markup.Escape(step.StepId),
                step.Status.Name(),
                $"{step.InputRows}",
                $"{step.OutputRows}",
                $"{step.DroppedRows}",
                Markup.Escape(step.ErrorMessage ?? "")
            );
        }

        context.Terminal.Write(table);
    }

    // The control database's own column names.
    private static object Json(RunRow run, bool isInterrupted) =>
        new
        {
            id = run.Id,
            scope = run.Scope.Name(),
            mode = run.Mode.Name(),
            status = run.Status.Name(),
            interrupted = isInterrupted,
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
            error_message = step.ErrorMessage,
            started_at = step.StartedAt,
            finished_at = step.FinishedAt,
        };
}
