using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Tidemark.Core.Errors;
using Tidemark.Core.Telemetry;

namespace Tidemark.Lake.Telemetry;

/// <summary>Facts about a commit.</summary>
/// <param name="Table">Layer and name.</param>
/// <param name="Operation">For example <c>INGEST</c>.</param>
/// <param name="Version">Its number.</param>
/// <param name="RunId">The run that made it; null when none is named.</param>
/// <param name="Location">The table's folder in the lake.</param>
/// <param name="Partitions">The partitions that it adds files to, in order.</param>
/// <param name="Files">Files that it adds.</param>
/// <param name="Rows">Rows in them.</param>
/// <param name="Bytes">Bytes of them.</param>
internal sealed record CommitFacts(
    string Table,
    string Operation,
    long Version,
    string? RunId,
    string Location,
    IReadOnlyList<string> Partitions,
    int Files,
    long Rows,
    long Bytes
)
{
    private const int PartitionsNamed = 20;

    /// <summary>The partitions as a short text, however many there are.</summary>
    public string Dt =>
        Partitions.Count <= PartitionsNamed
            ? string.Join(' ', Partitions)
            : $"{string.Join(' ', Partitions.Take(PartitionsNamed - 1))} … {Partitions[^1]}";
}

/// <summary>Reports commits and conflicts as metrics, activities and log events. Thread-safe.</summary>
public sealed class LakeTelemetry
{
    private readonly TelemetrySource _source;
    private readonly ILogger _log;
    private readonly Counter<long> _commits;
    private readonly Histogram<double> _commitDuration;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _files;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _conflicts;

    public LakeTelemetry(TelemetrySource source, ILoggerFactory logs)
    {
        _source = source;
        _log = logs.CreateLogger("Tidemark.Lake");
        var meter = source.Meter;
        _commits = meter.CreateCounter<long>("tidemark.lake.commits", "{commit}", "Versions that were made");
        _commitDuration = meter.CreateHistogram<double>(
            "tidemark.lake.commit.duration",
            "s",
            "From looking for the newest version until the next one stands"
        );
        _rows = meter.CreateCounter<long>("tidemark.lake.rows", "{row}", "Rows in files that versions add");
        _files = meter.CreateCounter<long>("tidemark.lake.files", "{file}", "Files that versions add");
        _bytes = meter.CreateCounter<long>("tidemark.lake.bytes", "By", "Bytes of files that versions add");
        _conflicts = meter.CreateCounter<long>(
            "tidemark.lake.conflicts",
            "{conflict}",
            "Races for a version that were lost, and units that another writer had changed"
        );
    }

    /// <summary>Whether anybody listens, so that the facts are worth collecting.</summary>
    internal bool IsWatched =>
        _commits.Enabled
        || _commitDuration.Enabled
        || _rows.Enabled
        || _source.Activities.HasListeners()
        || _log.IsEnabled(LogLevel.Information);

    internal long Now() => _source.Now();

    internal Activity? StartCommit(string table) =>
        _source.Activities.StartActivity("commit")?.SetTag(ActivityTags.Table, table);

    internal void Committed(CommitFacts facts, Activity? activity, long since)
    {
        activity?.SetTag(ActivityTags.Version, facts.Version).SetTag(ActivityTags.Run, facts.RunId);
        var table = new KeyValuePair<string, object?>("table", facts.Table);
        var operation = new KeyValuePair<string, object?>("operation", facts.Operation);
        _commits.Add(1, table, operation);
        _commitDuration.Record(_source.SecondsSince(since), table, operation);
        _rows.Add(facts.Rows, table, operation);
        _files.Add(facts.Files, table, operation);
        _bytes.Add(facts.Bytes, table, operation);
        _log.Committed(
            facts.Operation,
            "committed",
            facts.Table,
            facts.Version,
            facts.Files,
            facts.Rows,
            facts.Dt,
            facts.RunId,
            facts.Location
        );
    }

    /// <summary>Another writer made the version; this one tries the next number.</summary>
    internal void Raced(string table, long version)
    {
        _conflicts.Add(1, new("table", table), new("kind", "version"));
        _log.VersionLost(table, version);
    }

    /// <summary>Another writer changed units, and nothing was committed.</summary>
    internal void Conflicted(string table, int units, string runId)
    {
        _conflicts.Add(units, new("table", table), new("kind", "unit"));
        _log.Conflict(table, units, runId);
    }

    internal void CheckpointFailed(string table, long version, TidemarkException error) =>
        _log.CheckpointFailed(table, version, error.Code, error.Message);

    internal void MarkersFailed(string table, long version, TidemarkException error) =>
        _log.MarkersFailed(table, version, error.Code, error.Message);
}
