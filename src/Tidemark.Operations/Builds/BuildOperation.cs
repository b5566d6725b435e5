using Tidemark.Core.Errors;
using Tidemark.Lake.Catalog;
using Tidemark.Operations.Tables;
using Tidemark.Operations.Telemetry;

namespace Tidemark.Operations.Builds;

/// <summary>Build what is out of date in the warehouse.</summary>
/// <param name="Tables">Layers or tables; all when there are none.</param>
/// <param name="Day">Only this day; null for no such limit.</param>
/// <param name="From">The first day; null for no limit. Not with <paramref name="Day"/>.</param>
/// <param name="To">The last day; null for no limit. Not with <paramref name="Day"/>.</param>
/// <param name="Full">Whether to build also what is up to date.</param>
public sealed record BuildTablesRequest(
    IReadOnlyList<string> Tables,
    DateOnly? Day = null,
    DateOnly? From = null,
    DateOnly? To = null,
    bool Full = false
);

/// <summary>The result of a build.</summary>
/// <param name="Report">What was built, and what was not.</param>
public sealed record BuildResponse(BuildReport Report)
{
    public Verdict Verdict =>
        Report.Result.IsSuccess ? (Report.LeftOut.Count == 0 ? Verdict.Done : Verdict.Incomplete)
        : Report.Result.LacksOnlyTables ? Verdict.Incomplete
        : Verdict.Failed;
}

/// <summary>
/// <c>build</c>: builds the warehouse tables that are out of date, then refreshes the catalog where it is not what it
/// would become, also after a failure.
/// </summary>
public sealed class BuildOperation(WarehouseUpdate update, CatalogFile catalog, OperationTelemetry? telemetry = null)
{
    /// <exception cref="TidemarkException">
    /// Code <c>RANGE_AMBIGUOUS</c>; or a definition is wrong, or a requested table does not exist.
    /// </exception>
    public async Task<BuildResponse> RunAsync(BuildTablesRequest request, IBuildWatcher watcher, CancellationToken stop)
    {
        if (request.Day is not null && (request.From ?? request.To) is not null)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "RANGE_AMBIGUOUS",
                "Give --dt, or --from and --to, not both."
            );
        }

        var report = await telemetry.SeeAsync(
            "build tables",
            () =>
                catalog.AfterAsync(() => watcher.WatchBuildAsync(progress => update.RunAsync(request, progress, stop)))
        );
        return new BuildResponse(report);
    }
}
