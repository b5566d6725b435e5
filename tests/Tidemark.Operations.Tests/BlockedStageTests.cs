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

    /// <summary>What blocks the targets alone: another process has them.</summary>
    [Fact]
    public async Task Lake_AnotherProcessHasThePool_BlocksAtLakeAndNotTheOtherPool()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Add("tidemark.yaml", "pools: { targets: { symbols: [000001.SZ] } }");
        await workspace.ReopenAsync();
        var leases = workspace.Get<PoolLeases>();
        await leases.AcquireAsync(
            Pool.Targets,
            "another",
            TimeSpan.FromHours(1),
            TestContext.Current.CancellationToken
        );

        var run = await RunAsync(workspace, Pool.Targets, Pool.Universe);

        run.Verdict.ShouldBe(Verdict.Blocked);
        run.Runs.Select(r => (r.Scope, IsBlocked: r.Block is not null))
            .ShouldBe([(Pool.Targets, true), (Pool.Universe, false)]);
        run.Runs[1].Status.ShouldBe(RunStatus.Success);
        var row = (await workspace.Get<RunStore>().ListAsync(2, TestContext.Current.CancellationToken)).Single(r =>
            r.Scope == Pool.Targets
        );
        row.Status.ShouldBe(RunStatus.Failed);
        ModuleRunTests.Meta(row, "blockedStage").ShouldBe("lake");
        ModuleRunTests.Meta(row, "errorCode").ShouldBe("POOL_BUSY");
    }
}
