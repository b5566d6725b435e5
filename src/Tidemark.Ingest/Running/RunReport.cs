using System.Diagnostics;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Core.Telemetry;
using Tidemark.Ingest.Telemetry;

namespace Tidemark.Ingest.Running;

/// <summary>Logs and traces one run, from its plan to its last commit.</summary>
internal sealed class RunReport : IDisposable
{
    private readonly IngestTelemetry _telemetry;
    private readonly RunRequest _request;
    private readonly Activity? _activity;
    private readonly long _since;
    private IDisposable? _scope;
    private string _id = "";

    public RunReport(IngestTelemetry telemetry, RunRequest request)
    {
        (_telemetry, _request, _since) = (telemetry, request, telemetry.Now());
        _activity = telemetry.Activities.StartActivity("run")?.SetTag(ActivityTags.Pool, request.Scope.Name());
    }

    /// <summary>
    /// Reports that the run has an id and units to do. Call it in the run's own flow, so that its log lines name the
    /// run.
    /// </summary>
    public UnitReports Named(string id, int units)
    {
        _id = id;
        _activity?.SetTag(ActivityTags.Run, id);
        _scope = _telemetry.Scope("RunId", id);
        _telemetry.Log.RunStarted(id, _request.Scope.Name(), _request.Mode.Name(), _request.Source, units);
        return new UnitReports(_telemetry, id, _activity?.Context ?? default);
    }

    public void Ended(RunOutcome outcome)
    {
        var pool = _request.Scope.Name();
        _activity?.SetTag(ActivityTags.Run, outcome.Id);
        Count(outcome.Block is null ? outcome.Status.Name() : "blocked");
        if (outcome.Block is { } block)
        {
            _activity.Fail(block.ErrorCode);
            _telemetry.Log.RunBlocked(outcome.Id, pool, block.Stage.Name(), block.ErrorCode, block.Message);
            return;
        }

        if (outcome.EndedBy is { } ending)
        {
            _activity.Fail(ending.ErrorCode);
            _telemetry.Log.RunBroken(outcome.Id, pool, ending.ErrorCode, ending.Message, error: null);
        }
        else if (outcome.Failure is { } failure)
        {
            Broke(failure, outcome.Id);
        }

        _telemetry.Log.RunEnded(
            outcome.Id,
            pool,
            outcome.Status.Name(),
            _telemetry.SecondsSince(_since),
            outcome.Committed,
            outcome.Open,
            outcome.Failed,
            outcome.Counts.Rows
        );
    }

    /// <summary>It ended without an outcome.</summary>
    public void Broke(Exception error)
    {
        Count("broken");
        Broke(error, _id);
    }

    public void Dispose()
    {
        _scope?.Dispose();
        _activity?.Dispose();
    }

    private void Broke(Exception error, string id)
    {
        var code = CodeOf(error);
        _activity.Fail(code);
        if (error is not OperationCanceledException)
        {
            _telemetry.Log.RunBroken(id, _request.Scope.Name(), code, error.Message, error);
        }
    }

    private void Count(string status) =>
        _telemetry.RunEnded(_request.Scope.Name(), _request.Mode.Name(), status, _since);

    private static string CodeOf(Exception error) =>
        error switch
        {
            TidemarkException known => known.Code,
            OperationCanceledException => "STOPPED",
            _ => "INTERNAL_ERROR",
        };
}
