using System.IO.Compression;
using System.Text;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Tests.Support;
using Tidemark.Testing;

namespace Tidemark.Operations.Tests;

/// <summary>Files that somebody puts into the drop folder, from the file to the table.</summary>
public sealed class DropTests
{
    private const string Header = "code,day,score,rank,chosen,seen_at,note,extra\n";
    private const string Wednesday = Header + "AAA,2026-08-19,1,1,0,,,\n";

    private const string Thursday =
        Header
        + "AAA,2026-08-20,0.1,1,true,2026-08-20 09:30:00,\"so, \"\"so\"\"\",x\n"
        + "BBB,20260820,-2.5e3,,False,2026-08-20T01:30:00Z,,y\n"
        + "CCC,2026-08-20 00:00:00,,3,,,\"\",\n";

    private const string ThursdayRows = """
        AAA|2026-08-20|0.1|1|true|1787189400.0|so, "so"
        BBB|2026-08-20|-2500.0|false|1787189400.0|null
        CCC|2026-08-20|3|
        """;

    private const string ThursdayJson = """
        [{"code":"AAA","day":"2026-08-20","score":0.1,"rank":1,"chosen":true,"seen_at":"2026-08-20 09:30:00","note":"so, \"so\""},
        {"day":"20260820","code":"BBB","score":-2500,"rank":null,"chosen":false,"seen_at":"2026-08-20T01:30:00Z","note":null},
        {"code":"CCC","day":"2026-08-20","score":null,"rank":3,"chosen":null,"seen_at":null,"note":""}]
        """;

    private const string ThursdayParquet = """
        FROM (VALUES
          ('AAA', DATE '2026-08-20', 0.1::DOUBLE, 1, true, TIMESTAMP '2026-08-20 09:30:00', 'so, "so"'),
          ('BBB', DATE '2026-08-20', -2500, NULL, false, TIMESTAMP '2026-08-20 09:30:00', NULL),
          ('CCC', DATE '2026-08-20', 'NaN'::DOUBLE, 3, NULL, NULL, '')) AS t(code, day, score, rank, chosen, seen_at, note)
        """;

    [Theory]
    [InlineData("csv")]
    [InlineData("csv.gz")]
    [InlineData("json")]
    [InlineData("json.gz")]
    [InlineData("lines.json")]
    [InlineData("parquet")]
    public async Task Run_OfTheSameRowsInAnyFormat_MakesTheSameTable(string format)
    {
        await using var workspace = new DropWorkspace("signals/{dt:yyyy-MM-dd}.*");
        workspace.Write("drops/signals/2026-08-19.csv", Header);
        var file = $"drops/signals/2026-08-20.{format.Replace("lines.", "", StringComparison.Ordinal)}";
        switch (format)
        {
            case "parquet":
                workspace.WriteParquet(file, ThursdayParquet);
                break;
            case "lines.json":
                workspace.Write(file, ThursdayJson.Trim('[', ']').Replace("},\n", "}\n", StringComparison.Ordinal));
                break;
            default:
                var text = Encoding.UTF8.GetBytes(
                    format.StartsWith("csv", StringComparison.Ordinal) ? Thursday : ThursdayJson
                );
                workspace.Write(file, format.EndsWith("gz", StringComparison.Ordinal) ? Gzip(text) : text);
                break;
        }

        var run = await workspace.RunAsync();

        run.Errors.ShouldBeEmpty();
        run.Committed.ShouldBe(2);
        (await workspace.RowsAsync()).ShouldBe(ThursdayRows.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Run_WithABomAndCarriageReturns_ReadsTheSameRows()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Header);
        workspace.Write(
            "drops/signals/2026-08-20.csv",
            "\uFEFF" + Thursday.Replace("\n", "\r\n", StringComparison.Ordinal)
        );

        await workspace.RunAsync();

        (await workspace.RowsAsync()).ShouldBe(ThursdayRows.ReplaceLineEndings("\n"));
    }

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

    [Fact]
    public async Task Run_OfAHeaderAlone_IsADayWithoutRows()
    {
        await using var workspace = new DropWorkspace(rest: "empty_is_ordinary: true");
        workspace.Write("drops/signals/2026-08-19.csv", Header);
        workspace.Write("drops/signals/2026-08-20.csv", Header);

        (await workspace.RunAsync()).Committed.ShouldBe(2);

        (await workspace.PlanAsync()).Units.ShouldBeEmpty("an empty day is there, and its file has not changed");
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        (await workspace.PlanAsync()).Units.ShouldHaveSingleItem().Reason.ShouldBe(UnitReason.Changed);
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

    [Fact]
    public async Task Run_OfADayInSeveralFiles_TakesAllOrNoneAndNoticesEach()
    {
        const string Request = """, fan_out: { path: ["{dt}-a.csv", "{dt}-b.csv"] }""";
        await using var workspace = new DropWorkspace(path: null, request: Request);
        workspace.Write("drops/20260820-a.csv", Header + "AAA,2026-08-20,1,,,,,\n");

        (await workspace.RunAsync()).Committed.ShouldBe(0);
        workspace.Write("drops/20260820-b.csv", Header + "BBB,2026-08-20,2,,,,,\n");
        (await workspace.RunAsync()).Committed.ShouldBe(1);
        (await workspace.RowsAsync())
            .ReplaceLineEndings(" ")
            .ShouldBe("AAA|2026-08-20|1.0|null BBB|2026-08-20|2.0|null");
        workspace.Write("drops/20260820-b.csv", Header + "BBB,2026-08-20,3,,,,,\n");

        (await workspace.RunAsync()).Committed.ShouldBe(1);
        (await workspace.RowsAsync()).ShouldContain("BBB|2026-08-20|3.0");
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
    public async Task Run_OfGbk_SaysSo()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write(
            "drops/signals/2026-08-20.csv",
            [.. Encoding.UTF8.GetBytes(Header + "AAA,2026-08-20,1,1,0,,"), 0xD6, 0xD0, 0xB9, 0xFA, .. ",\n"u8]
        );

        var error = (await workspace.RunAsync()).Errors.ShouldHaveSingleItem();

        error.Code.ShouldBe("FILE_ENCODING");
        error.Message.ShouldContain("line 2");
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("csv.gz")]
    [InlineData("json")]
    public async Task Run_OfAFileThatIsCutOffAnywhere_TakesNothingOfIt(string ending)
    {
        await using var workspace = new DropWorkspace("signals/{dt:yyyy-MM-dd}." + ending);
        var file = $"drops/signals/2026-08-20.{ending}";
        if (ending == "parquet")
        {
            workspace.WriteParquet(file, ThursdayParquet);
        }
        else
        {
            workspace.Write(
                file,
                ending == "json" ? Encoding.UTF8.GetBytes(ThursdayJson) : Gzip(Encoding.UTF8.GetBytes(Thursday))
            );
        }

        var whole = await File.ReadAllBytesAsync(workspace.PathOf(file), TestContext.Current.CancellationToken);
        foreach (var length in new[] { 0, 1, whole.Length / 2, whole.Length - 1 })
        {
            workspace.Write(file, whole[..length]);

            var error = (await workspace.RunAsync()).Errors.ShouldHaveSingleItem();

            error.Code.ShouldBe("FILE_UNFINISHED", $"{length} of {whole.Length} bytes: {error.Message}");
        }

        workspace.Write(file, whole);
        (await workspace.RunAsync()).Committed.ShouldBe(1);
    }

    [Fact]
    public async Task Run_InAFolderThatIsNamedLikeAColumn_ReadsNoColumnFromTheName()
    {
        await using var workspace = new DropWorkspace("note=wrong/{dt:yyyy-MM-dd}.parquet");
        workspace.WriteParquet("drops/note=wrong/2026-08-20.parquet", $"SELECT * EXCLUDE (note) {ThursdayParquet}");

        var error = (await workspace.RunAsync()).Errors.ShouldHaveSingleItem();

        error.Code.ShouldBe("VENDOR_COLUMN_MISSING");
    }

    [Fact]
    public async Task Run_ThatKeepsRawAnswers_KeepsTheFileAsItIs()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        await workspace.RunAsync();

        var kept = workspace.PathOf("lake/raw/file/signals/dt=2026-08-20/file.signals_2026-08-20-1.csv.gz");
        using var unpacked = new StreamReader(new GZipStream(File.OpenRead(kept), CompressionMode.Decompress));
        (await unpacked.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe(Thursday);
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

    // The file of Thursday, and with it its folder.
    private static void SetChanged(DropWorkspace workspace, int minutes)
    {
        SetChanged(workspace, "drops/signals/2026-08-20.csv", minutes);
        SetChanged(workspace, "drops/signals", minutes);
    }

    private static void SetChanged(DropWorkspace workspace, string path, int minutes) =>
        File.SetLastWriteTimeUtc(workspace.PathOf(path), workspace.Clock.GetUtcNow().AddMinutes(minutes).UtcDateTime);

    private static async Task<Ingest.Preflight.ProbeRecord> ProbeAsync(DropWorkspace workspace)
    {
        var report = await workspace
            .Host.Get<PreflightOperation>()
            .RunAsync(new PreflightRequest(Pool.Universe), TestContext.Current.CancellationToken);
        return report.Probes.Single(p => p.DatasetId == "file.signals");
    }

    private static byte[] Gzip(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(text);
        }

        return packed.ToArray();
    }
}
