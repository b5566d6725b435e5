using Tidemark.Control.Settings;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Modules;
using Tidemark.Operations.Modules;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Tests.Support;
using Tidemark.Operations.Tokens;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Operations.Tests;

/// <summary>The source centre: switches, tokens by domain, and what is known of connections.</summary>
[Trait("Speed", "Slow")]
public sealed class SourcesTests
{
    private static readonly PointsTranche[] s_points = [new PointsTranche(8000, new DateOnly(2027, 3, 1))];

    private static Task<SourcesResponse> ListAsync(OpenWorkspace workspace) =>
        workspace.Get<SourcesOperation>().ListAsync(TestContext.Current.CancellationToken);

    private static Task<TestSourcesResponse> TestAsync(OpenWorkspace workspace, string? name) =>
        workspace
            .Get<SourcesOperation>()
            .TestAsync(new TestSourcesRequest(name), TestContext.Current.CancellationToken);

    private static Task<SwitchSourceResponse> SwitchAsync(OpenWorkspace workspace, string name, bool on) =>
        workspace
            .Get<ConfigureSources>()
            .SwitchAsync(new SwitchSourceRequest(name, on, "a test"), TestContext.Current.CancellationToken);

    private static async Task<string> StateAsync(OpenWorkspace workspace, string module) =>
        (await ListAsync(workspace)).Domains.SelectMany(d => d.Modules).Single(m => m.Decision.Module == module).Test;

    private static async Task<RunPoolsResponse> RunAsync(OpenWorkspace workspace, params string[] datasets) =>
        await workspace
            .Get<RunOperation>()
            .RunAsync(
                new RunPoolsRequest([Pool.Universe], datasets, Builds: false),
                new NoWatcher(),
                TestContext.Current.CancellationToken
            );

    [Fact]
    public async Task List_NewWorkspace_HasEveryDomainAndNothingIsTested()
    {
        await using var workspace = await OpenWorkspace.StartAsync();

        var sources = await ListAsync(workspace);

        sources
            .Domains.Where(d => d.IsEnabled)
            .Select(d => d.Domain.ToString())
            .ShouldBe(["Stock", "Etf", "Index", "Global"], ignoreOrder: true);
        sources.Domains.ShouldAllBe(d => d.Provider == "tushare" && d.TokenMode == "inherit_main");
        sources.Domains.ShouldAllBe(d => d.TokenSource == "env_fallback");
        sources
            .Domains.SelectMany(d => d.Modules)
            .Where(m => m.Decision.IsEnabled)
            .ShouldAllBe(m => m.Test == TestState.Untested);
        sources.Ready.ShouldBeFalse();
        sources.Issues.Select(i => i.Code).Distinct().ShouldBe(["DOMAIN_TEST_REQUIRED"]);
    }

    [Fact]
    public async Task Test_Everything_IsReadyUntilADayIsOver()
    {
        await using var workspace = await OpenWorkspace.StartAsync();

        (await TestAsync(workspace, null)).Verdict.ShouldBe(Verdict.Done);

        (await ListAsync(workspace)).Issues.ShouldBeEmpty();
        (await StateAsync(workspace, "stock.market.daily")).ShouldBe(TestState.Pass);
        (await StateAsync(workspace, "stock.moneyflow")).ShouldBe(TestState.Untested);
        workspace.Clock.UtcNow += TimeSpan.FromHours(25);
        (await StateAsync(workspace, "stock.market.daily")).ShouldBe(TestState.Stale);
    }

    [Fact]
    public async Task Disable_Module_LeavesItOutOfRunsAndKeepsTheHistory()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        await TestAsync(workspace, "stock");

        await SwitchAsync(workspace, "stock.daily_basic", on: false);

        (await StateAsync(workspace, "stock.market.daily")).ShouldBe(TestState.Stale, "something has changed");
        var run = await RunAsync(workspace);
        run.Verdict.ShouldBe(Verdict.Done);
        run.Modules.Find("tushare.daily_basic")!.By.ShouldBe(ConfiguredBy.SourceModule);
        (await workspace.VersionAsync("ods.ods_daily_basic")).ShouldBe(-1);
        (await workspace.VersionAsync("ods.ods_daily")).ShouldBeGreaterThanOrEqualTo(0);
        var history = await workspace
            .Get<SettingsStore>()
            .HistoryAsync(SettingKeys.DataSourceConfig, 10, TestContext.Current.CancellationToken);
        history.ShouldHaveSingleItem().By.ShouldBe("a test");
        history[0].After.ShouldContain("\"stock.daily_basic\":{\"enabled\":false}");
        history[0].After.ShouldContain("\"version\":2");
    }

    [Fact]
    public async Task Enable_ModuleThatStandsBy_HasItFetched()
    {
        await using var workspace = await OpenWorkspace.StartAsync();

        (await SwitchAsync(workspace, "stock.limit", on: true)).Notes.ShouldBeEmpty();

        (await RunAsync(workspace)).Verdict.ShouldBe(Verdict.Done);
        (await workspace.VersionAsync("ods.ods_stk_limit")).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Enable_WhatTheFileOrAFlagKeepsOff_SaysWho()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Add("tidemark.yaml", "off: [stock.adj_factor]");
        await workspace.ReopenAsync();
        await workspace.SwitchAsync(["universeMoneyflowEnabled"], on: false);

        (await SwitchAsync(workspace, "stock.adj_factor", on: true))
            .Notes.ShouldHaveSingleItem()
            .ShouldContain("'off' in tidemark.yaml");
        (await SwitchAsync(workspace, "stock.moneyflow", on: true))
            .Notes.ShouldHaveSingleItem()
            .ShouldContain("tidemark flags set universeMoneyflowEnabled on");
        await SwitchAsync(workspace, "stock", on: false);
        (await SwitchAsync(workspace, "stock.basic", on: true))
            .Notes.ShouldHaveSingleItem()
            .ShouldContain("tidemark sources enable stock");
    }

    [Fact]
    public async Task Names_ThatThereAreNot_AreRefusedWithTheNearest()
    {
        await using var workspace = await OpenWorkspace.StartAsync();

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            SwitchAsync(workspace, "stock.moneyflw", on: true)
        );
        (error.Code, error.Kind).ShouldBe(("SOURCE_UNKNOWN", ErrorKind.BadRequest));
        error.Message.ShouldContain("'stock.moneyflow'");
        (
            await Should.ThrowAsync<TidemarkException>(() =>
                workspace
                    .Get<TokenOperation>()
                    .StoreAsync(new StoreTokenRequest("t") { Domain = "future" }, TestContext.Current.CancellationToken)
            )
        ).Message.ShouldContain("'futures'");
        (
            await Should.ThrowAsync<TidemarkException>(() =>
                workspace
                    .Get<ConfigureSources>()
                    .SwitchAsync(
                        new SwitchSourceRequest("stock", true, "a test") { Provider = "wind" },
                        TestContext.Current.CancellationToken
                    )
            )
        ).Code.ShouldBe("DOMAIN_PROVIDER_NOT_ACTIVE");
    }

    /// <summary>The predecessor kept tokens of domains, and used none of them for a run.</summary>
    [Fact]
    public async Task DomainToken_IsUsedForTheCallsOfItsDomainAlone()
    {
        // The main account is unknown to the vendor, the domain's is not.
        await using var workspace = await OpenWorkspace.StartAsync(
            s_points,
            new Dictionary<string, PointsTranche[]> { ["funds-only"] = s_points }
        );
        workspace.Write(
            "tidemark.yaml",
            workspace.Text("tidemark.yaml").Replace("token: test", "token: unknown", StringComparison.Ordinal)
        );
        await workspace
            .Get<TokenOperation>()
            .StoreAsync(new StoreTokenRequest("funds-only") { Domain = "etf" }, TestContext.Current.CancellationToken);
        await workspace.ReopenAsync();

        (await RunAsync(workspace, "fund_basic", "fund_daily")).Verdict.ShouldBe(Verdict.Done);
        (await RunAsync(workspace, "stock_basic", "daily")).Verdict.ShouldBe(Verdict.Blocked);

        var domains = (await ListAsync(workspace)).Domains.ToDictionary(d => d.Domain.ToString());
        (domains["Etf"].TokenMode, domains["Etf"].TokenSource).ShouldBe(("override", "domain_override"));
        (domains["Stock"].TokenMode, domains["Stock"].TokenSource).ShouldBe(("inherit_main", "env_fallback"));
        await workspace.Get<TokenOperation>().ForgetAsync("etf", TestContext.Current.CancellationToken);
        await workspace.ReopenAsync();
        var after = (await ListAsync(workspace)).Domains.Single(d => d.Domain.ToString() == "Etf");
        (after.TokenMode, after.TokenSource).ShouldBe(("inherit_main", "env_fallback"));
    }

    /// <summary>The predecessor used a domain's token whatever the mode said.</summary>
    [Fact]
    public async Task TokenMode_InheritMain_UsesTheMainTokenAlthoughAnotherIsStored()
    {
        await using var workspace = await OpenWorkspace.StartAsync(
            s_points,
            new Dictionary<string, PointsTranche[]> { ["other"] = s_points }
        );
        await workspace
            .Get<TokenOperation>()
            .StoreAsync(new StoreTokenRequest("wrong") { Domain = "stock" }, TestContext.Current.CancellationToken);
        await workspace
            .Get<SettingsStore>()
            .ChangeAsync<SourceConfig>(
                SettingKeys.DataSourceConfig,
                config => config!.With("stock", d => d with { TokenMode = DomainConfig.InheritMode }),
                "a test",
                TestContext.Current.CancellationToken
            );
        await workspace.ReopenAsync();

        (await RunAsync(workspace, "stock_basic")).Verdict.ShouldBe(Verdict.Done);
    }

    [Fact]
    public async Task Token_StoredAnew_MakesWhatWasTestedStale()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        await TestAsync(workspace, null);

        await workspace
            .Get<TokenOperation>()
            .StoreAsync(new StoreTokenRequest(OpenWorkspace.Token), TestContext.Current.CancellationToken);
        await workspace.ReopenAsync();

        (await StateAsync(workspace, "stock.market.daily")).ShouldBe(TestState.Stale);
        (await ListAsync(workspace)).Domains.ShouldAllBe(d => d.TokenSource == "main");
    }

    [Fact]
    public async Task Preflight_WithinADayOfAPass_AsksOnlyWhatNeedsIt()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        var first = await PreflightAsync(workspace);
        workspace.Clock.UtcNow += TimeSpan.FromHours(2);
        await SwitchAsync(workspace, "etf.daily_quote", on: true); // the tests of its domain are stale

        var second = await PreflightAsync(workspace);

        second.Ready.ShouldBeTrue();
        second
            .Probes.Where(p => p.TestedAt == workspace.Clock.UtcNow)
            .Select(p => p.DomainId)
            .Distinct()
            .ShouldBe(["etf"]);
        second.Probes.Count.ShouldBe(first.Probes.Count);
    }

    private static Task<PreflightResponse> PreflightAsync(OpenWorkspace workspace) =>
        workspace
            .Get<PreflightOperation>()
            .RunAsync(new PreflightRequest(Pool.Universe), TestContext.Current.CancellationToken);
}
