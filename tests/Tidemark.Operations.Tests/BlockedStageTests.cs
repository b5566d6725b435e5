using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Tests.Support;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Operations.Tests;

/// <summary>Every way of being blocked leaves a row that says where and why; pools are isolated.</summary>
[Trait("Speed", "Slow")]
public sealed class BlockedStageTests
{
    /// <summary>The job of another machine.</summary>
    private static readonly LaneJob s_other = new(
        "job",
        "elsewhere/1/job",
        Pool.Universe,
        RunMode.Daily,
        "schedule",
        DateTimeOffset.UnixEpoch
    );

    private static readonly Dictionary<string, PointsTranche[]> s_alone = [];

    private static Task<RunPoolsResponse> RunAsync(OpenWorkspace workspace, params Pool[] pools) =>
        workspace
            .Get<RunOperation>()
            .RunAsync(new RunPoolsRequest(pools, []), new NoWatcher(), TestContext.Current.CancellationToken);

    private static async Task ShouldHaveARowAsync(
        OpenWorkspace workspace,
        RunPoolsResponse run,
        string stage,
        string code
    )
    {
        run.Verdict.ShouldBe(Verdict.Blocked);
        var row = (await workspace.Get<RunStore>().ListAsync(1, TestContext.Current.CancellationToken)).Single();
        row.Status.ShouldBe(RunStatus.Failed);
        row.Errors.ShouldBe(1);
        row.FinishedAt.ShouldNotBeNull();
        row.ErrorMessage.ShouldNotBeNullOrWhiteSpace();
        ModuleRunTests.Meta(row, "blockedStage").ShouldBe(stage);
        ModuleRunTests.Meta(row, "errorCode").ShouldBe(code);
    }

    [Fact]
    public async Task Token_ThereIsNone_BlocksAtToken()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Write(
            "tidemark.yaml",
            workspace.Text("tidemark.yaml").Replace("token: test", "token: ${TUSHARE_TOKEN}", StringComparison.Ordinal)
        );
        await workspace.ReopenAsync();

        await ShouldHaveARowAsync(workspace, await RunAsync(workspace, Pool.Universe), "token", "TOKEN_MISSING");
    }

    [Fact]
    public async Task Readiness_VendorRefusesEverything_BlocksWithAtMostEightNumberedIssues()
    {
        await using var workspace = await OpenWorkspace.StartAsync([], s_alone, faults: "- { do: no_permission }");

        var run = await RunAsync(workspace, Pool.Universe);

        await ShouldHaveARowAsync(workspace, run, "readiness", "READINESS_BLOCKED");
        run.Runs[0].Block!.Message.ShouldStartWith("1. ");
        run.Runs[0].Block!.Message.ShouldNotContain("9. ");
    }

    [Fact]
    public async Task Preflight_ItsOwnStateCannotBeRead_BlocksAtPreflight()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        await workspace
            .Get<Control.Settings.SettingsStore>()
            .SetAsync(
                Control.Settings.SettingKeys.DataSourceTests,
                new { Records = "none" },
                TestContext.Current.CancellationToken
            );

        var run = await RunAsync(workspace, Pool.Universe);

        await ShouldHaveARowAsync(workspace, run, "preflight", "PREFLIGHT_FAILED");
        run.Runs[0].Block!.Message.ShouldContain("data_source_test_state_v1");
    }

    /// <summary>The lease is the lane's: whoever has it, neither of its pools begins.</summary>
    [Fact]
    public async Task Lake_AnotherProcessHasTheLease_BlocksBothPoolsAtLake()
    {
        await using var workspace = await WithTargetsAsync();
        var leases = workspace.Get<LaneLeases>();
        await leases.AcquireAsync(Lane.China, "another", TimeSpan.FromHours(1), TestContext.Current.CancellationToken);

        await ShouldBeBusyAsync(workspace, await RunAsync(workspace, Pool.Targets, Pool.Universe));

        await leases.ReleaseAsync(Lane.China, "another", TestContext.Current.CancellationToken);
        (await RunAsync(workspace, Pool.Targets, Pool.Universe)).Verdict.ShouldBe(Verdict.Done);
    }

    /// <summary>Its lease may be free just then: between two runs of it, or while it builds.</summary>
    [Fact]
    public async Task Lake_AnotherJobIsAtWorkInTheLane_BlocksAtLakeAndSaysWhose()
    {
        await using var workspace = await WithTargetsAsync();
        var lanes = workspace.Get<LaneStates>();
        await lanes.KeepAsync(Lane.China, s_other, TestContext.Current.CancellationToken);

        var run = await RunAsync(workspace, Pool.Targets, Pool.Universe);

        await ShouldBeBusyAsync(workspace, run);
        run.Runs[0].Block!.Message.ShouldContain("schedule, elsewhere/1/job");
        (await lanes.ReadAsync(Lane.China, TestContext.Current.CancellationToken)).Job!.Id.ShouldBe("job");
        await lanes.EndAsync(Lane.China, "job", TestContext.Current.CancellationToken);
        (await RunAsync(workspace, Pool.Targets, Pool.Universe)).Verdict.ShouldBe(Verdict.Done);
    }

    /// <summary>It said a moment ago that it is alive, and stands still since: what it would commit is refused.</summary>
    [Fact]
    public async Task Lake_AnotherJobWasStoppedPastItsLease_GivesTheLaneAway()
    {
        await using var workspace = await WithTargetsAsync();
        await workspace.Get<LaneStates>().KeepAsync(Lane.China, s_other, TestContext.Current.CancellationToken);
        await workspace
            .Get<LaneLeases>()
            .AcquireAsync(Lane.China, "elsewhere/1/run", TimeSpan.Zero, TestContext.Current.CancellationToken);

        (await RunAsync(workspace, Pool.Targets, Pool.Universe)).Verdict.ShouldBe(Verdict.Done);
    }

    private static async Task<OpenWorkspace> WithTargetsAsync()
    {
        var workspace = await OpenWorkspace.StartAsync();
        workspace.Add("tidemark.yaml", "pools: { targets: { symbols: [000001.SZ] } }");
        await workspace.ReopenAsync();
        return workspace;
    }

    private static async Task ShouldBeBusyAsync(OpenWorkspace workspace, RunPoolsResponse run)
    {
        run.Verdict.ShouldBe(Verdict.Blocked);
        run.Runs.Select(r => (r.Scope, r.Block?.ErrorCode))
            .ShouldBe([(Pool.Targets, "LANE_BUSY"), (Pool.Universe, "LANE_BUSY")]);
        foreach (var row in await workspace.Get<RunStore>().ListAsync(2, TestContext.Current.CancellationToken))
        {
            row.Status.ShouldBe(RunStatus.Failed);
            ModuleRunTests.Meta(row, "blockedStage").ShouldBe("lake");
            ModuleRunTests.Meta(row, "errorCode").ShouldBe("LANE_BUSY");
        }
    }
}
