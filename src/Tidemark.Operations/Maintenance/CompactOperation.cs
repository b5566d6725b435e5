using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;
using Tidemark.Operations.Tables;
using Tidemark.Operations.Telemetry;

namespace Tidemark.Operations.Maintenance;

/// <summary>Merge small files, and compress cold ones better.</summary>
/// <param name="Tables">By name; all when there are none.</param>
public sealed record CompactRequest(IReadOnlyList<string> Tables);

/// <summary>The result of a compaction.</summary>
/// <param name="Tables">The compacted tables, in order.</param>
/// <param name="Failed">The tables that failed; they do not stop the others.</param>
/// <param name="LeftOut">What it left out of the lake.</param>
public sealed record CompactResponse(
    IReadOnlyList<CompactedTable> Tables,
    IReadOnlyList<FailedTable> Failed,
    LeftOutReport LeftOut
)
{
    public Verdict Verdict => LeftOut.Lower(Failed.Count == 0 ? Verdict.Done : Verdict.Failed);
}

/// <summary>A table that an operation failed on.</summary>
/// <param name="Table">Layer and name.</param>
/// <param name="Code">The error's code.</param>
/// <param name="Message">What failed, and what to do.</param>
public sealed record FailedTable(string Table, string Code, string Message);

/// <summary>Shows how far a compaction is.</summary>
public interface ICompactWatcher
{
    /// <summary>
    /// Starts the compaction of a table, hands it the receiver of its progress, and returns its result.
    /// </summary>
    Task<CompactedTable> WatchAsync(string table, Func<IProgress<CompactProgress>?, Task<CompactedTable>> compact);
}

/// <summary>
/// <c>compact</c>: compacts table by table, then refreshes the catalog. A table that fails does not stop the others,
/// unless only that table was named.
/// </summary>
public sealed class CompactOperation(
    DataLake lake,
    TableCompactor compactor,
    CatalogFile catalog,
    FindLeftOut leftOut,
    OperationTelemetry? telemetry = null
)
{
    /// <exception cref="TidemarkException">A name is no table; or the only named table fails.</exception>
    public Task<CompactResponse> RunAsync(CompactRequest request, ICompactWatcher watcher, CancellationToken stop) =>
        telemetry.SeeAsync("compact", () => CompactAsync(request, watcher, stop));

    private async Task<CompactResponse> CompactAsync(
        CompactRequest request,
        ICompactWatcher watcher,
        CancellationToken stop
    )
    {
        var tables =
            request.Tables.Count > 0
                ? await lake.NamedAsync(request.Tables, stop)
                : [.. (await lake.FindOwnAsync([], stop)).Own.Select(t => t.Id)];
        var done = new List<CompactedTable>();
        var failed = new List<FailedTable>();
        await catalog.AfterAsync(async () =>
        {
            foreach (var table in tables)
            {
                try
                {
                    done.Add(
                        await watcher.WatchAsync(
                            table.ToString(),
                            progress => compactor.CompactAsync(table, new CompactOptions(), progress, stop)
                        )
                    );
                }
                catch (TidemarkException e) when (request.Tables.Count != 1)
                {
                    failed.Add(new FailedTable(table.ToString(), e.Code, e.Message));
                }
            }

            return done.Count;
        });
        var walked = await leftOut.OfWalkAsync(request.Tables, [], [], stop);
        return new CompactResponse(done, failed, walked with { Damage = await lake.DamageAsync(stop) });
    }
}
