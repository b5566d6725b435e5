using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Tidemark.Core.Errors;
using Tidemark.Core.Telemetry;

namespace Tidemark.Control.Telemetry;

/// <summary>Transactions and leases, as seen from outside. Thread-safe.</summary>
public sealed class ControlTelemetry
{
    private readonly TelemetrySource _source;
    private readonly ILogger _log;
    private readonly Histogram<double> _duration;

    public ControlTelemetry(TelemetrySource source, ILoggerFactory logs)
    {
        _source = source;
        _log = logs.CreateLogger("Tidemark.Control");
        _duration = source.Meter.CreateHistogram<double>(
            "tidemark.control.transaction.duration",
            "s",
            "Transactions of the control database, with the waiting for other processes"
        );
    }

    internal void Opened(string path, bool isReadOnly) => _log.Opened(path, isReadOnly);

    internal long Now() => _source.Now();

    /// <summary>A transaction is over.</summary>
    /// <param name="access"><c>read</c> or <c>write</c>.</param>
    /// <param name="since">When it was begun.</param>
    /// <param name="error">What ended it; null when it was done.</param>
    internal void Done(string access, long since, TidemarkException? error)
    {
        _duration.Record(
            _source.SecondsSince(since),
            new("access", access),
            new("outcome", error is null ? "done" : "failed")
        );
        if (error is not null)
        {
            _log.Refused(access, error.Code, error.Message);
        }
    }

    internal void LeaseTaken(string lane, long epoch, string owner) => _log.LeaseTaken(lane, epoch, owner);

    internal void LeaseBusy(string lane, string owner) => _log.LeaseBusy(lane, owner);

    internal void LeaseLost(string lane, string owner) => _log.LeaseLost(lane, owner);

    internal void RunClosed(string runId) => _log.RunClosed(runId);
}
