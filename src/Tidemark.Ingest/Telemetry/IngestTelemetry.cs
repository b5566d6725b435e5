using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Tidemark.Core.Telemetry;

namespace Tidemark.Ingest.Telemetry;

/// <summary>Logs, activities and metrics of runs and units. Thread-safe.</summary>
public sealed class IngestTelemetry
{
    private readonly TelemetrySource _source;
    private readonly Counter<long> _runs;
    private readonly Histogram<double> _runDuration;
    private readonly Counter<long> _units;
    private readonly Counter<long> _rows;
    private readonly Histogram<double> _stageDuration;
    private readonly UpDownCounter<long> _queue;
    private readonly Counter<long> _retries;

    public IngestTelemetry(TelemetrySource source, ILoggerFactory logs)
    {
        _source = source;
        Log = logs.CreateLogger("Tidemark.Ingest");
        var meter = source.Meter;
        _runs = meter.CreateCounter<long>("tidemark.ingest.runs", "{run}", "Runs that ended or were blocked");
        _runDuration = meter.CreateHistogram<double>(
            "tidemark.ingest.run.duration",
            "s",
            "From planning a run until its last commit"
        );
        _units = meter.CreateCounter<long>("tidemark.ingest.units", "{unit}", "Units that a run is done with");
        _rows = meter.CreateCounter<long>("tidemark.ingest.rows", "{row}", "Rows of units that were committed");
        _stageDuration = meter.CreateHistogram<double>(
            "tidemark.ingest.stage.duration",
            "s",
            "Stages of units; evaluate is of all units of an operation"
        );
        _queue = meter.CreateUpDownCounter<long>(
            "tidemark.ingest.queue",
            "{unit}",
            "Units that are fetched and checked and wait for the committer"
        );
        _retries = meter.CreateCounter<long>(
            "tidemark.ingest.retries",
            "{unit}",
            "Units that are fetched again because another writer changed them meanwhile"
        );
    }

    internal ILogger Log { get; }

    internal ActivitySource Activities => _source.Activities;

    internal long Now() => _source.Now();

    internal double SecondsSince(long moment) => _source.SecondsSince(moment);

    internal void RunEnded(string pool, string mode, string status, long since)
    {
        _runs.Add(1, new("pool", pool), new("mode", mode), new("status", status));
        _runDuration.Record(_source.SecondsSince(since), new("pool", pool), new("status", status));
    }

    internal void UnitEnded(string dataset, string outcome) =>
        _units.Add(1, new("dataset", dataset), new("outcome", outcome));

    internal void Rows(string dataset, long rows) =>
        _rows.Add(rows, new KeyValuePair<string, object?>("dataset", dataset));

    internal void StageEnded(string dataset, string stage, double seconds) =>
        _stageDuration.Record(seconds, new("dataset", dataset), new("stage", stage));

    internal void Evaluated(double seconds) =>
        _stageDuration.Record(seconds, new KeyValuePair<string, object?>("stage", "evaluate"));

    internal void Queued(int change) => _queue.Add(change);

    internal void Repeated(string dataset) => _retries.Add(1, new KeyValuePair<string, object?>("dataset", dataset));

    /// <summary>Adds a field to every log line that follows in this flow, whichever class writes it.</summary>
    internal IDisposable? Scope(string field, string value) =>
        Log.IsEnabled(LogLevel.Error)
            ? Log.BeginScope(new[] { new KeyValuePair<string, object?>(field, value) })
            : null;
}
