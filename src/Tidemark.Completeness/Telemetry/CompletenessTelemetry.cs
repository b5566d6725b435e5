using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Tidemark.Core.Errors;
using Tidemark.Core.Telemetry;

namespace Tidemark.Completeness.Telemetry;

/// <summary>Logs, activities and metrics of evaluations. Thread-safe.</summary>
public sealed class CompletenessTelemetry
{
    private readonly TelemetrySource _source;
    private readonly ILogger _log;
    private readonly Counter<long> _cells;
    private readonly Histogram<double> _duration;

    public CompletenessTelemetry(TelemetrySource source, ILoggerFactory logs)
    {
        _source = source;
        _log = logs.CreateLogger("Tidemark.Completeness");
        _cells = source.Meter.CreateCounter<long>(
            "tidemark.completeness.cells",
            "{cell}",
            "Cells of checks that were evaluated: entities times days"
        );
        _duration = source.Meter.CreateHistogram<double>(
            "tidemark.completeness.evaluation.duration",
            "s",
            "Evaluating a check"
        );
    }

    internal long Now() => _source.Now();

    internal Activity? StartCheck(string check) =>
        _source.Activities.StartActivity("check")?.SetTag(ActivityTags.Check, check);

    internal void Evaluated(string check, int entities, int days, long since)
    {
        var seconds = _source.SecondsSince(since);
        var name = new KeyValuePair<string, object?>("check", check);
        _cells.Add((long)entities * days, name);
        _duration.Record(seconds, name);
        _log.CheckEvaluated(check, entities, days, seconds);
    }

    internal void Failed(string check, TidemarkException error) => _log.CheckFailed(check, error.Code, error.Message);
}
