using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Tests.Support;
using static Tidemark.Operations.Tests.Support.SignalFiles;

namespace Tidemark.Operations.Tests;

/// <summary>Files in the drop folder that change after they were read.</summary>
public sealed class DropCorrectionTests
{
    [Fact]
    public async Task Run_OfAFileThatHasEveryDay_TakesTheDaysOfEachMonthAndSeesWhatIsAdded()
    {
        await using var workspace = new DropWorkspace(
            "all.csv",
            grain: "grain: events\nper: month",
            request: ", all_days: true"
        );
        workspace.Write("drops/all.csv", Wednesday + "AAA,2026-07-01,1,1,0,,,\nAAA,2026-08-21,1,1,0,,,\n");

        await workspace.RunAsync();
        (await workspace.RowsAsync()).ShouldBe(
            "AAA|2026-08-19|1.0|1|false|null",
            "July is not wanted, and the 21st is not due"
        );

        workspace.Write("drops/all.csv", Wednesday + "BBB,2026-08-20,1,1,0,,,\n");
        (await workspace.PlanAsync()).Units.ShouldHaveSingleItem().Reason.ShouldBe(UnitReason.Changed);
        (await workspace.RunAsync()).Status.ShouldBe(RunStatus.Success);
        (await workspace.RowsAsync()).ShouldContain("BBB|2026-08-20");
    }

    [Fact]
    public async Task Run_AfterAFileWasCorrected_FetchesItOnceMoreAndNoOther()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        await workspace.RunAsync();
        (await workspace.PlanAsync()).Units.ShouldBeEmpty();

        workspace.Write("drops/signals/2026-08-20.csv", Thursday.Replace("0.1", "0.2", StringComparison.Ordinal));

        var plan = await workspace.PlanAsync();
        plan.Units.Select(u => $"{u.Id} {u.Reason}").ShouldBe(["file.signals/2026-08-20 Changed"]);
        plan.Calls.ShouldBe(0, "a file costs no call");
        var run = await workspace.RunAsync();
        (run.Committed, run.Counts.Updated).ShouldBe((1, 1));
        (await workspace.RowsAsync()).ShouldContain("AAA|2026-08-20|0.2|");
        (await workspace.PlanAsync()).Units.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plan_AfterAFileWasTouchedOrRemoved_WantsNothing()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        await workspace.RunAsync();

        File.SetLastWriteTimeUtc(workspace.PathOf("drops/signals/2026-08-20.csv"), new DateTime(2026, 8, 21));
        File.Delete(workspace.PathOf("drops/signals/2026-08-19.csv"));

        (await workspace.PlanAsync()).Units.ShouldBeEmpty("its bytes are the same; what was read of the other stays");
    }

    [Fact]
    public async Task Run_OfACorrectionWithOtherBytesAndTheSameRows_IsNotWantedAgain()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        await workspace.RunAsync();

        workspace.Write("drops/signals/2026-08-20.csv", Thursday + "\n");
        (await workspace.RunAsync()).Counts.Updated.ShouldBe(0);

        (await workspace.PlanAsync()).Units.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plan_AfterACompaction_StillKnowsTheFiles()
    {
        await using var workspace = new DropWorkspace(rest: "partition: month");
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        await workspace.RunAsync();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        await workspace.RunAsync();

        var merged = await workspace
            .Host.Get<TableCompactor>()
            .CompactAsync(TableId.Parse("ods.ods_signals"), new CompactOptions(), null, default);

        merged.FilesBefore.ShouldBeGreaterThan(merged.FilesAfter);
        (await workspace.PlanAsync()).Units.ShouldBeEmpty();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday.Replace(",1,1,", ",2,1,", StringComparison.Ordinal));
        (await workspace.PlanAsync()).Units.ShouldHaveSingleItem().Reason.ShouldBe(UnitReason.Changed);
    }

    [Fact]
    public async Task Run_OfACorrectionWithFewerRows_AsksForAReason()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        await workspace.RunAsync();
        workspace.Write("drops/signals/2026-08-20.csv", Header + "AAA,2026-08-20,0.1,1,true,,,\n");

        var run = await workspace.RunAsync();

        run.Errors.ShouldHaveSingleItem().Code.ShouldBe("COMMIT_SHRINKS");
        (await workspace.RowsAsync()).ShouldContain("CCC");
    }

    [Fact]
    public async Task ScheduledRun_OfACorrectedFile_DoesNotWaitForTheNextAttempt()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", Header + "broken\n");
        SetChanged(workspace, minutes: -5);
        await workspace.RunAsync(isScheduled: true);
        workspace.Clock.Advance(TimeSpan.FromMinutes(2));

        (await workspace.RunAsync(isScheduled: true)).Waiting.ShouldHaveSingleItem();
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        SetChanged(workspace, minutes: 1);

        (await workspace.RunAsync(isScheduled: true)).Status.ShouldBe(RunStatus.Success);
    }

    [Fact]
    public async Task ScheduledRun_OfAnAwaitedFileThatKeptItsTime_DoesNotWaitForTheNextAttempt()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        SetChanged(workspace, "drops/signals", minutes: -5);
        await workspace.RunAsync(isScheduled: true);
        workspace.Clock.Advance(TimeSpan.FromMinutes(2));

        (await workspace.RunAsync(isScheduled: true)).Waiting.ShouldHaveSingleItem();
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        SetChanged(workspace, "drops/signals/2026-08-20.csv", minutes: -600); // unpacked, or copied with its time
        SetChanged(workspace, "drops/signals", minutes: 1);

        (await workspace.RunAsync(isScheduled: true)).Status.ShouldBe(RunStatus.Success);
    }

    // The file of Thursday, and with it its folder.
    private static void SetChanged(DropWorkspace workspace, int minutes)
    {
        SetChanged(workspace, "drops/signals/2026-08-20.csv", minutes);
        SetChanged(workspace, "drops/signals", minutes);
    }

    private static void SetChanged(DropWorkspace workspace, string path, int minutes) =>
        File.SetLastWriteTimeUtc(workspace.PathOf(path), workspace.Clock.GetUtcNow().AddMinutes(minutes).UtcDateTime);
}
