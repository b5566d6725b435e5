using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Planning;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// A run that is stopped while the vendor has its question, for longer than its lease, while another has its pool: it
/// commits nothing. Two hosts stand for two processes; the clock of the stopped one stands still, so that nothing but
/// the look at the lease before each commit can tell it.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class StaleWriterTests
{
    private const string Sum = "SELECT CAST(sum(close) AS BIGINT) FROM ods.ods_daily";
    private static readonly ThreadLocal<bool> s_isHeld = new();

    public static TheoryData<string> Touched => ["the same table", "another table", "none"];

    [Theory]
    [MemberData(nameof(Touched))]
    public async Task Run_StoppedPastItsLeaseWhileAnotherHadThePool_CommitsNothing(string touched)
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        var stale = await StopAsync(rig, door);
        await using var other = rig.OpenAgain();

        var second = await rig.DriveAsync(other.Get<IngestRunner>().RunAsync(Request(other, touched), null, default));
        second.Status.ShouldBe(RunStatus.Success);
        var versions = await VersionsAsync(other);
        door.Open();
        var first = await stale;

        first.Status.ShouldBe(RunStatus.Failed);
        first.EndedBy!.ErrorCode.ShouldBe("LANE_LOST");
        first.Committed.ShouldBe(0);
        (await VersionsAsync(other)).ShouldBe(versions);
        if (touched == "the same table")
        {
            (await rig.NumberAsync(Sum)).ShouldBeGreaterThan(1_000_000); // the second's rows, see StopAsync
        }

        await rig.ShouldBeWholeAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        await rig.ShouldBeWholeAsync();
    }

    /// <summary>
    /// A lease that ran out and that nobody has taken is still the run's: a laptop that slept goes on.
    /// </summary>
    [Fact]
    public async Task Run_StoppedPastItsLeaseWhileNobodyCame_GoesOn()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        var run = await StopAsync(rig, door);

        door.Open();

        (await run).Status.ShouldBe(RunStatus.Success);
    }

    [Fact]
    public async Task Run_AfterAnother_FencesOnlyWhatWasNotGivenBack()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var versions = await rig.VersionsAsync();

        await rig.RunAsync();
        (await rig.VersionsAsync()).ShouldBe(versions);

        rig.Sql("update lane_leases set released = 0, expires_at = 1"); // killed at the end of its work
        await rig.RunAsync();
        (await rig.SnapshotAsync("ods_daily")).Commit!.Operation.ShouldBe("FENCE");
        (await rig.SnapshotAsync("ods_stock_basic")).Commit!.Operation.ShouldBe("FENCE");
    }

    [Fact]
    public async Task Run_ControlDatabaseThatKnowsLessThanTheLogs_GoesOnAboveThem()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        const long Far = 1L << 40;
        await rig.Get<LaneFences>()
            .FenceAsync(new WriterFence("another", Lane.China, Far, DateTimeOffset.UnixEpoch), default);
        rig.Sql("update lane_leases set released = 1");
        Directory.Delete(Path.Combine(rig.LakeFolder, "ods", "ods_suspend_d"), recursive: true); // something to commit
        await rig.ReopenAsync();

        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);

        WriterFence.NewestEpoch(await rig.SnapshotAsync("ods_suspend_d"), Lane.China).ShouldBe(Far + 1);
        WriterFence.NewestEpoch(await rig.SnapshotAsync("ods_daily"), Lane.China).ShouldBe(Far + 1);
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    /// <summary>Not staged once more, but asked for once more: only the vendor can say which rows are newer.</summary>
    [Fact]
    public async Task Run_UnitThatAnotherWriterCommittedWhileItWasAskedFor_IsAskedForAgain()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        var run = await StopAsync(rig, door, expires: false);
        await using var other = rig.OpenAgain();
        var plan = other.Get<WorkspacePlan>().ForRun(Pool.Universe, ["tushare.daily"], asOf: null);
        var request = new RunRequest(Pool.Targets, RunMode.Manual, "manual", plan) { Lane = Lane.Options }; // it holds another lease
        var second = await rig.DriveAsync(other.Get<IngestRunner>().RunAsync(request, null, default));
        second.Committed.ShouldBe(4);
        rig.Market.Forget();

        door.Open();
        var first = await run;

        first.Status.ShouldBe(RunStatus.Success);
        rig.Market.Asked.Where(a => a.StartsWith("daily ", StringComparison.Ordinal)).ShouldNotBeEmpty();
        (await rig.NumberAsync(Sum)).ShouldBeGreaterThan(1_000_000);
        (await rig.SnapshotAsync("ods_daily")).Version.ShouldBe(0); // what it was told the second time is what stands
        await rig.ShouldBeWholeAsync();
    }

    /// <summary>
    /// Starts a run and stops it where it has asked for bars; what it is told then are the vendor's old rows. Who asks
    /// later gets newer ones, a million higher.
    /// </summary>
    private static async Task<Task<RunOutcome>> StopAsync(IngestRig rig, Door door, bool expires = true)
    {
        rig.Market.Rewrite = (request, rows) =>
        {
            if (request.Api.Name != "daily" || s_isHeld.Value)
            {
                s_isHeld.Value = false;
                return;
            }

            foreach (var row in rows)
            {
                for (var i = 0; i < request.Columns.Count; i++)
                {
                    if (request.Api.Columns[request.Columns[i]].Name == "close")
                    {
                        row!.AsArray()[i] = row.AsArray()[i]!.GetValue<double>() + 1_000_000;
                    }
                }
            }
        };
        rig.Market.Before = (request, token) =>
        {
            if (WatchedMarket.IsUnit(request, "daily"))
            {
                s_isHeld.Value = true;
                door.Wait(token);
            }
        };
        var run = rig.RunAsync();
        await door.SomebodyWaits;
        rig.Market.Before = null;
        if (expires)
        {
            rig.Sql("update lane_leases set expires_at = 1");
        }

        return run;
    }

    private static RunRequest Request(TidemarkHost host, string touched)
    {
        string[] datasets = touched == "the same table" ? [] : ["tushare.suspend_d"];
        var plan = host.Get<WorkspacePlan>().ForRun(Pool.Universe, datasets, asOf: null);
        return new RunRequest(
            Pool.Universe,
            RunMode.Manual,
            "manual",
            touched == "none" ? plan with { Datasets = [] } : plan
        );
    }

    private static async Task<string[]> VersionsAsync(TidemarkHost host)
    {
        var versions = new List<string>();
        foreach (var table in await host.Get<Lake.DataLake>().TablesAsync(default))
        {
            versions.Add($"{table.Id} {(await table.SnapshotAsync(default)).Version}");
        }

        return [.. versions];
    }
}
