using System.Globalization;
using Spectre.Console;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Output;

/// <summary>
/// Explains one run on one screen: what happened, numbers that add up, a line a dataset, and the steps that did not
/// succeed.
/// </summary>
internal static class RunDetailText
{
    /// <summary>No more than this many steps are shown; <c>--steps</c> shows all.</summary>
    private const int MostSteps = 10;

    public static void Write(CommandContext context, RecordedRunDetail detail, bool withSteps)
    {
        foreach (var line in RunStoryText.Of(context.Time, detail).Concat(RunNumbersText.Of(detail)))
        {
            context.Say(line);
        }

        if (withSteps)
        {
            WriteSteps(context, detail.Steps);
            return;
        }

        WriteDatasets(context, StepSummary.Of(detail.Steps));
        // A stage that failed has the reason; those after it say only that they did not take place.
        var failed = detail.Steps.Where(s => s.Status is StepStatus.Failed or StepStatus.Running).ToArray();
        WriteSteps(context, failed[..Math.Min(failed.Length, MostSteps)]);
        if (failed.Length > MostSteps)
        {
            context.Say($"… {failed.Length - MostSteps} more that failed or have no end; --steps has them all");
        }
    }

    private static void WriteDatasets(CommandContext context, IReadOnlyList<StepSummary> datasets)
    {
        if (datasets.Count == 0)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("dataset", "days");
        foreach (
            var right in new[] { "units", "received", "dropped", "committed", "new", "changed", "version", "not done" }
        )
        {
            table.AddColumn(new TableColumn(right).RightAligned());
        }

        foreach (var dataset in datasets)
        {
            var rows = dataset.Numbers;
            table.AddRow([
                Markup.Escape(dataset.Name),
                Days(dataset),
                Number(dataset.Units),
                Number(rows.Received),
                Number(rows.Dropped.Total),
                Number(rows.Committed),
                Number(rows.Inserted),
                Number(rows.Updated),
                Versions(rows),
                Number(dataset.Units - rows.UnitsCommitted),
            ]);
        }

        context.Terminal.Write(table);
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Versions(RunNumbers rows) =>
        rows.FirstVersion == rows.LastVersion ? $"{rows.LastVersion}" : $"{rows.FirstVersion}–{rows.LastVersion}";

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
