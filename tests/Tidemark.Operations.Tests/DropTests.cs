using Tidemark.Core.Runs;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Tests.Support;
using Tidemark.Testing;
using static Tidemark.Operations.Tests.Support.SignalFiles;

namespace Tidemark.Operations.Tests;

/// <summary>Files that are awaited in the drop folder, have a fault, or lie where none is looked for.</summary>
public sealed class DropTests
{
    [Fact]
    public async Task Run_WithoutAFile_LeavesItsDayOpenAndNamesTheFile()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);

        var run = await workspace.RunAsync();

        (run.Status, run.Committed, run.Open, run.Failed).ShouldBe((RunStatus.Partial, 1, 1, 0));
        run.Work.Problems.ShouldHaveSingleItem().Reason.ShouldContain("'signals/2026-08-20.csv' is awaited in");
        (await workspace.RowsAsync()).ShouldBe("AAA|2026-08-19|1.0|1|false|null");

        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        (await workspace.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    [Theory]
    [InlineData("AAA,2026-08-19,1,1,0,,,\n", "DATE_OUTSIDE_REQUEST", "2026-08-19")]
    [InlineData(
        "AAA,2026-08-20,\"0,5\",1,0,,,\n",
        "VENDOR_VALUE",
        "Column 'score' in row 1 of the file 'signals/2026-08-20.csv'"
    )]
    [InlineData("AAA,20.08.2026,1,1,0,,,\n", "VENDOR_VALUE", "Column 'day' in row 1")]
    [InlineData("AAA,2026-08,1,1,0,,,\n", "VENDOR_VALUE", "Column 'day' in row 1")]
    [InlineData("AAA,2026-08-20,1,1.5,0,,,\n", "VENDOR_VALUE", "Column 'rank' in row 1")]
    [InlineData("AAA,2026-08-20,1,1,maybe,,,\n", "VENDOR_VALUE", "Column 'chosen' in row 1")]
    [InlineData("AAA,2026-08-20,1,1,0,,\n", "VENDOR_ROW_SHAPE", "Row 1 of the file")]
    [InlineData("AAA,2026-08-20,1,1,0,,,,\n", "VENDOR_ROW_SHAPE", "Row 1 of the file")]
    [InlineData("AAA,2026-08-20,1,1,0,,,", "FILE_UNFINISHED", "last line does not end")]
    [InlineData("AAA,2026-08-20,1,1,0,,\"x\n", "FILE_UNFINISHED", "quote is not closed")]
    [InlineData(",2026-08-20,1,1,0,,,\n", "VALUE_MISSING", "symbol")]
    public async Task Run_OfAFileWithAFault_SaysWhereAndKeepsTheOtherDays(string row, string code, string words)
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", Header + row);

        var run = await workspace.RunAsync();

        var error = run.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe(code, error.Message);
        error.Message.ShouldContain(words);
        (await workspace.RowsAsync()).ShouldBe(
            "AAA|2026-08-19|1.0|1|false|null",
            "nothing half-read, and the other day whole"
        );

        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        (await workspace.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    [Fact]
    public async Task Run_WithTwoFilesForOneDay_SaysWhichAndTakesNeither()
    {
        await using var workspace = new DropWorkspace("signals/{dt:yyyy-MM-dd}.*");
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        workspace.Write("drops/signals/2026-08-20.json", ThursdayJson);

        var error = (await workspace.RunAsync()).Errors.ShouldHaveSingleItem();

        error.Code.ShouldBe("FILE_AMBIGUOUS");
        error.Message.ShouldContain("'signals/2026-08-20.csv' and 'signals/2026-08-20.json'");
    }

    [Theory]
    [InlineData("../outside/{dt}.csv")]
    [InlineData("/etc/{dt}.csv")]
    [InlineData("signals/{dt}*.csv")]
    [InlineData("signals/{dt}.xlsx")]
    public async Task Preflight_OfAPathThatIsNone_SaysSo(string path)
    {
        await using var workspace = new DropWorkspace(path);

        var probe = await ProbeAsync(workspace);

        probe.ErrorCode.ShouldBe("FILE_PATH_INVALID", probe.Message);
    }

    [Fact]
    public async Task Preflight_WithoutTheFolder_SaysSo()
    {
        await using var workspace = new DropWorkspace();
        (await ProbeAsync(workspace)).Status.ShouldBe("pass");
        Directory.Delete(workspace.PathOf("drops"));

        var probe = await ProbeAsync(workspace);

        probe.ErrorCode.ShouldBe("FILE_FOLDER_MISSING");
        probe.Message!.ShouldContain(workspace.PathOf("drops"));
    }

    [Fact]
    public async Task Run_ThroughALinkThatLeadsOut_ReadsNothing()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("outside/2026-08-20.csv", Thursday);
        workspace.Write("outside/2026-08-19.csv", Wednesday);
        File.CreateSymbolicLink(workspace.PathOf("drops/signals"), "../outside");

        var run = await workspace.RunAsync();

        run.Errors.Select(e => e.Code).ShouldBe(["FILE_PATH_INVALID", "FILE_PATH_INVALID"]);
        run.Errors[0].Message.ShouldContain("through a link");
    }

    [Fact]
    public async Task Run_ThroughALinkWithinTheFolder_ReadsTheFile()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/new/2026-08-19.csv", Wednesday);
        workspace.Write("drops/new/2026-08-20.csv", Thursday);
        File.CreateSymbolicLink(workspace.PathOf("drops/signals"), "new");

        (await workspace.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    [Fact]
    public async Task Run_ThroughLinksThatLeadToEachOther_SaysSo()
    {
        await using var workspace = new DropWorkspace();
        File.CreateSymbolicLink(workspace.PathOf("drops/signals"), "other");
        File.CreateSymbolicLink(workspace.PathOf("drops/other"), "signals");

        var run = await workspace.RunAsync();

        run.Errors.Select(e => e.Code).ShouldBe(["FILE_UNREADABLE", "FILE_UNREADABLE"]);
    }

    [Fact]
    public async Task Run_OfAPipe_DoesNotWaitForIt()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        NamedPipe.InPlaceOf(workspace.PathOf("drops/signals/2026-08-20.csv"));

        (await workspace.RunAsync()).Errors.ShouldHaveSingleItem().Code.ShouldBe("FILE_UNREADABLE");
    }

    [Fact]
    public async Task Run_ThatIsStoppedBeforeItsCommit_LeavesNothingAndTheNextBringsAll()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        var lake = workspace.PathOf("lake/ods");
        Directory.CreateDirectory(Path.GetDirectoryName(lake)!);
        await File.WriteAllTextAsync(lake, "in the way of every commit", TestContext.Current.CancellationToken);

        (await workspace.RunAsync()).Committed.ShouldBe(0);

        File.Delete(lake);
        (await workspace.RunAsync()).Committed.ShouldBe(2);
        (await workspace.RowsAsync()).ShouldContain("CCC");
    }

    private static async Task<Ingest.Preflight.ProbeRecord> ProbeAsync(DropWorkspace workspace)
    {
        var report = await workspace
            .Host.Get<PreflightOperation>()
            .RunAsync(new PreflightRequest(Pool.Universe, All: true), TestContext.Current.CancellationToken);
        return report.Probes.Single(p => p.DatasetId == "file.signals");
    }
}
