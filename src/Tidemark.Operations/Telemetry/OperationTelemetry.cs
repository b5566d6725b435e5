using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Tidemark.Core.Errors;
using Tidemark.Core.Telemetry;

namespace Tidemark.Operations.Telemetry;

/// <summary>Logs, activities and metrics of operations that may change something. Thread-safe.</summary>
public sealed class OperationTelemetry
{
    private readonly TelemetrySource _source;
    private readonly ILogger _log;
    private readonly Histogram<double> _duration;

    public OperationTelemetry(TelemetrySource source, ILoggerFactory logs)
    {
        _source = source;
        _log = logs.CreateLogger("Tidemark.Operations");
        _duration = source.Meter.CreateHistogram<double>(
            "tidemark.operation.duration",
            "s",
            "Operations that may change something"
        );
    }

    /// <summary>Does the work of an operation in its own activity.</summary>
    internal async Task<T> WatchAsync<T>(string operation, Func<Task<T>> work)
    {
        using var activity = _source.Activities.StartActivity(operation);
        var since = _source.Now();
        _log.Started(operation);
        try
        {
            var result = await work();
            _log.Ended(operation, Record(operation, "done", since));
            return result;
        }
        catch (OperationCanceledException)
        {
            _log.Stopped(operation, Record(operation, "stopped", since));
            throw;
        }
        catch (TidemarkException e)
        {
            activity.Fail(e.Code);
            _log.Refused(operation, Record(operation, "failed", since), e.Code, e.Message);
            throw;
        }
        catch (Exception e)
        {
            activity.Fail("INTERNAL_ERROR");
            _log.Broken(operation, Record(operation, "failed", since), e);
            throw;
        }
    }

    /// <summary>The row of a lane could not be read or written.</summary>
    internal void LaneUnread(string lane, Exception error) => _log.LaneUnread(lane, CodeOf(error), error.Message);

    /// <summary>Work of a lane ended with an error that it did not tell itself.</summary>
    internal void WorkBroken(string lane, string work, Exception error) => _log.WorkBroken(lane, work, error);

    /// <summary>A process that serves could not look what is due.</summary>
    internal void WakeFailed(Exception error) => _log.WakeFailed(CodeOf(error), error.Message);

    private static string CodeOf(Exception error) => (error as TidemarkException)?.Code ?? "INTERNAL_ERROR";

    private double Record(string operation, string outcome, long since)
    {
        var seconds = _source.SecondsSince(since);
        _duration.Record(seconds, new("operation", operation), new("outcome", outcome));
        return seconds;
    }
}

/// <summary>Does the same where telemetry may be null.</summary>
internal static class OperationWatch
{
    public static Task<T> SeeAsync<T>(this OperationTelemetry? telemetry, string operation, Func<Task<T>> work) =>
        telemetry is null ? work() : telemetry.WatchAsync(operation, work);
}
