using Tidemark.Core;
using Tidemark.Core.Answers;
using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;
using Tidemark.Warehouse.Telemetry;

namespace Tidemark.Warehouse.Builds;

/// <summary>
/// Brings warehouse tables up to date, in the project's order. A partition is out of date when the fingerprint of what
/// it is made from (<see cref="InputState"/>) differs from the one that its files carry as tag <c>inputs</c>. The
/// builder never touches tables that the request does not select. A table with a failure blocks the tables that read
/// it, and no others.
/// </summary>
/// <param name="lake">Where inputs and tables are.</param>
/// <param name="clock">Measures the time that partitions take.</param>
/// <param name="limits">How much goes into one commit; null for the usual.</param>
/// <param name="calendars">The calendars by exchange, for reaches in trading days; null when there are none.</param>
/// <param name="telemetry">Reports builds as metrics, activities and log events; null for none.</param>
/// <param name="answers">Where answers outlive the process; null to read each time.</param>
public sealed class WarehouseBuilder(
    DataLake lake,
    TimeProvider clock,
    BuildLimits? limits = null,
    IReadOnlyDictionary<string, TradingCalendar>? calendars = null,
    WarehouseTelemetry? telemetry = null,
    IKeptAnswers? answers = null
)
{
    private readonly IReadOnlyDictionary<string, TradingCalendar> _calendars =
        calendars ?? new Dictionary<string, TradingCalendar>();
    private readonly BuildLimits _limits = limits ?? new BuildLimits();

    /// <summary>Builds what is out of date. Commits from before a failure or a cancellation stay.</summary>
    /// <exception cref="TidemarkException">
    /// The request names an unknown table or an empty range; nothing was built.
    /// </exception>
    public async Task<BuildResult> BuildAsync(
        WarehouseProject project,
        BuildRequest request,
        IProgress<BuildProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        EnsureRange(request);
        var selected = TableFilter.Select(project, request.Tables);
        using var claim = lake.ClaimStaging(request.RunId);
        try
        {
            return await BuildAsync(project, selected, request, progress, cancellationToken);
        }
        finally
        {
            lake.Staging.Sweep(request.RunId);
        }
    }

    private async Task<BuildResult> BuildAsync(
        WarehouseProject project,
        IReadOnlySet<TableId> selected,
        BuildRequest request,
        IProgress<BuildProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var built = new List<BuiltPartition>();
        var skipped = new List<SkippedTable>();
        var kept = new List<KeptPartitions>();
        var failed = new List<FailedPartition>();
        var blocked = new List<BlockedTable>();
        var stopped = new HashSet<TableId>();
        var valid = new ValidRowsReader(lake, answers);
        foreach (var table in project.Tables.Where(t => selected.Contains(t.Id)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var cause = table.Inputs.FirstOrDefault(i => stopped.Contains(i.Table));
            if (cause is not null)
            {
                stopped.Add(table.Id);
                blocked.Add(new BlockedTable(table.Id.ToString(), $"{cause.Table} failed or was blocked"));
                telemetry?.Log.TableBlocked(blocked[^1].Table, blocked[^1].Because, request.RunId);
                continue;
            }

            using var report = telemetry is null
                ? null
                : new TableReport(telemetry, table.Id.ToString(), request.RunId);
            var build = new TableBuild(lake, clock, _calendars, _limits, valid, project, table, request, progress);
            await build.RunAsync(cancellationToken);
            report?.Done(build);
            built.AddRange(build.Built);
            failed.AddRange(build.Failed);
            skipped.AddRange(build.Skipped);
            if (build.Kept is { } standing)
            {
                kept.Add(standing);
            }

            if (build.Failed.Count > 0)
            {
                stopped.Add(table.Id);
            }
        }

        return new BuildResult(built, skipped, failed, blocked)
        {
            Kept = kept,
            Warnings = [.. project.Warnings.Select(w => w.ToString())],
        };
    }

    private static void EnsureRange(BuildRequest request)
    {
        if (request is { From: { } from, To: { } to } && to < from)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "BUILD_RANGE_EMPTY",
                $"The range ends ({to.ToIso()}) before it begins ({from.ToIso()}). Nothing was built."
            );
        }
    }
}
