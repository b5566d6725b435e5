using System.Collections.Concurrent;
using System.Diagnostics;
using Tidemark.Core.Runs;
using Tidemark.Core.Telemetry;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Telemetry;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Logs and traces the units of one run: one activity per unit below that of the run, and one per stage below it. A
/// unit begins in the task that fetches it and ends in the one that commits it, so its activities are linked by their
/// ids, not by the current activity of either task. Thread-safe.
/// </summary>
internal sealed class UnitReports(IngestTelemetry telemetry, string runId, ActivityContext run)
{
    private readonly ConcurrentDictionary<string, OpenUnit> _open = new();
    private readonly ConcurrentDictionary<string, ActivityContext> _traces = new();

    /// <summary>
    /// The activities of committed units, the parents of their evaluations. Empty without a listener.
    /// </summary>
    public IReadOnlyDictionary<string, ActivityContext> Traces => _traces;

    public void Started(PlannedUnit unit, StepStage stage)
    {
        var id = unit.Id.ToString();
        var open = _open.GetOrAdd(id, _ => new OpenUnit());
        var current = Activity.Current;
        if (stage == StepStage.Extract)
        {
            open.Unit = telemetry
                .Activities.StartActivity("unit", ActivityKind.Internal, run)
                ?.SetTag(ActivityTags.Run, runId)
                .SetTag(ActivityTags.Unit, id)
                .SetTag(ActivityTags.Dataset, unit.Dataset.Id)
                .SetTag(ActivityTags.Table, unit.Dataset.Table);
            telemetry.Scope("Unit", id); // ends with the flow that fetches
        }

        LeaveQueue(open);
        open.Since = telemetry.Now();
        open.Stage = open.Unit is { } parent
            ? telemetry.Activities.StartActivity(stage.Name(), ActivityKind.Internal, parent.Context)
            : null;
        if (stage == StepStage.Upsert)
        {
            Activity.Current = current; // the committer goes on to other units
        }
    }

    public void Finished(PlannedUnit unit, StepStage stage, long input, long output, long dropped, long? version)
    {
        var id = unit.Id.ToString();
        if (!_open.TryGetValue(id, out var open))
        {
            return;
        }

        var seconds = telemetry.SecondsSince(open.Since);
        telemetry.StageEnded(unit.Dataset.Id, stage.Name(), seconds);
        telemetry.Log.StageDone(id, stage.Name(), input, output, dropped, seconds, runId);
        Stop(open.Stage?.SetTag("rows", output).SetTag(ActivityTags.Version, version));
        open.Stage = null;
        if (stage == StepStage.Normalize)
        {
            open.IsQueued = true;
            telemetry.Queued(1);
        }

        if (stage == StepStage.Upsert)
        {
            telemetry.Rows(unit.Dataset.Id, input);
            telemetry.Log.UnitCommitted(id, unit.Dataset.Table, input, version ?? -1, runId);
            open.Unit?.SetTag(ActivityTags.Version, version);
            if (open.Unit is { } activity)
            {
                _traces[id] = activity.Context;
            }

            End(unit, open, "committed");
        }
    }

    public void Failed(PlannedUnit unit, StepStage stage, string code, string reason)
    {
        var open = _open.GetOrAdd(unit.Id.ToString(), _ => new OpenUnit());
        open.Stage.Fail(code);
        open.Unit.Fail(code);
        telemetry.Log.UnitFailed(
            unit.Id.ToString(),
            stage.Name(),
            code,
            reason,
            unit.Dataset.Api,
            unit.Dataset.Table,
            runId
        );
        End(unit, open, "failed");
    }

    public void Skipped(PlannedUnit unit, StepStage from, string reason)
    {
        telemetry.Log.UnitSkipped(unit.Id.ToString(), from.Name(), reason, runId);
        End(unit, _open.GetOrAdd(unit.Id.ToString(), _ => new OpenUnit()), "skipped");
    }

    public void Repeated(PlannedUnit unit)
    {
        telemetry.Repeated(unit.Dataset.Id);
        telemetry.Log.UnitOvertaken(unit.Id.ToString(), runId);
    }

    private void End(PlannedUnit unit, OpenUnit open, string outcome)
    {
        LeaveQueue(open);
        Stop(open.Stage);
        Stop(open.Unit);
        telemetry.UnitEnded(unit.Dataset.Id, outcome);
        _open.TryRemove(unit.Id.ToString(), out _);
    }

    private void LeaveQueue(OpenUnit open)
    {
        if (open.IsQueued)
        {
            open.IsQueued = false;
            telemetry.Queued(-1);
        }
    }

    // Activity.Stop makes the parent current, even in a flow that is not the parent's.
    private static void Stop(Activity? activity)
    {
        var current = Activity.Current;
        activity?.Stop();
        if (activity is not null && current != activity)
        {
            Activity.Current = current;
        }
    }

    /// <summary>The stages of a unit follow each other, so that only one task at a time uses this.</summary>
    private sealed class OpenUnit
    {
        public Activity? Unit { get; set; }

        public Activity? Stage { get; set; }

        public long Since { get; set; }

        public bool IsQueued { get; set; }
    }
}
