using System.Diagnostics;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Leases;

namespace Tidemark.Ingest.Tests;

/// <summary>What <c>doctor</c> finds of leases, and what it may release.</summary>
public sealed class LeaseCheckTests
{
    private const string NextYear =
        "update lane_leases set acquired_at = acquired_at + 31536000000, expires_at = expires_at + 31536000000";

    [Fact]
    public async Task Check_LeaseOfAClockOfNextYear_IsNamedAndOnlyReleasedOnDemand()
    {
        await using var rig = await IngestRig.StartAsync();
        await TakeAsync(rig, "elsewhere/1/x");
        rig.Sql(NextYear);
        var check = rig.Get<CheckLeases>();

        var found = await check.RunAsync(new LeaseCheckRequest(Release: false), default);

        var stuck = found.Stuck.ShouldHaveSingleItem();
        (stuck.Lane, stuck.Owner, stuck.Blocks).ShouldBe((Lane.China, "elsewhere/1/x", true));
        stuck.Reason.ShouldContain("clock");
        var blocked = await rig.RunAsync();
        blocked.Block!.ErrorCode.ShouldBe("LANE_BUSY");
        blocked.Block.Message.ShouldContain("tidemark doctor --repair");
        await check.RunAsync(new LeaseCheckRequest(Release: true), default);
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        (await check.RunAsync(new LeaseCheckRequest(Release: false), default)).Stuck.ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_LeaseInForce_IsLeftAlone()
    {
        await using var rig = await IngestRig.StartAsync();
        await TakeAsync(rig, "elsewhere/1/x");
        await rig.Get<LaneLeases>()
            .AcquireAsync(Lane.Options, LeaseOwner.Here("mine").ToString(), TimeSpan.FromMinutes(2), default);

        var found = await rig.Get<CheckLeases>().RunAsync(new LeaseCheckRequest(Release: true), default);

        (found.Held, found.Stuck.Count).ShouldBe((2, 0));
        (await rig.RunAsync()).Block!.ErrorCode.ShouldBe("LANE_BUSY");
    }

    [Fact]
    public async Task Check_LeaseOfADeadProcessHere_IsReleasedAndItsRunClosed()
    {
        await using var rig = await IngestRig.StartAsync();
        using var process = Process.Start("true");
        await process.WaitForExitAsync();
        var run = await rig.Runs.StartAsync(new RunStart(Pool.Universe, RunMode.Daily, null), default);
        await TakeAsync(rig, $"{Environment.MachineName}/{process.Id}/{run}");

        var found = await rig.Get<CheckLeases>().RunAsync(new LeaseCheckRequest(Release: true), default);

        found.Stuck.ShouldHaveSingleItem().Blocks.ShouldBeFalse();
        (await rig.RunRowAsync(run)).Status.ShouldBe(RunStatus.Failed);
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    /// <summary>Its last sign of life lies in the future: it would live until then.</summary>
    [Fact]
    public async Task Run_RowOfAClockOfNextYear_IsClosedAtTheStart()
    {
        await using var rig = await IngestRig.StartAsync();
        await using (var other = rig.OpenAgain())
        {
            await other.Get<RunStore>().StartAsync(new RunStart(Pool.Universe, RunMode.Daily, null), default);
        }

        rig.Sql("update ingest_runs set heartbeat_at = heartbeat_at + 31536000000");

        await rig.RunAsync();

        (await rig.Runs.ListAsync(10, default)).ShouldAllBe(r => r.Status != RunStatus.Running);
    }

    private static Task<LaneLease> TakeAsync(IngestRig rig, string owner) =>
        rig.Get<LaneLeases>().AcquireAsync(Lane.China, owner, TimeSpan.FromMinutes(2), default);
}
