using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Lake;
using Tidemark.Operations.Doctor;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Tests.Support;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Operations.Tests;

/// <summary>What is shown before anything runs, and that a run of it does exactly that.</summary>
[Trait("Speed", "Slow")]
public sealed class PreviewPlanTests
{
    private static readonly PreviewRequest s_bars = new([Pool.Universe], ["daily", "stock_basic"]);
    private static readonly RunPoolsRequest s_everything = new([Pool.Universe], []);

    /// <summary>What an account of 2,000 points is not let in to, of what is called P0 and P1.</summary>
    private static readonly string[] s_above2000 =
    [
        "tushare.etf_basic",
        "tushare.etf_share_size",
        "tushare.fund_daily",
        "tushare.index_global",
        "tushare.sge_basic",
        "tushare.st",
        "tushare.stock_st",
    ];

    private static readonly PointsTranche s_twoThousand = new(2000, new DateOnly(2027, 3, 1));

    [Fact]
    public async Task Plan_OfANewWorkspace_TellsWhatAndWhyAndFetchesNothing()
    {
        await using var workspace = await OpenWorkspace.StartAsync();

        var plan = await PlanAsync(workspace, s_bars);

        plan.Units.Select(u => $"{u.Id} {u.Reason}")
            .ShouldBe(
                [
                    "tushare.stock_basic/2026-08-20 Missing",
                    "tushare.daily/2026-08-20 Missing",
                    "tushare.daily/2026-08-19 Missing",
                ],
                ignoreOrder: true
            );
        plan.Calls.ShouldBe(5, "a call for each state of listing, and one a day");
        plan.Quota.Select(q => $"{q.Api} {q.Calls} {string.Join(' ', q.Limits)}")
            .ShouldBe(["stock_basic 3 1000000/min", "daily 2 1000000/min"]);
        plan.Rows.ShouldBeGreaterThan(10_000, "by the declarations, as long as there is nothing");
        plan.Closed.ShouldBeEmpty();
        plan.AtLeast.ShouldBe(TimeSpan.Zero);
        (await workspace.Get<DataLake>().TablesAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Plan_ApiWithADeclaredLimit_CountsWithItUnlessTheWorkspaceNamesTheApi()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        var whole = workspace.Text("tidemark.yaml");
        foreach (var (said, expected) in new[] { ("", "50/min"), (", stock_basic: 100/min", "100/min") })
        {
            workspace.Write(
                "tidemark.yaml",
                whole.Replace("default: 1000000/min", $"default: 200/min{said}", StringComparison.Ordinal)
            );
            await workspace.ReopenAsync();

            var plan = await PlanAsync(workspace, s_bars);

            plan.Quota.Select(q => $"{q.Api} {string.Join(' ', q.Limits)}")
                .ShouldBe([$"stock_basic {expected}", "daily 200/min"]);
        }
    }

    [Fact]
    public async Task Plan_AfterALimitWasUsedUp_TellsTheTimeUntilTheNextCall()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Write("tidemark.yaml", workspace.Text("tidemark.yaml").Replace("1000000/min", "2/day"));
        await workspace.ReopenAsync();
        await RunAsync(workspace, s_everything with { Datasets = ["daily"], Builds = false });

        var plan = await PlanAsync(
            workspace,
            new PreviewRequest([Pool.Universe], ["daily"])
            {
                Days = (new DateOnly(2026, 8, 3), new DateOnly(2026, 8, 4)),
            }
        );

        var quota = plan.Quota.ShouldHaveSingleItem();
        quota.Calls.ShouldBe(2, "as many as a day allows");
        quota.Wait.ShouldBeGreaterThan(TimeSpan.FromMinutes(1));
        plan.AtLeast.ShouldBe(quota.Wait);
    }

    [Fact]
    public async Task Run_OfAPlan_FetchesItsUnitsAndNoOtherAndOnlyOnce()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        var plan = await PlanAsync(workspace, s_bars);

        var run = await RunAsync(workspace, plan.Token);

        run.Runs.ShouldHaveSingleItem().Committed.ShouldBe(3);
        run.Runs[0].Work.Committed.Select(c => c.Unit.Id).ShouldBe(plan.Units.Select(u => u.Id), ignoreOrder: true);
        (await workspace.VersionAsync("ods.ods_adj_factor")).ShouldBe(-1);
        var version = await workspace.VersionAsync("ods.ods_daily");

        var moved = await Should.ThrowAsync<TidemarkException>(() => RunAsync(workspace, plan.Token));
        moved.Code.ShouldBe("PLAN_MOVED");
        moved.Message.ShouldContain("had 3 units; by now 0 are wanted");
        (await workspace.VersionAsync("ods.ods_daily")).ShouldBe(version);
        var unknown = await Should.ThrowAsync<TidemarkException>(() => RunAsync(workspace, "0123456789ab"));
        unknown.Code.ShouldBe("PLAN_UNKNOWN");
    }

    [Fact]
    public async Task Run_OfAPlanForASymbol_FetchesTheSymbolByItself()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        await RunAsync(workspace, s_everything with { Datasets = ["stock_basic"], Builds = false });
        var plan = await PlanAsync(
            workspace,
            new PreviewRequest([Pool.Universe], ["daily"])
            {
                Days = (new DateOnly(2026, 8, 3), new DateOnly(2026, 8, 14)),
                Symbols = ["600001.SH"],
            }
        );
        plan.Units.ShouldHaveSingleItem().Id.Part.ShouldBe("600001.SH");

        var run = await RunAsync(workspace, plan.Token);

        run.Runs.ShouldHaveSingleItem().Committed.ShouldBe(1);
        run.Runs[0].Work.Committed.Select(c => c.Unit.Id).ShouldBe(plan.Units.Select(u => u.Id));
    }

    [Fact]
    public async Task Run_OfAPlanOfWhichSomebodyElseDidAPart_IsRefused()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        var plan = await PlanAsync(workspace, s_bars);
        await RunAsync(workspace, s_everything with { Datasets = ["stock_basic"], Builds = false });

        var moved = await Should.ThrowAsync<TidemarkException>(() => RunAsync(workspace, plan.Token));

        moved.Message.ShouldContain("had 3 units; by now 2 are wanted");
        (await workspace.VersionAsync("ods.ods_daily")).ShouldBe(-1, "nothing was fetched");
    }

    [Fact]
    public async Task Run_OfAPlanWhoseDatasetIsDeclaredOtherwiseNow_IsRefused()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        var plan = await PlanAsync(workspace, s_bars);
        var shipped = Path.Combine(AppContext.BaseDirectory, "definitions", "datasets", "tushare.daily.yaml");
        workspace.Write(
            "definitions/datasets/tushare.daily.yaml",
            File.ReadAllText(shipped).Replace("ods_daily", "ods_mine", StringComparison.Ordinal)
        );
        await workspace.ReopenAsync();

        var moved = await Should.ThrowAsync<TidemarkException>(() => RunAsync(workspace, plan.Token));

        moved.Code.ShouldBe("PLAN_MOVED");
        (await workspace.VersionAsync("ods.ods_mine")).ShouldBe(-1);
    }

    [Fact]
    public async Task Plan_OfAnAccount_NamesWhatItsPointsDoNotOpenAndARunOfItLeavesThatOut()
    {
        await using var workspace = await OpenWorkspace.StartAsync(s_twoThousand);
        workspace.Add("tidemark.yaml", "on: [P0, P1]\n");
        await workspace.ReopenAsync();

        var plan = await PlanAsync(workspace, new PreviewRequest([Pool.Universe], []));

        plan.Accounts!.ShouldHaveSingleItem().Parts.ShouldHaveSingleItem().Points.ShouldBe(2000);
        plan.Closed.Select(c => c.Dataset.Id).Order().ShouldBe(s_above2000);
        plan.Closed.ShouldAllBe(c => c.Reason.EndsWith(" points, the account has 2,000"));
        var run = await RunAsync(workspace, plan.Token);

        (run.Runs[0].Committed + run.Runs[0].Open).ShouldBe(plan.Units.Count(), "some are only due later that evening");
        run.Runs[0].Errors.ShouldBeEmpty("what is closed was not even asked for");
        var whatIf = await PlanAsync(workspace, new PreviewRequest([Pool.Universe], []) { Points = 10_000 });
        whatIf.Closed.ShouldBeEmpty();
        whatIf.Units.Select(u => u.Dataset.Id).Intersect(s_above2000).Order().ShouldBe(s_above2000);
    }

    [Fact]
    public async Task Plan_AfterTheVendorRefused_BelievesItMoreThanTheDeclaration()
    {
        await using var workspace = await OpenWorkspace.StartAsync(new PointsTranche(600, new DateOnly(2027, 3, 1)));
        workspace.Write(
            "definitions/datasets/tushare.fund_daily.yaml",
            File.ReadAllText(
                    Path.Combine(AppContext.BaseDirectory, "definitions", "datasets", "tushare.fund_daily.yaml")
                )
                .Replace("points: 5000", "points: 0", StringComparison.Ordinal)
        );
        await workspace.ReopenAsync();
        var request = s_bars with { Datasets = ["fund_daily", "fund_basic"] };
        (await PlanAsync(workspace, request)).Closed.ShouldNotContain(c => c.Dataset.Id == "tushare.fund_daily");

        await RunAsync(workspace, s_everything with { Datasets = ["fund_daily", "fund_basic"], Builds = false });

        (await PlanAsync(workspace, request))
            .Closed.Single(c => c.Dataset.Id == "tushare.fund_daily")
            .Reason.ShouldBe("the vendor refused it on 2026-08-20");
    }

    [Theory]
    [InlineData("2026-12-01", false, "2,000 points until 2026-12-01")]
    [InlineData("2026-11-10", true, "2,000 end in 82 days: `tidemark plan --points 0` tells what that closes")]
    [InlineData("2026-09-19", true, "2,000 end in 30 days, within a month:")]
    [InlineData("2026-08-27", true, "2,000 end in 7 days, within a week:")]
    [InlineData("2026-08-21", true, "2,000 end tomorrow:")]
    public async Task Doctor_OfAnAccountThatEnds_WarnsBefore(string until, bool warns, string says)
    {
        await using var workspace = await OpenWorkspace.StartAsync(new PointsTranche(2000, DateOnly.Parse(until)));

        var checks = await workspace.Get<WorkspaceDoctor>().RunAsync(new DoctorRequest(Repair: false), default);

        var account = checks.Single(c => c.Check == "account");
        account.Ok.ShouldBeTrue();
        account.Warning.ShouldBe(warns);
        account.Message.ShouldContain(says);
    }

    [Fact]
    public async Task PlanAndDoctor_OfSeveralAccounts_TellOfEachAndCloseWhatNoneOpens()
    {
        await using var workspace = await OpenWorkspace.StartAsync(
            [s_twoThousand],
            new Dictionary<string, PointsTranche[]> { ["second"] = [new(5000, new DateOnly(2026, 8, 30))] }
        );
        workspace.Write(
            "tidemark.yaml",
            workspace
                .Text("tidemark.yaml")
                .Replace("token: test,", "token: test, more_tokens: [second, another],", StringComparison.Ordinal)
                + "\non: [P0, P1]\n"
        );
        await workspace.ReopenAsync();

        var plan = await PlanAsync(workspace, new PreviewRequest([Pool.Universe], []));

        plan.Accounts!.Where(of => of.Error is null)
            .Select(of => $"{of.Name} {of.Parts.Single().Points}")
            .ShouldBe(["account 1 2000", "account 2 5000"]);
        plan.Closed.ShouldAllBe(c => c.Reason.EndsWith(" points, the account has 5,000"));
        plan.Closed.Select(c => c.Dataset.Id).ShouldNotContain("tushare.fund_daily", "the second account opens it");
        var checks = await workspace.Get<WorkspaceDoctor>().RunAsync(new DoctorRequest(Repair: false), default);
        var told = checks.Single(c => c.Check == "account");
        told.Warning.ShouldBeTrue();
        told.Message.ShouldContain("tushare account 1: 2,000 points until 2027-03-01 |");
        told.Message.ShouldContain("tushare account 2: 5,000 points until 2026-08-30; 5,000 end in 10 days");
        told.Message.ShouldContain("`tidemark plan --points 2000` tells what that closes");
        told.Message.ShouldContain("tushare account 3: left out: ");
    }

    private static Task<PlanPreview> PlanAsync(OpenWorkspace workspace, PreviewRequest request) =>
        workspace.Get<PreviewPlan>().RunAsync(request, TestContext.Current.CancellationToken);

    private static Task<RunPoolsResponse> RunAsync(OpenWorkspace workspace, string token) =>
        RunAsync(workspace, s_everything with { Plan = token, Builds = false });

    private static Task<RunPoolsResponse> RunAsync(OpenWorkspace workspace, RunPoolsRequest request) =>
        workspace.Get<RunOperation>().RunAsync(request, new NoWatcher(), TestContext.Current.CancellationToken);
}
