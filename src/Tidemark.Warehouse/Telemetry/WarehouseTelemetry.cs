using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Tidemark.Core.Telemetry;

namespace Tidemark.Warehouse.Telemetry;

/// <summary>Reports builds as metrics, activities and log events. Thread-safe.</summary>
public sealed class WarehouseTelemetry
{
    private readonly TelemetrySource _source;
    private readonly Counter<long> _partitions;
    private readonly Counter<long> _rows;
    private readonly Histogram<double> _duration;

    public WarehouseTelemetry(TelemetrySource source, ILoggerFactory logs)
    {
        _source = source;
        Log = logs.CreateLogger("Tidemark.Warehouse");
        var meter = source.Meter;
        _partitions = meter.CreateCounter<long>(
            "tidemark.warehouse.partitions",
            "{partition}",
            "Partitions that were built or failed"
        );
        _rows = meter.CreateCounter<long>("tidemark.warehouse.rows", "{row}", "Rows of partitions that were built");
        _duration = meter.CreateHistogram<double>(
            "tidemark.warehouse.build.duration",
            "s",
            "Looking for what is out of date in a table, and building it"
        );
    }

    internal ILogger Log { get; }

    internal long Now() => _source.Now();

    internal double SecondsSince(long moment) => _source.SecondsSince(moment);

    internal Activity? StartTable(string table, string runId) =>
        _source.Activities.StartActivity("build")?.SetTag(ActivityTags.Table, table).SetTag(ActivityTags.Run, runId);

    internal void Built(string table, int partitions, int failed, long rows, double seconds)
    {
        var name = new KeyValuePair<string, object?>("table", table);
        _duration.Record(seconds, name);
        _rows.Add(rows, name);
        if (partitions > 0)
        {
            _partitions.Add(partitions, name, new("outcome", "built"));
        }

        if (failed > 0)
        {
            _partitions.Add(failed, name, new("outcome", "failed"));
        }
    }
}
