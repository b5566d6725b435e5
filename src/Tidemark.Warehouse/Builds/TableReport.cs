using System.Diagnostics;
using Tidemark.Core;
using Tidemark.Core.Telemetry;
using Tidemark.Warehouse.Telemetry;

namespace Tidemark.Warehouse.Builds;

/// <summary>Reports the build of one table.</summary>
internal sealed class TableReport(WarehouseTelemetry telemetry, string table, string runId) : IDisposable
{
    private readonly Activity? _activity = telemetry.StartTable(table, runId);
    private readonly long _since = telemetry.Now();

    public void Done(TableBuild build)
    {
        var seconds = telemetry.SecondsSince(_since);
        var rows = build.Built.Sum(b => b.Rows);
        telemetry.Built(table, build.Built.Count, build.Failed.Count, rows, seconds);
        foreach (var failure in build.Failed)
        {
            _activity.Fail(failure.Code);
            telemetry.Log.PartitionFailed(table, failure.Dt?.ToIso(), failure.Code, failure.Error, runId);
        }

        if (build.Built.Count + build.Failed.Count == 0)
        {
            telemetry.Log.TableLeft(table, runId);
            return;
        }

        var version = build.Built.Count == 0 ? -1 : build.Built[^1].Version;
        _activity?.SetTag(ActivityTags.Version, version);
        telemetry.Log.TableBuilt(table, build.Built.Count, rows, build.Failed.Count, seconds, version, runId);
    }

    public void Dispose() => _activity?.Dispose();
}
