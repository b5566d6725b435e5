using Tidemark.Core.Runs;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Status;
using Tidemark.Operations.Tests.Support;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Operations.Tests;

/// <summary>What the account may not use: it is said, and from then on it is no failure of a run.</summary>
[Trait("Speed", "Slow")]
public sealed class EntitlementTests
{
    private const string NoFunds = "- { api: fund_daily, when: { between: [1, 2] }, do: no_permission }";

    private static readonly Dictionary<string, PointsTranche[]> s_alone = [];

    private static Task<OpenWorkspace> StartAsync(string faults) =>
        OpenWorkspace.StartAsync([], s_alone, waves: true, faults);

    private static Task<RunPoolsResponse> RunAsync(OpenWorkspace workspace, params string[] datasets) =>
        workspace
            .Get<RunOperation>()
            .RunAsync(
                new RunPoolsRequest([Pool.Universe], datasets),
                new NoWatcher(),
                TestContext.Current.CancellationToken
            );

    private static Task<PreflightResponse> PreflightAsync(OpenWorkspace workspace, bool all = false) =>
        workspace
            .Get<PreflightOperation>()
            .RunAsync(new PreflightRequest(Pool.Universe, all), TestContext.Current.CancellationToken);

    [Fact]
    public async Task Run_RefusedDataset_IsSaidOnceAndThenLeftOutWithALine()
    {
        await using var workspace = await StartAsync("- { api: fund_daily, do: no_permission }");

        var first = await RunAsync(workspace);
        var second = await RunAsync(workspace);

        first.Verdict.ShouldBe(Verdict.Incomplete);
        first.Runs[0].Errors.ShouldAllBe(e => e.Code == "MODULE_LEFT_OUT" && e.Unit.Dataset == "tushare.fund_daily");
        second.Verdict.ShouldBe(Verdict.Done);
        second.Notes.ShouldBe([
            "not entitled: tushare.fund_daily (refused on 2026-08-20). `tidemark preflight --all` asks again; runs do so once a week.",
        ]);
        second.Runs[0].Errors.ShouldBeEmpty();
        var status = await workspace
            .Get<StatusOperation>()
            .RunAsync(new StatusRequest(Pool.Universe.ViewName()), TestContext.Current.CancellationToken);
        var funds = status.Report.Checks.Single(c => c.Check == "etf.daily_bars");
        funds.Reasons.ShouldContainKey("not_entitled");
        (funds.Counts.Missing + funds.Counts.NotStarted).ShouldBe(0);
        status.Modules!.NotEntitled.Select(d => d.Dataset.Id).ShouldBe(["tushare.fund_daily"]);
    }

    [Fact]
    public async Task Run_AfterAWeek_AsksOnceMoreAndSaysNothingNewWhileItIsRefused()
    {
        await using var workspace = await StartAsync("- { api: fund_daily, do: no_permission }");
        await RunAsync(workspace);

        workspace.Clock.UtcNow += TimeSpan.FromDays(8);
        var later = await RunAsync(workspace);

        later.Verdict.ShouldBe(Verdict.Done);
        later.Notes.ShouldHaveSingleItem().ShouldContain("(refused on 2026-08-28)");
    }

    [Fact]
    public async Task Run_AfterAWeekWithPermission_FetchesIt()
    {
        await using var workspace = await StartAsync(NoFunds.Replace("[1, 2]", "[1, 1]", StringComparison.Ordinal));
        await RunAsync(workspace);
        (await RunAsync(workspace)).Notes.ShouldNotBeEmpty();

        workspace.Clock.UtcNow += TimeSpan.FromDays(7);
        var later = await RunAsync(workspace);

        later.Notes.ShouldBeEmpty();
        (await workspace.VersionAsync("ods.ods_fund_daily")).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Preflight_RefusedBefore_IsAskedAgainWithAllOnly()
    {
        await using var workspace = await StartAsync(NoFunds.Replace("[1, 2]", "[1, 1]", StringComparison.Ordinal));
        (await PreflightAsync(workspace))
            .Issues.Select(i => i.DatasetId)
            .OfType<string>()
            .ShouldBe(["tushare.fund_daily"]);

        var again = await PreflightAsync(workspace);
        again.Ready.ShouldBeTrue();
        again.Issues.ShouldBeEmpty();
        again.Modules.NotEntitled.Select(d => d.Dataset.Id).ShouldBe(["tushare.fund_daily"]);

        var all = await PreflightAsync(workspace, all: true);
        all.Modules.NotEntitled.ShouldBeEmpty();
        all.Issues.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_AnotherAccount_IsAskedAnew()
    {
        await using var workspace = await StartAsync(NoFunds.Replace("[1, 2]", "[1, 1]", StringComparison.Ordinal));
        await RunAsync(workspace);
        workspace.Write(
            "tidemark.yaml",
            workspace.Text("tidemark.yaml").Replace("token: test", "token: another", StringComparison.Ordinal)
        );
        await workspace.ReopenAsync();

        var run = await RunAsync(workspace);

        run.Verdict.ShouldBe(Verdict.Done);
        run.Notes.ShouldBeEmpty();
        (await workspace.VersionAsync("ods.ods_fund_daily")).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Named_RefusedBefore_IsAskedAgain()
    {
        await using var workspace = await StartAsync(NoFunds.Replace("[1, 2]", "[1, 1]", StringComparison.Ordinal));
        await RunAsync(workspace);

        (await RunAsync(workspace, "fund_daily")).Verdict.ShouldBe(Verdict.Done);
    }

    [Fact]
    public async Task Run_AccountMayUseNothing_IsBlockedEachTime()
    {
        await using var workspace = await StartAsync("- { do: no_permission }");

        for (var time = 0; time < 2; time++)
        {
            var run = await RunAsync(workspace);

            run.Verdict.ShouldBe(Verdict.Blocked);
            run.Runs[0].Block!.Stage.ShouldBe(BlockedStage.Readiness);
            run.Notes.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Preflight_OneOfSeveralAccountsIsRefused_SaysWhich()
    {
        await using var workspace = await OpenWorkspace.StartAsync(
            [new PointsTranche(8000, new DateOnly(2027, 3, 1))],
            new Dictionary<string, PointsTranche[]>()
            {
                ["second"] = [new PointsTranche(8000, new DateOnly(2027, 3, 1))],
            }
        );
        workspace.Write(
            "tidemark.yaml",
            workspace
                .Text("tidemark.yaml")
                .Replace("token: test,", "token: test, more_tokens: [wrong],", StringComparison.Ordinal)
        );
        await workspace.ReopenAsync();

        var report = await PreflightAsync(workspace);

        report.Ready.ShouldBeTrue();
        var issue = report.Issues.ShouldHaveSingleItem();
        (issue.Level, issue.Code).ShouldBe(("warning", "ACCOUNT_REFUSED"));
        issue.Message.ShouldContain("account 2");
        issue.Message.ShouldNotContain("wrong-");
    }
}
