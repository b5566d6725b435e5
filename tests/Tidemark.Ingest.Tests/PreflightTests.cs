using Tidemark.Control.Settings;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Preflight;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// What is asked before a run: what was never asked, failed, or passed too long ago to be about the same thing.
/// </summary>
public sealed class PreflightTests
{
    private const string Forbidden = "- { api: daily, do: no_permission }";

    private const string Renamed = "- { api: daily, do: { rename_column: { vol: volume } } }";

    private static Task<PreflightResponse> AskAsync(IngestRig rig, bool all = false) =>
        rig.DriveAsync(
            rig.Get<PreflightOperation>().RunAsync(new PreflightRequest(Pool.Universe, all), CancellationToken.None)
        );

    private static IEnumerable<string> Failing(PreflightResponse report) =>
        report.Probes.Where(p => p.Status == ProbeRecord.Fail).Select(p => p.ModuleId);

    [Fact]
    public async Task Preflight_ModulesThatHavePassedBefore_AreAskedAgainWithAllOnly()
    {
        await using var rig = await IngestRig.StartAsync();
        (await AskAsync(rig)).Ready.ShouldBeTrue();
        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true, Faults = Forbidden });

        Failing(await AskAsync(rig)).ShouldBeEmpty();
        Failing(await AskAsync(rig, all: true)).ShouldBe(["stock.market.daily"]);
    }

    [Fact]
    public async Task Run_WithinADayOfItsProbes_DoesNotProbeAgain()
    {
        await using var rig = await IngestRig.StartAsync();
        await AskAsync(rig);
        var probes = rig.Market.Asked.Count;

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Success);
        rig.Market.Asked.Count.ShouldBe(
            probes + 11,
            "the list in its three parts, four days of bars and of suspensions"
        );
    }

    [Theory]
    [InlineData("token")]
    [InlineData("url")]
    [InlineData("definition")]
    [InlineData("age")]
    [InlineData("clock")]
    public async Task Run_SomethingChangedSinceItsProbes_ProbesAgain(string changed)
    {
        await using var rig = await IngestRig.StartAsync();
        await AskAsync(rig);
        if (changed == "definition")
        {
            rig.Define("daily", text => text.Replace("row_cap: 6000", "row_cap: 5000", StringComparison.Ordinal));
        }

        rig.Clock.UtcNow +=
            changed == "age" ? TimeSpan.FromHours(25)
            : changed == "clock" ? TimeSpan.FromHours(-1)
            : TimeSpan.Zero;
        await rig.ReopenAsync(
            new VendorSetup
            {
                KeepsAddress = changed != "url",
                Token = changed == "token" ? "another-good-token" : "a-good-token",
                Faults = Forbidden,
            }
        );

        var run = await rig.RunAsync();

        run.Errors.ShouldNotBeEmpty();
        run.Errors.ShouldAllBe(e => e.Code == "MODULE_LEFT_OUT" && e.Unit.Dataset == "tushare.daily");
    }

    [Fact]
    public async Task Run_TokenThatIsWrongNow_IsBlockedWhateverHasPassedWithTheOneBefore()
    {
        await using var rig = await IngestRig.StartAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        rig.Clock.Advance(TimeSpan.FromHours(23));
        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true, Token = "wrong-token" });

        for (var time = 1; time <= 2; time++)
        {
            var response = await rig.RunBothAsync();

            response.Verdict.ShouldBe(Verdict.Blocked);
            response.Runs.ShouldAllBe(r => r.Block!.Stage == BlockedStage.Readiness);
            response
                .Runs[0]
                .Block!.Message.ShouldContain("`tidemark token set`, or the environment variable TUSHARE_TOKEN");
        }

        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true });
        (await rig.RunBothAsync()).Verdict.ShouldBe(Verdict.Done);
    }

    [Fact]
    public async Task Run_OnlyModulesThatFailAreLeft_SaysWhatIsLeftEachTimeUntilTheVendorIsWell()
    {
        await using var rig = await IngestRig.StartAsync(new VendorSetup { Faults = Renamed });
        (await rig.RunBothAsync()).Verdict.ShouldBe(Verdict.Incomplete);

        foreach (var isScheduled in new[] { true, false })
        {
            var response = await rig.RunBothAsync(isScheduled);

            response.Verdict.ShouldBe(Verdict.Incomplete);
            response.Runs.ShouldAllBe(r => r.Block == null && r.Status == RunStatus.Partial && r.Failed > 0);
            response.Runs[^1].Errors.ShouldAllBe(e => e.Code == "MODULE_LEFT_OUT" && e.Message.Contains("volume"));
        }

        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true });
        (await rig.RunBothAsync(isScheduled: true)).Verdict.ShouldBe(Verdict.Done);
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(IngestRig.Days);
    }

    [Fact]
    public async Task Preflight_WhatIsKept_TellsNeitherTokenNorPassword()
    {
        const string Token = "7b3f0c9d2e4a61588c0d9e7f6a5b4c3d2e1f0a9b8c7d6e5f40312233";
        await using var rig = await IngestRig.StartAsync(new VendorSetup { Token = Token });
        await AskAsync(rig);

        var kept = rig.Sql($"select value from market_settings where key = '{SettingKeys.DataSourceTests}'");

        kept.ShouldContain("stock.market.daily");
        kept.ShouldNotContain(Token[..12], Case.Insensitive);
    }

    [Fact]
    public async Task Run_ProbesThatAnOlderVersionKept_AreMadeAgain()
    {
        await using var rig = await IngestRig.StartAsync();
        await AskAsync(rig);
        var state = await rig.Get<SettingsStore>()
            .GetAsync<ProbeState>(SettingKeys.DataSourceTests, CancellationToken.None);
        await rig.Get<SettingsStore>()
            .SetAsync(SettingKeys.DataSourceTests, state! with { Bases = null }, CancellationToken.None);
        rig.Market.Forget();

        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);

        rig.Market.Asked.Count.ShouldBe(11 + 3);
    }
}
