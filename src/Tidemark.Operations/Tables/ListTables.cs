using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Tables;

/// <summary>The lake's tables.</summary>
/// <param name="Tables">Each table with the version that last changed its rows.</param>
/// <param name="LeftOut">Things in the place of tables that are none.</param>
/// <param name="IsNew">Whether the lake never had a table.</param>
public sealed record TablesResponse(IReadOnlyList<TableVersion> Tables, LeftOutReport LeftOut, bool IsNew)
{
    public Verdict Verdict => LeftOut.Lower(Verdict.Done);
}

/// <summary>List the versions of a table.</summary>
/// <param name="Table"><c>layer.name</c>, or the name alone.</param>
public sealed record HistoryRequest(string Table);

/// <summary>Compare the rows of two versions.</summary>
/// <param name="Table"><c>layer.name</c>, or the name alone.</param>
/// <param name="From">A version.</param>
/// <param name="To">A later one.</param>
/// <param name="Rows">The number of differing rows to show.</param>
public sealed record DiffRequest(string Table, long From, long To, int Rows = 0);

/// <summary><c>tables</c>, <c>history</c> and <c>diff</c>: the tables of the lake, and their versions.</summary>
public sealed class ListTables(DataLake lake, GoneTables gone)
{
    public async Task<TablesResponse> RunAsync(CancellationToken stop)
    {
        var survey = await lake.SurveyAsync(stop);
        var versions = new List<TableVersion>();
        foreach (var snapshot in survey.Tables)
        {
            versions.Add(await lake.Table(snapshot.Table).LatestAsync(snapshot, stop));
        }

        // In a lake that has tables, the commands that need a missing one report it.
        IReadOnlyList<LeftOut> lost = versions.Count == 0 ? await gone.FindAsync(stop) : [];
        return new TablesResponse(
            versions,
            LeftOutReport.Of([.. survey.LeftOut, .. lost]),
            versions.Count == 0 && lost.Count == 0
        );
    }

    /// <summary>The number of days of a table; zero for a table that does not exist.</summary>
    public async Task<int> DaysAsync(string table, CancellationToken stop)
    {
        var snapshot = await lake.Table(TableId.Parse(table)).SnapshotAsync(stop);
        return snapshot.Exists ? snapshot.Days.Count() : 0;
    }

    /// <summary>The versions, newest first.</summary>
    /// <exception cref="TidemarkException">There is no such table, or it cannot be read.</exception>
    public async Task<IReadOnlyList<TableVersion>> HistoryAsync(HistoryRequest request, CancellationToken stop) =>
        await (await lake.FindAsync(request.Table, stop)).HistoryAsync(stop);

    /// <exception cref="TidemarkException">There is no such table or version, or it cannot be read.</exception>
    public async Task<DiffResult> DiffAsync(DiffRequest request, CancellationToken stop)
    {
        var table = await lake.FindAsync(request.Table, stop);
        var from = await table.SnapshotAtAsync(request.From, stop);
        var to = await table.SnapshotAtAsync(request.To, stop);
        return await new TableDiff(lake).DiffAsync(from, to, request.Rows, stop);
    }
}
