using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Tables;
using Tidemark.Warehouse.Builds;
using Tidemark.Warehouse.Project;

namespace Tidemark.Operations.Builds;

/// <summary>
/// Builds the warehouse tables that are out of date, and remembers which tables were built. The caller refreshes the
/// catalog.
/// </summary>
/// <param name="builder">Builds the tables.</param>
/// <param name="project">Gives the declared tables; called when something is to be built.</param>
/// <param name="built">Remembers the tables that were built.</param>
/// <param name="lake">The lake with the tables that exist.</param>
/// <param name="ids">Makes the ids of builds.</param>
public sealed class WarehouseUpdate(
    WarehouseBuilder builder,
    Func<WarehouseProject> project,
    BuiltTables built,
    DataLake lake,
    IIdSource ids
)
{
    /// <exception cref="TidemarkException">
    /// A definition is wrong, or a requested table does not exist; nothing was built.
    /// </exception>
    public async Task<BuildReport> RunAsync(
        BuildTablesRequest request,
        IProgress<BuildProgress>? progress,
        CancellationToken stop
    )
    {
        var tables = project();
        var result = await builder.BuildAsync(
            tables,
            new BuildRequest(
                ids.NewId().ToString(),
                request.Tables,
                request.Day ?? request.From,
                request.Day ?? request.To,
                request.Full
            ),
            progress,
            stop
        );
        await built.NoteAsync(result, CancellationToken.None);
        return new BuildReport(result)
        {
            LeftOut = request.Tables.Count == 0 ? tables.LeftOut : [],
            Off =
            [
                .. tables.Off.Where(t => t.Reads is not null).Select(t => new BlockedTable(t.Id.ToString(), t.Because)),
            ],
        };
    }

    /// <summary>
    /// Builds the tables that are out of date and made from the tables of some datasets. Errors are in the report and
    /// not thrown, because they undo nothing that was fetched.
    /// </summary>
    public async Task<BuildReport> FollowAsync(
        IReadOnlyCollection<DatasetDefinition> fetched,
        IBuildWatcher watcher,
        CancellationToken stop
    )
    {
        try
        {
            var request = new BuildTablesRequest(fetched.Count == 0 ? [] : await ReadersAsync(fetched, stop));
            var report =
                request.Tables.Count == 0
                    ? BuildReport.Nothing
                    : await watcher.WatchBuildAsync(progress => RunAsync(request, progress, stop));
            return fetched.Count == 0 ? report : report with { LeftOut = project().LeftOut };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return BuildReport.Nothing with { IsStopped = true };
        }
        catch (TidemarkException e)
        {
            return BuildReport.Nothing with { Problem = new UnbuiltTable(null, null, e.Code, e.Message) };
        }
        catch (DuckDbException e)
        {
            return BuildReport.Nothing with { Problem = new UnbuiltTable(null, null, "BUILD_SQL", e.EngineMessage) };
        }
    }

    /// <summary>
    /// The tables that read those of the datasets, directly or through others, in the order of the project, which
    /// follows the dependencies. Leaves out tables that were built once and are gone: days whose inputs are gone too
    /// would not come back, and perhaps a disk is only not mounted. They are reported, and the user decides.
    /// </summary>
    private async Task<IReadOnlyList<string>> ReadersAsync(
        IReadOnlyCollection<DatasetDefinition> fetched,
        CancellationToken stop
    )
    {
        var once = (await built.AllAsync(stop)).ToHashSet();
        var standing = (await lake.TablesAsync(stop)).Select(t => t.Id).ToHashSet();

        var touched = fetched.Select(TableDefinition.IdOf).ToHashSet();
        if (fetched.Any(d => d.IsList))
        {
            touched.Add(TableDefinition.IdOf(CodeChangeTable.Dataset)); // kept of what lists say of changed codes
        }

        if (fetched.Any(MacroVintageTable.Keeps))
        {
            touched.Add(TableDefinition.IdOf(MacroVintageTable.Dataset)); // kept of the values that figures have
        }

        var readers = new List<string>();
        foreach (var table in project().Tables.Where(t => standing.Contains(t.Id) || !once.Contains(t.Id)))
        {
            if (table.Inputs.Any(i => touched.Contains(i.Table)))
            {
                touched.Add(table.Id);
                readers.Add(table.Id.ToString());
            }
        }

        return readers;
    }
}
