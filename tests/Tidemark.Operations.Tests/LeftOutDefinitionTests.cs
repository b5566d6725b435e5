using System.Text.Json;
using Tidemark.Core.Runs;
using Tidemark.Definitions;
using Tidemark.Definitions.Yaml;
using Tidemark.Operations.Builds;
using Tidemark.Operations.Doctor;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Status;
using Tidemark.Operations.Tests.Support;

namespace Tidemark.Operations.Tests;

/// <summary>A definition with a fault ends nothing that does not need it; and nobody takes the rest for all.</summary>
public sealed class LeftOutDefinitionTests
{
    private const string Daily = "datasets/tushare.daily.yaml";
    private const string Bars = "checks/stock.daily_bars.yaml";
    private static readonly RunPoolsRequest s_universe = new([Pool.Universe], [], Builds: false);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OfEverything_FetchesTheOthersAndIsIncomplete()
    {
        await using var workspace = await WithBrokenDailyAsync();

        var response = await RunAsync(workspace, s_universe);

        response.Verdict.ShouldBe(Verdict.Incomplete);
        response.Runs[0].Status.ShouldBe(RunStatus.Partial);
        response.Runs[0].Unreadable.ShouldHaveSingleItem().Dataset.ShouldBe("tushare.daily");
        response.LeftOut.Definitions.Select(l => l.Name).ShouldContain("tushare.daily");
        (await workspace.VersionAsync("ods.ods_adj_factor")).ShouldBe(0);
        (await workspace.VersionAsync("ods.ods_daily")).ShouldBe(-1);
    }

    [Fact]
    public async Task Run_OfAnother_IsDoneAndNamesIt()
    {
        await using var workspace = await WithBrokenDailyAsync();

        var response = await RunAsync(workspace, s_universe with { Datasets = ["stock_basic"] });

        response.Verdict.ShouldBe(Verdict.Done);
        response.LeftOut.Lines.ShouldContain(line => line.StartsWith("left out: tushare.daily: DEFINITION_INVALID: "));
    }

    [Fact]
    public async Task Run_OfItself_IsAnErrorWithItsFileAndLine()
    {
        await using var workspace = await WithBrokenDailyAsync();

        var error = await Should.ThrowAsync<InvalidDefinitionException>(() =>
            RunAsync(workspace, s_universe with { Datasets = ["daily"] })
        );

        error.Code.ShouldBe("DEFINITION_INVALID");
        error.Problems.ShouldHaveSingleItem().Origin.Source.ShouldEndWith(Daily);
    }

    [Fact]
    public async Task Status_WithoutADataset_ShowsTheOtherChecksAndIsIncomplete()
    {
        await using var workspace = await WithBrokenDailyAsync();
        await RunAsync(workspace, s_universe);

        var response = await workspace.Get<StatusOperation>().RunAsync(new StatusRequest(), Stop);

        response.Verdict.ShouldBe(Verdict.Incomplete);
        response.Report.Checks.Select(c => c.Check).ShouldContain("index.list");
        response.Report.Checks.Select(c => c.Check).ShouldNotContain("stock.daily_bars");
        response.LeftOut.Definitions.Select(l => l.Name).ShouldContain("stock.daily_bars");
    }

    [Fact]
    public async Task Doctor_WithoutADataset_NamesItAndWhatReadsIt()
    {
        await using var workspace = await WithBrokenDailyAsync();

        var checks = await workspace.Get<WorkspaceDoctor>().RunAsync(new DoctorRequest(), Stop);

        var lines = checks.Where(c => c is { Check: "definitions", Ok: false }).Select(c => c.Message).ToArray();
        lines.ShouldContain(line => line.StartsWith("the dataset tushare.daily is left out: DEFINITION_INVALID: "));
        lines.ShouldContain(line => line.StartsWith("the table dwd.dwd_stock_daily is left out: WAREHOUSE_INVALID: "));
    }

    [Fact]
    public async Task Check_ThatCannotBeEvaluated_StopsNoFetchAndIsNamed()
    {
        await using var workspace = await WithBrokenAsync(Bars, "suspend_type =", "suspended =");

        var run = await RunAsync(workspace, s_universe);
        var part = await RunAsync(workspace, s_universe with { Datasets = ["daily"] });
        var status = await workspace.Get<StatusOperation>().RunAsync(new StatusRequest(), Stop);
        var doctor = await workspace.Get<WorkspaceDoctor>().RunAsync(new DoctorRequest(), Stop);

        (run.Verdict, run.Runs[0].Status).ShouldBe((Verdict.Incomplete, RunStatus.Success));
        run.LeftOut.Lines.ShouldHaveSingleItem().ShouldStartWith("left out: stock.daily_bars: CHECK_INVALID: ");
        (part.Verdict, part.LeftOut.Definitions.Count).ShouldBe((Verdict.Done, 1));
        status.Verdict.ShouldBe(Verdict.Incomplete);
        var wrong = status.Report.Checks.Where(c => c.NotEvaluated is not null).ToArray();
        wrong.Select(c => (c.Check, c.Counts.Cells)).ShouldBe([("stock.daily_bars", 0)]);
        status.Report.Checks.ShouldContain(c => c.Check == "stock.valuation" && c.Counts.Complete > 0);
        doctor.ShouldContain(c =>
            c.Check == "definitions" && !c.Ok && c.Message.Contains("stock.daily_bars is left out: CHECK_INVALID: ")
        );
    }

    [Fact]
    public async Task Build_WithAWrongTable_BuildsTheOthersAndIsIncomplete()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Write("definitions/warehouse/dwd/dwd_mine.sql", "SELECT 1 AS a");
        await workspace.ReopenAsync();
        await RunAsync(workspace, s_universe);

        var all = await BuildAsync(workspace);

        all.Verdict.ShouldBe(Verdict.Incomplete);
        all.Report.Tables.Select(t => t.Table).ShouldContain("dwd.dwd_stock_daily");
        all.Report.Unbuilt.ShouldHaveSingleItem().Table.ShouldBe("dwd.dwd_mine");
        (await BuildAsync(workspace, "dwd.dwd_stock_daily")).Verdict.ShouldBe(Verdict.Done);
        (await Should.ThrowAsync<InvalidDefinitionException>(() => BuildAsync(workspace, "dwd_mine"))).Code.ShouldBe(
            "WAREHOUSE_INVALID"
        );
    }

    [Fact]
    public async Task Run_Always_RecordsWhichDefinitionsItWentBy()
    {
        await using var workspace = await OpenWorkspace.StartAsync();

        var response = await RunAsync(workspace, s_universe with { Datasets = ["stock_basic"] });

        var run = await workspace.Get<RunHistory>().ShowAsync(new RunDetailRequest(response.Runs[0].Id), Stop);
        JsonDocument
            .Parse(run.Run.Row.MetaJson!)
            .RootElement.GetProperty("definitions")
            .GetString()
            .ShouldBe(workspace.Get<DefinitionBundle>().Fingerprint);
    }

    private static Task<OpenWorkspace> WithBrokenDailyAsync() =>
        WithBrokenAsync(Daily, "grain: trading_day", "grain: full_moon");

    private static async Task<OpenWorkspace> WithBrokenAsync(string definition, string old, string @new)
    {
        var workspace = await OpenWorkspace.StartAsync();
        var shipped = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "definitions", definition));
        shipped.ShouldContain(old);
        workspace.Write(Path.Combine("definitions", definition), shipped.Replace(old, @new, StringComparison.Ordinal));
        await workspace.ReopenAsync();
        return workspace;
    }

    private static Task<RunPoolsResponse> RunAsync(OpenWorkspace workspace, RunPoolsRequest request) =>
        workspace.Get<RunOperation>().RunAsync(request, new NoWatcher(), Stop);

    private static Task<BuildResponse> BuildAsync(OpenWorkspace workspace, params string[] tables) =>
        workspace.Get<BuildOperation>().RunAsync(new BuildTablesRequest(tables), new NoWatcher(), Stop);
}
