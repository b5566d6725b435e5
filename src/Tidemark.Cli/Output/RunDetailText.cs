using System.Globalization;
using Spectre.Console;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Output;

/// <summary>Writes one run on one screen: one line per dataset, and the steps that did not succeed.</summary>
internal static class RunDetailText
{
    /// <summary>No more than this many steps are shown; <c>--steps</c> shows all.</summary>
    private const int MostSteps = 15;

    public static void Write(CommandContext context, RecordedRunDetail detail, bool withSteps)
    {
        var run = detail.Run.Row;
        context.Say($"{run.Id}: {run.Scope.Name()} {RunsText.StatusOf(detail.Run)} {RunsText.MessageOf(detail.Run)}");
        context.Say(Headline(context, run));
        foreach (var line in RunMetaText.Of(run.MetaJson))
        {
            context.Say(line);
        }

        if (withSteps)
        {
            WriteSteps(context, detail.Steps);
            return;
        }

        WriteDatasets(context, StepSummary.Of(detail.Steps));
        var unfinished = detail.Steps.Where(s => s.Status != StepStatus.Success).ToArray();
        WriteSteps(context, unfinished[..Math.Min(unfinished.Length, MostSteps)]);
        if (unfinished.Length > MostSteps)
        {
            context.Say($"… {unfinished.Length - MostSteps} more; --steps has them all");
        }
    }

    private static string Headline(CommandContext context, RunRow run)
    {
        var took = run.FinishedAt is { } end
            ? string.Create(CultureInfo.InvariantCulture, $", took {(end - run.StartedAt).TotalSeconds:F1} s")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Mode.Name()}, as of {run.AsOf?.ToIso() ?? "–"}, began {context.Time.Minute(run.StartedAt)}{took}; {run.Rows:N0} rows: {run.Inserted:N0} new, {run.Updated:N0} changed"
        );
    }

    private static void WriteDatasets(CommandContext context, IReadOnlyList<StepSummary> datasets)
    {
        if (datasets.Count == 0)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("dataset", "days");
        foreach (var right in new[] { "units", "received", "committed", "dropped", "not done" })
        {
            table.AddColumn(new TableColumn(right).RightAligned());
        }

        foreach (var dataset in datasets)
        {
            long[] numbers = [dataset.Units, dataset.Received, dataset.Committed, dataset.Dropped, dataset.Unfinished];
            table.AddRow([
                Markup.Escape(dataset.Name),
                Days(dataset),
                .. numbers.Select(n => n.ToString("N0", CultureInfo.InvariantCulture)),
            ]);
        }

        context.Terminal.Write(table);
    }

    private static string Days(StepSummary dataset) =>
        dataset is not { First: { } from, Last: { } to } ? ""
        : from == to ? from.ToIso()
        : $"{from.ToIso()} … {to.ToIso()}";

    private static void WriteSteps(CommandContext context, IReadOnlyList<StepRow> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("step", "status", "in", "out", "dropped", "message");
        foreach (var step in steps)
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
}
