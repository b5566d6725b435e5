using System.Diagnostics;
using System.Text.Json.Nodes;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests;

/// <summary>One writer a pool: others are refused, and what a dead one left behind is closed by the next.</summary>
[Trait("Speed", "Slow")]
public sealed class LaneLockTests
{
    private const string Bars = "ods_daily";

    private static JsonNode Meta(RunRow run) => JsonNode.Parse(run.MetaJson!)!;

    [Fact]
    public async Task Run_LaneTakenByAnother_NeitherOfItsPoolsRunsAndThoseOfOtherLanesDo()
    {
        await using var rig = await IngestRig.StartAsync();
        var leases = rig.Get<LaneLeases>();
        await leases.AcquireAsync(Lane.China, "elsewhere/1/x", TimeSpan.FromHours(1), CancellationToken.None);

        (await rig.RunAsync(Pool.Targets)).Block!.ErrorCode.ShouldBe("LANE_BUSY");
        (await rig.RunAsync(Pool.Universe)).Block!.ErrorCode.ShouldBe("LANE_BUSY");
        await leases.ReleaseAsync(Lane.China, "elsewhere/1/x", CancellationToken.None);
        await leases.AcquireAsync(Lane.Options, "elsewhere/1/x", TimeSpan.FromHours(1), CancellationToken.None);

        (await rig.RunAsync(Pool.Universe)).Status.ShouldBe(RunStatus.Success);
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);
    }

    [Fact]
    public async Task Run_PoolThatIsBeingWritten_IsRefusedWithARowAndTheWriterGoesOn()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        rig.Market.Before = (request, token) =>
        {
            if (request.Limit > 1)
            {
                door.Wait(token);
            }
        };
        var first = rig.RunAsync();
        await door.SomebodyWaits;

        await using var other = rig.OpenAgain();
        var second = await rig.DriveAsync(
            other.Get<IngestRunner>().RunAsync(rig.Request(other, Pool.Universe), null, default)
        );

        second.Status.ShouldBe(RunStatus.Failed);
        second.Block!.ErrorCode.ShouldBe("LANE_BUSY");
        second.Block.Message.ShouldContain("china");
        second.Block.Message.ShouldContain(Environment.MachineName);
        var row = await rig.RunRowAsync(second.Id);
        row.Status.ShouldBe(RunStatus.Failed);
        Meta(row)["errorCode"]!.ToString().ShouldBe("LANE_BUSY");
        Meta(row)["blockedStage"]!.ToString().ShouldBe("lake");
        door.Open();
        (await first).Status.ShouldBe(RunStatus.Success);
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_LeaseOfADeadProcessHere_IsTakenOverItsRunClosedAndItsStagingSwept()
    {
        await using var rig = await IngestRig.StartAsync();
        var dead = await StartAsync(rig);
        using var process = Process.Start("true");
        await process.WaitForExitAsync();
        await rig.Get<LaneLeases>()
            .AcquireAsync(
                Lane.China,
                $"{Environment.MachineName}/{process.Id}/{dead}",
                TimeSpan.FromMinutes(2),
                CancellationToken.None
            );
        var staged = rig.Lake.Staging.Folder(dead);
        await File.WriteAllTextAsync(Path.Combine(staged, "left.parquet"), "half");

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Success);
        var row = await rig.RunRowAsync(dead);
        row.Status.ShouldBe(RunStatus.Failed);
        row.ErrorMessage!.ShouldContain("ended unexpectedly");
        await rig.ShouldBeWholeAsync();
    }

    /// <summary>
    /// Killed between the two, a run whose lease is not there would be taken for a living one until its heartbeat is
    /// old.
    /// </summary>
    [Fact]
    public async Task Run_BeforeItIsWrittenDown_IsNamedByTheLease()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync(Pool.Targets); // makes the control database
        rig.Sql(
            """
            create trigger run_without_lease before insert on ingest_runs
            when new.status = 'running' and not exists (select 1 from lane_leases where owner like '%/' || new.id)
            begin select raise(abort, 'a run without a lease'); end
            """
        );

        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    [Fact]
    public async Task Run_LeaseOfAnotherMachine_IsRespectedUntilItEnds()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.Get<LaneLeases>()
            .AcquireAsync(Lane.China, "elsewhere/1/x", TimeSpan.FromMinutes(2), CancellationToken.None);

        (await rig.RunAsync()).Block!.ErrorCode.ShouldBe("LANE_BUSY");
        rig.Sql("update lane_leases set expires_at = 1"); // the database's time passes by itself
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    [Fact]
    public async Task Run_LeaseThatAnotherMachineTookOver_EndsTheRun()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        rig.Market.Before = (request, token) =>
        {
            if (WatchedMarket.IsUnit(request, "daily"))
            {
                door.Wait(token);
            }
        };
        var running = rig.RunAsync();
        await door.SomebodyWaits;
        var leases = rig.Get<LaneLeases>();
        var mine = await leases.AcquireAsync(Lane.China, "elsewhere/1/x", TimeSpan.FromHours(1), default);
        await leases.ReleaseAsync(Lane.China, mine.Owner, CancellationToken.None);
        await leases.AcquireAsync(Lane.China, "elsewhere/1/x", TimeSpan.FromHours(1), CancellationToken.None);
        rig.Clock.Advance(TimeSpan.FromSeconds(31)); // the lease is looked after every 30 seconds

        var run = await running.WaitAsync(TimeSpan.FromSeconds(20));

        run.Status.ShouldBe(RunStatus.Failed);
        run.EndedBy!.ErrorCode.ShouldBe("LANE_LOST");
        Meta(await rig.RunRowAsync(run.Id))["errorCode"]!.ToString().ShouldBe("LANE_LOST");
        (await rig.RunRowAsync(run.Id)).ErrorMessage!.ShouldContain("took over the lane");
        (await leases.AcquireAsync(Lane.China, "elsewhere/1/x", TimeSpan.FromHours(1), default)).IsMine.ShouldBeTrue();
    }

    [Fact]
    public async Task Run_RowsLeftRunningByDeadProcesses_AreClosedAndSweptAtTheStart()
    {
        await using var rig = await IngestRig.StartAsync();
        var dead = await StartAsync(rig);
        await File.WriteAllTextAsync(Path.Combine(rig.Lake.Staging.Folder(dead), "left.parquet"), "half");
        rig.Clock.Advance(TimeSpan.FromMinutes(3));

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Success);
        var row = await rig.RunRowAsync(dead);
        row.Status.ShouldBe(RunStatus.Failed);
        row.ErrorMessage!.ShouldContain("no heartbeat for 2 minutes");
        await rig.ShouldBeWholeAsync();
    }

    private static Task<string> StartAsync(IngestRig rig) =>
        new RunStore(rig.Get<Control.ControlDatabase>(), new SystemIdSource()).StartAsync(
            new RunStart(Pool.Universe, RunMode.Daily, null),
            CancellationToken.None
        );
}
