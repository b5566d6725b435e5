using System.Text.Json;
using Tidemark.Control.Runs;
using Tidemark.Control.Settings;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Modules;
using Tidemark.Operations.Doctor;
using Tidemark.Operations.Modules;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Status;
using Tidemark.Operations.Tests.Support;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Operations.Tests;

/// <summary>
/// What flags leave out: runs, plans and status say the same, a person may name it, and it stays as it was set.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class ModuleRunTests
{
    private static readonly RunPoolsRequest s_everything = new([Pool.Universe], []);
    private static readonly Dictionary<string, PointsTranche[]> s_alone = [];

    private static Task<OpenWorkspace> NewAsync(string? faults = null) =>
        OpenWorkspace.StartAsync([], s_alone, waves: false, faults);

    private static Task<RunPoolsResponse> RunAsync(OpenWorkspace workspace, params string[] datasets) =>
        workspace
            .Get<RunOperation>()
            .RunAsync(
                new RunPoolsRequest([Pool.Universe], datasets),
                new NoWatcher(),
                TestContext.Current.CancellationToken
            );

    private static Task<StatusResponse> StatusAsync(OpenWorkspace workspace) =>
        workspace
            .Get<StatusOperation>()
            .RunAsync(new StatusRequest(Pool.Universe.ViewName()), TestContext.Current.CancellationToken);

    [Fact]
    public async Task Run_OfANewWorkspace_LeavesOutTheWavesAndSaysSoOnce()
    {
        await using var workspace = await NewAsync();

        var plan = await workspace
            .Get<PreviewPlan>()
            .RunAsync(new PreviewRequest([Pool.Universe], []), TestContext.Current.CancellationToken);
        var run = await RunAsync(workspace);

        plan.Datasets.ShouldNotContain(d => d.Dataset.Flag != null);
        plan.Modules.LeftOut.Select(d => d.Dataset.Id).ShouldBe(["tushare.daily_basic", "tushare.index_daily"]);
        run.Verdict.ShouldBe(Verdict.Done);
        run.Notes.ShouldBe([
            "outside the plan: tushare.daily_basic (universeDailyBasicEnabled), tushare.index_daily (universeIndexDailyEnabled). "
                + "`tidemark flags set universeDailyBasicEnabled on` brings in what that one leaves out; `tidemark flags` lists them.",
        ]);
        (await workspace.VersionAsync("ods.ods_daily")).ShouldBeGreaterThanOrEqualTo(0);
        (await workspace.VersionAsync("ods.ods_daily_basic")).ShouldBe(-1);
        (await workspace.VersionAsync("ods.ods_index_daily")).ShouldBe(-1);
        var status = await StatusAsync(workspace);
        status.Report.Total.Missing.ShouldBe(0);
        status.Report.Total.NotStarted.ShouldBe(0);
        status
            .Report.Checks.Where(c => c.Reasons.ContainsKey("outside_plan"))
            .Select(c => c.Check)
            .ShouldBe(["stock.valuation", "index.daily_bars"], ignoreOrder: true);
    }

    [Fact]
    public async Task Run_FlagOn_FetchesItAndItsCellsCount()
    {
        await using var workspace = await NewAsync();
        await RunAsync(workspace);

        await workspace.SwitchAsync([FlagNames.DailyBasic], on: true);
        var run = await RunAsync(workspace);

        run.Notes.ShouldHaveSingleItem().ShouldContain("tushare.index_daily (universeIndexDailyEnabled)");
        (await workspace.VersionAsync("ods.ods_daily_basic")).ShouldBeGreaterThanOrEqualTo(0);
        var valuation = (await StatusAsync(workspace)).Report.Checks.Single(c => c.Check == "stock.valuation");
        valuation.Reasons.ShouldNotContainKey("outside_plan");
        valuation.Counts.Complete.ShouldBeGreaterThan(0);

        await workspace.SwitchAsync([FlagNames.DailyBasic], on: false);
        var after = (await StatusAsync(workspace)).Report.Checks.Single(c => c.Check == "stock.valuation");
        after.Counts.Complete.ShouldBe(valuation.Counts.Complete, "what is there is there");
        after.Counts.Missing.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Named_InSpiteOfItsFlag_IsFetchedWithALineThatSaysSo(bool isBackfill)
    {
        await using var workspace = await NewAsync();

        var notes = isBackfill
            ? (
                await workspace
                    .Get<BackfillOperation>()
                    .RunAsync(
                        new BackfillRequest(
                            new DateOnly(2026, 8, 19),
                            new DateOnly(2026, 8, 20),
                            ["tushare.moneyflow"]
                        ),
                        new NoWatcher(),
                        TestContext.Current.CancellationToken
                    )
            ).Notes
            : (await RunAsync(workspace, "moneyflow")).Notes;

        notes.ShouldBe([
            "tushare.moneyflow is fetched because it is named; daily runs leave it out, for universeMoneyflowEnabled is off (`tidemark flags set universeMoneyflowEnabled on`).",
        ]);
        (await workspace.VersionAsync("ods.ods_moneyflow")).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Named_WithoutTheSpecialPermission_IsBlockedWithARowAndTheCommandThatHelps()
    {
        await using var workspace = await NewAsync();

        var run = await RunAsync(workspace, "stk_premarket");

        run.Verdict.ShouldBe(Verdict.Blocked);
        var block = run.Runs.ShouldHaveSingleItem().Block!;
        block.ErrorCode.ShouldBe("FLAG_REQUIRED");
        block.Message.ShouldContain("`tidemark sources test stock.premarket`");
        var row = (await workspace.Get<RunStore>().ListAsync(1, TestContext.Current.CancellationToken)).Single();
        row.Status.ShouldBe(RunStatus.Failed);
        row.ErrorMessage.ShouldBe(block.Message);
        Meta(row, "blockedStage").ShouldBe("readiness");
        Meta(row, "errorCode").ShouldBe("FLAG_REQUIRED");
    }

    [Fact]
    public async Task SpecialFlag_NeedsAPassedProbeOfTheLastThirtyDays()
    {
        await using var workspace = await NewAsync();
        var refused = await Should.ThrowAsync<TidemarkException>(() =>
            workspace.SwitchAsync([FlagNames.StkPremarket], on: true)
        );
        refused.Code.ShouldBe("FLAG_UNPROVED");
        refused.Message.ShouldContain("tidemark sources test stock.premarket");

        var tested = await workspace
            .Get<SourcesOperation>()
            .TestAsync(new TestSourcesRequest("stock.premarket"), TestContext.Current.CancellationToken);
        tested.Verdict.ShouldBe(Verdict.Done);
        await workspace.SwitchAsync([FlagNames.StkPremarket], on: true);

        (await DecisionAsync(workspace)).IsAllowed.ShouldBeTrue();
        workspace.Clock.UtcNow += TimeSpan.FromDays(31);
        (await DecisionAsync(workspace)).IsUnproved.ShouldBeTrue();
        await workspace.SwitchAsync([FlagNames.StkPremarket], on: false); // switching off needs nothing
        await Should.ThrowAsync<TidemarkException>(() => workspace.SwitchAsync([FlagNames.StkPremarket], on: true));
    }

    /// <summary>An answer that cannot be read says nothing of what the account may do.</summary>
    [Fact]
    public async Task SpecialFlag_ProbeThatFailedAfterOneThatPassed_StaysOnUntilTheVendorSaysNo()
    {
        await using var workspace = await NewAsync(
            """
            - { api: stk_premarket, when: { nth: 2 }, do: { drop_column: ts_code } }
            - { api: stk_premarket, when: { nth: 3 }, do: no_permission }
            """
        );
        (await TestPremarketAsync(workspace)).ShouldBe(Verdict.Done);
        await workspace.SwitchAsync([FlagNames.StkPremarket], on: true);
        workspace.Clock.UtcNow += TimeSpan.FromDays(2);

        (await TestPremarketAsync(workspace)).ShouldBe(Verdict.Blocked);
        (await DecisionAsync(workspace)).IsAllowed.ShouldBeTrue();

        (await TestPremarketAsync(workspace)).ShouldBe(Verdict.Blocked);
        (await DecisionAsync(workspace)).IsAllowed.ShouldBeFalse();
    }

    private static async Task<Verdict> TestPremarketAsync(OpenWorkspace workspace) =>
        (
            await workspace
                .Get<SourcesOperation>()
                .TestAsync(new TestSourcesRequest("stock.premarket"), TestContext.Current.CancellationToken)
        ).Verdict;

    [Fact]
    public async Task SpecialFlag_ProbeThatWasRefused_StaysOff()
    {
        await using var workspace = await NewAsync("- { api: stk_premarket, do: no_permission }");

        var tested = await workspace
            .Get<SourcesOperation>()
            .TestAsync(new TestSourcesRequest("stock.premarket"), TestContext.Current.CancellationToken);

        tested.Verdict.ShouldBe(Verdict.Blocked);
        (
            await Should.ThrowAsync<TidemarkException>(() => workspace.SwitchAsync([FlagNames.StkPremarket], on: true))
        ).Code.ShouldBe("FLAG_UNPROVED");
    }

    [Fact]
    public async Task Set_OneFlag_KeepsTheOthersAndTheHistory()
    {
        await using var workspace = await NewAsync();

        await workspace.SwitchAsync([FlagNames.P1], on: false);
        workspace.Clock.UtcNow += TimeSpan.FromHours(1);
        await workspace.SwitchAsync([FlagNames.Moneyflow], on: true);
        await workspace.ReopenAsync();
        var flags = await workspace.Get<FlagsOperation>().ListAsync(TestContext.Current.CancellationToken);

        flags.Flags.Select(f => f.Name).ShouldBe(FlagNames.All);
        var p1 = flags.Flags.Single(f => f.Name == FlagNames.P1);
        (p1.IsOn, p1.By, p1.Since).ShouldBe(
            (false, "a test", workspace.Clock.UtcNow.AddHours(-1)),
            "no start opens it again"
        );
        var wave = flags.Flags.Single(f => f.Name == FlagNames.Moneyflow);
        (wave.IsOn, wave.By, wave.Since).ShouldBe((true, "a test", workspace.Clock.UtcNow));
        flags.Flags.Single(f => f.Name == FlagNames.P0).Since.ShouldBeNull();
        flags.Flags.Single(f => f.Name == FlagNames.IndexDaily).LeavesOut.ShouldBe(["tushare.index_daily"]);
        var history = await workspace
            .Get<SettingsStore>()
            .HistoryAsync(SettingKeys.RolloutFlags, 10, TestContext.Current.CancellationToken);
        history.Count.ShouldBe(2);
        var stored = JsonDocument.Parse(history[0].After).RootElement;
        stored.EnumerateObject().Count().ShouldBe(11, "ten flags, and when they were changed");
        stored.GetProperty("updatedAt").GetInt64().ShouldBe(workspace.Clock.UtcNow.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task Set_UnknownFlag_NamesTheNearest()
    {
        await using var workspace = await NewAsync();

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            workspace.SwitchAsync(["universeDailyBasicEnable"], on: true)
        );

        (error.Code, error.Kind).ShouldBe(("FLAG_UNKNOWN", ErrorKind.BadRequest));
        error.Message.ShouldContain("'universeDailyBasicEnabled'");
    }

    [Fact]
    public async Task Stored_FlagsAreDamaged_DefaultsCountItIsSaidAndNothingIsOverwritten()
    {
        await using var workspace = await NewAsync();
        var settings = workspace.Get<SettingsStore>();
        await settings.SetAsync(
            SettingKeys.RolloutFlags,
            new Dictionary<string, string> { ["p0Enabled"] = "perhaps" },
            TestContext.Current.CancellationToken
        );

        var decided = await workspace.Get<ModulePlans>().ReadAsync(TestContext.Current.CancellationToken);
        var run = await RunAsync(workspace);

        var doctor = await workspace
            .Get<WorkspaceDoctor>()
            .RunAsync(new DoctorRequest(Repair: false), TestContext.Current.CancellationToken);
        doctor.Single(c => c.Check == "modules").Message.ShouldContain("rollout_flags_v1");
        decided.Input.Flags.ShouldBe(RolloutFlags.Default);
        run.Verdict.ShouldBe(Verdict.Done);
        run.Notes[0].ShouldContain("rollout_flags_v1");
        (
            await Should.ThrowAsync<TidemarkException>(() => workspace.SwitchAsync([FlagNames.P1], on: false))
        ).Code.ShouldBe("SETTING_UNREADABLE");
        (
            await settings.GetAsync<Dictionary<string, string>>(
                SettingKeys.RolloutFlags,
                TestContext.Current.CancellationToken
            )
        )!
            ["p0Enabled"]
            .ShouldBe("perhaps");
    }

    [Fact]
    public async Task Run_EveryBatchIsOff_IsBlockedAndNamesTheFlag()
    {
        await using var workspace = await NewAsync();
        await workspace.SwitchAsync([FlagNames.P0], on: false);

        var run = await RunAsync(workspace);

        run.Verdict.ShouldBe(Verdict.Blocked);
        run.Runs.ShouldHaveSingleItem().Block!.ErrorCode.ShouldBe("NO_SYNC_MODULE_SELECTED");
        run.Runs[0].Block!.Message.ShouldContain("tidemark flags set p0Enabled on");
        (await RunAsync(workspace, "daily", "stock_basic")).Verdict.ShouldBe(Verdict.Done);
    }

    private static async Task<DatasetDecision> DecisionAsync(OpenWorkspace workspace) =>
        (await workspace.Get<ModulePlans>().ReadAsync(TestContext.Current.CancellationToken)).Find(
            "tushare.stk_premarket"
        )!;

    internal static string? Meta(RunRow row, string key) =>
        JsonDocument.Parse(row.MetaJson!).RootElement.GetProperty(key).GetString();
}
