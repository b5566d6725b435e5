using System.Diagnostics;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Core.Telemetry;
using Tidemark.Ingest.Telemetry;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Traces and logs an evaluation. One evaluation serves all units of an operation and is the last stage of each: every
/// unit gets its own activity with the same beginning and end.
/// </summary>
internal sealed class Evaluation : IDisposable
{
    private readonly IngestTelemetry? _telemetry;
    private readonly Activity? _activity;
    private readonly long _since;
    private string? _code;

    public Evaluation(IngestTelemetry? telemetry)
    {
        _telemetry = telemetry;
        _activity = telemetry?.Activities.StartActivity("evaluation");
        _since = telemetry?.Now() ?? 0;
    }

    public void Ended(Exception? error)
    {
        _code = error is null ? null : (error as TidemarkException)?.Code ?? "INTERNAL_ERROR";
        if (_code is not null)
        {
            _activity.Fail(_code);
        }

        _telemetry?.Evaluated(_telemetry.SecondsSince(_since));
        _activity?.Stop();
    }

    /// <summary>A run is closed for good.</summary>
    public void Settled(RunOutcome outcome)
    {
        _telemetry?.Log.RunSettled(outcome.Id, outcome.Status.Name(), outcome.Incomplete.Count, outcome.GivenUp.Count);
        if (_telemetry is null || _activity is null)
        {
            return;
        }

        foreach (var (unit, trace) in outcome.Work.Traces)
        {
            using var stage = _telemetry.Activities.StartActivity(
                StepStage.Evaluate.Name(),
                ActivityKind.Internal,
                trace,
                [new(ActivityTags.Run, outcome.Id), new(ActivityTags.Unit, unit)],
                startTime: new DateTimeOffset(_activity.StartTimeUtc)
            );
            if (_code is not null)
            {
                stage.Fail(_code);
            }

            stage?.SetEndTime(_activity.StartTimeUtc + _activity.Duration);
        }
    }

    public void Dispose() => _activity?.Dispose();
}
