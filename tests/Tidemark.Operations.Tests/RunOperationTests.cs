using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Lake.Catalog;
using Tidemark.Operations.Builds;
using Tidemark.Operations.Definitions;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Status;
using Tidemark.Operations.Tests.Support;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Operations.Tests;

/// <summary>Runs as any face asks for them: a request in, a response out.</summary>
[Trait("Speed", "Slow")]
public sealed class RunOperationTests
{
    private const string Mine = "definitions/warehouse/dwd/dwd_mine.sql";
    private const string Bars = "dwd.dwd_stock_daily";
    private static readonly RunPoolsRequest s_universe = new([Pool.Universe], []);

    [Fact]
    public async Task Run_OfANewWorkspace_FetchesBuildsAndSaysSo()
    {
        await using var workspace = await OpenWorkspace.StartAsync();

        var first = await RunAsync(workspace, s_universe);

        first.Verdict.ShouldBe(Verdict.Done);
        first.Runs.ShouldHaveSingleItem().Status.ShouldBe(RunStatus.Success);
        first.LeftOut.IsEmpty.ShouldBeTrue(string.Join(' ', first.LeftOut.Lines));
        var bars = first.Built!.Tables.Single(t => t.Table == Bars);
        bars.Partitions.ShouldBe(2);
        bars.From.ShouldBe(new DateOnly(2026, 8, 19));
        bars.To.ShouldBe(new DateOnly(2026, 8, 20));
        bars.Rows.ShouldBe(40);
        (await workspace.Get<CatalogFile>().IsBehindAsync(default)).ShouldBeFalse("the catalog has what was built");

        var second = await RunAsync(workspace, s_universe);

        second.Verdict.ShouldBe(Verdict.Done);
        second.Built!.Tables.ShouldBeEmpty();
        second.Built.Unbuilt.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_WhereEverythingIsOffOrStandsBy_SaysThatNothingIsPlanned()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        var planned = workspace.Get<ListDatasets>().Run().Datasets.Where(d => d.State == "on").Select(d => d.Id);
        workspace.Add("tidemark.yaml", $"off: [{string.Join(", ", planned)}]\n");
        await workspace.ReopenAsync();

        var refused = await Should.ThrowAsync<TidemarkException>(() => RunAsync(workspace, s_universe));
        refused.Code.ShouldBe("NOTHING_PLANNED");
        var status = await workspace.Get<StatusOperation>().RunAsync(new StatusRequest(), default);

        status.Report.Checks.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_WithoutBuilding_LeavesTheWarehouse()
    {
        await using var workspace = await OpenWorkspace.StartAsync();

        var response = await RunAsync(workspace, s_universe with { Builds = false });

        response.Verdict.ShouldBe(Verdict.Done);
        response.Built.ShouldBeNull();
        (await workspace.VersionAsync(Bars)).ShouldBe(-1);
    }

    [Fact]
    public async Task Run_OfOneDataset_BuildsOnlyWhatIsMadeOfIt()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        await RunAsync(workspace, s_universe with { Builds = false });
        workspace.Write(Mine, "-- key: a\n-- partition: none\nSELECT count(*) AS a FROM ods.ods_fund_daily\n");
        await workspace.ReopenAsync();

        var response = await RunAsync(workspace, s_universe with { Datasets = ["fund_daily"] });

        response.Runs[0].Committed.ShouldBe(0);
        response
            .Built!.Tables.Select(t => t.Table)
            .ShouldBe(["dwd.dwd_etf_daily", "dwd.dwd_mine", "dwd.dwd_instrument_daily"]);
        (await workspace.VersionAsync(Bars)).ShouldBe(-1);
    }

    [Fact]
    public async Task Run_WithATableThatFails_IsIncompleteAndKeepsItsRows()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Write(
            Mine,
            "-- key: ts_code\n-- partition: dt\nSELECT ts_code, error('no') AS a FROM ods.ods_daily_dt('${PARTITION_DATE}')\n"
        );
        await workspace.ReopenAsync();

        var response = await RunAsync(workspace, s_universe);

        response.Verdict.ShouldBe(Verdict.Incomplete);
        response.Runs[0].Status.ShouldBe(RunStatus.Success);
        response.Built!.Unbuilt.Select(u => (u.Table, u.Code)).Distinct().ShouldBe([("dwd.dwd_mine", "BUILD_SQL")]);
        response.Built.Tables.Select(t => t.Table).ShouldContain(Bars, "the others are built all the same");
        (await workspace.VersionAsync("ods.ods_daily")).ShouldBe(0);
    }

    [Fact]
    public async Task Run_WithAWrongDefinitionOfTheWarehouse_IsIncompleteAndKeepsItsRows()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Write(Mine, "-- key: a\n-- partition: none\nSELECT a FROM ods.ods_nothing\n");
        await workspace.ReopenAsync();

        var response = await RunAsync(workspace, s_universe with { Datasets = ["daily"] });

        response.Verdict.ShouldBe(Verdict.Incomplete);
        response.Runs[0].Status.ShouldBe(RunStatus.Success);
        response.Built!.Unbuilt.ShouldHaveSingleItem().Code.ShouldBe("WAREHOUSE_INVALID");
        (await workspace.VersionAsync("ods.ods_daily")).ShouldBe(0);
    }

    [Fact]
    public async Task Run_StoppedWhileItBuilds_EndsInOrderAndTheNextOneGoesOn()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        using var stop = new CancellationTokenSource();

        var response = await workspace.Get<RunOperation>().RunAsync(s_universe, new StopAtBuild(stop), stop.Token);

        response.Verdict.ShouldBe(Verdict.Stopped);
        response.Runs[0].Status.ShouldBe(RunStatus.Success);
        response.Built!.IsStopped.ShouldBeTrue();
        (await workspace.Get<CatalogFile>().IsBehindAsync(default)).ShouldBeFalse();

        var next = await RunAsync(workspace, s_universe);

        next.Verdict.ShouldBe(Verdict.Done);
        next.Runs[0].Committed.ShouldBe(0);
        next.Built!.Tables.Select(t => t.Table).ShouldContain(Bars);
    }

    [Fact]
    public async Task Run_WhereATableOfTheWarehouseIsGone_NamesItAndLeavesItToTheUser()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        await RunAsync(workspace, s_universe);
        workspace.Remove("lake/dwd/dwd_stock_daily");

        var response = await RunAsync(workspace, s_universe);

        response.Verdict.ShouldBe(Verdict.Incomplete);
        response.Built!.Tables.ShouldBeEmpty();
        response.LeftOut.Tables.ShouldContain(l => l.Name == Bars && l.Code == "TABLE_GONE");
    }

    [Fact]
    public async Task Backfill_OfADayBeforeThePlan_BuildsItsPartition()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        await RunAsync(workspace, s_universe);
        var day = new DateOnly(2026, 8, 18);

        var response = await workspace
            .Get<BackfillOperation>()
            .RunAsync(new BackfillRequest(day, day, []), new NoWatcher(), TestContext.Current.CancellationToken);

        response.Verdict.ShouldBe(Verdict.Done);
        response.Built!.Tables.Single(t => t.Table == Bars).From.ShouldBe(day);
    }

    private static Task<RunPoolsResponse> RunAsync(OpenWorkspace workspace, RunPoolsRequest request) =>
        workspace.Get<RunOperation>().RunAsync(request, new NoWatcher(), TestContext.Current.CancellationToken);

    /// <summary>Somebody who has had enough when the build begins.</summary>
    private sealed class StopAtBuild(CancellationTokenSource stop) : IRunWatcher
    {
        public Task<RunOutcome> WatchAsync(Pool pool, Func<IProgress<RunProgress>?, Task<RunOutcome>> run) => run(null);

        public async Task<BuildReport> WatchBuildAsync(Func<IProgress<BuildProgress>?, Task<BuildReport>> build)
        {
            await stop.CancelAsync();
            return await build(null);
        }
    }
}
