using System.Globalization;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Output;

/// <summary>Writes what a run does while it is followed: a line a step that ends.</summary>
internal sealed class RunFollowView(CommandContext context) : IRunFollower
{
    /// <summary>The run; null until it is found.</summary>
    public string? Run { get; private set; }

    public void Begins(RecordedRunDetail run)
    {
        Run = run.Run.Row.Id;
        if (run.Story.End is RunEnd.Running)
        {
            foreach (var line in RunStoryText.Of(context.Time, run))
            {
                context.Say(line);
            }

            var ended = run.Steps.Count(step => step.Status != StepStatus.Running);
            context.Say(
                string.Create(CultureInfo.InvariantCulture, $"{ended:N0} steps have ended so far. From now on:")
            );
        }
    }

    public void Ended(StepRow step)
    {
        if (step.Status == StepStatus.Skipped && !IsOpen(step))
        {
            return; // the stage before it failed, and told why
        }

        var unit = step.StepId[((step.Module?.Length ?? -1) + 1)..step.StepId.LastIndexOf(':')];
        context.Say(
            $"{context.Time.Second(step.FinishedAt ?? step.StartedAt)} {unit} {step.Stage.Name()} {Outcome(step)}"
        );
    }

    public void Settles(RecordedRunDetail run) =>
        context.Say("Its units are done; they are evaluated when all runs of its job are through.");

    // The vendor has nothing yet: no stage failed.
    private static bool IsOpen(StepRow step) =>
        step.Stage == StepStage.Upsert && step.ErrorMessage?.EndsWith(" failed", StringComparison.Ordinal) != true;

    private static string Outcome(StepRow step) =>
        step.Status switch
        {
            StepStatus.Success when step.Written is { } rows => string.Create(
                CultureInfo.InvariantCulture,
                $"{step.InputRows:N0} rows: {rows.Inserted:N0} new, {rows.Updated:N0} changed, {rows.Unchanged:N0} unchanged (version {rows.Version})"
            ),
            StepStatus.Success when step.InputRows is { } rows => string.Create(
                CultureInfo.InvariantCulture,
                $"{rows:N0} rows{(step.DroppedRows > 0 ? $", {step.DroppedRows:N0} dropped" : "")}"
            ),
            StepStatus.Success => "done",
            _ => $"{step.Status.Name()}: {step.ErrorMessage}",
        };
}
