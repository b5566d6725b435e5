using System.Diagnostics;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Telemetry;

namespace Tidemark.Lake.Tables;

/// <summary>Reports one attempt to make the next version of a table.</summary>
internal sealed class CommitReport : IDisposable
{
    private readonly LakeTelemetry _telemetry;
    private readonly string _table;
    private readonly string _location;
    private readonly Activity? _activity;
    private readonly long _since;

    private CommitReport(LakeTelemetry telemetry, TableId table)
    {
        _telemetry = telemetry;
        _table = table.ToString();
        _location = table.Prefix;
        _activity = telemetry.StartCommit(_table);
        _since = telemetry.Now();
    }

    /// <summary>Null when nobody listens, so that the report costs nothing.</summary>
    public static CommitReport? Begin(LakeTelemetry? telemetry, TableId table) =>
        telemetry is { IsWatched: true } ? new CommitReport(telemetry, table) : null;

    /// <summary>The version was made.</summary>
    public void Done(long version, IReadOnlyList<DeltaLine> lines)
    {
        var partitions = new SortedSet<string>(StringComparer.Ordinal);
        CommitInfoAction? info = null;
        var (files, rows, bytes) = (0, 0L, 0L);
        foreach (var line in lines)
        {
            info = line.CommitInfo ?? info;
            if (line.Add is not { } add)
            {
                continue;
            }

            files++;
            bytes += add.Size;
            rows += DeltaStats.RowCount(add.Stats) ?? 0;
            if (TablePartition.Of(add).Value is { } partition)
            {
                partitions.Add(partition);
            }
        }

        _telemetry.Committed(
            new CommitFacts(
                _table,
                info?.Operation ?? "",
                version,
                info?.RunId,
                _location,
                [.. partitions],
                files,
                rows,
                bytes
            ),
            _activity,
            _since
        );
    }

    public void Dispose() => _activity?.Dispose();
}
