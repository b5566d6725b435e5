using System.Text.RegularExpressions;

namespace Tidemark.Cli.Tests;

/// <summary>
/// What somebody sees who uses the program for the first time: what it says is so, and what it advises works.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class NewcomerTests(SmallLake lake) : IClassFixture<SmallLake>
{
    [Fact]
    public async Task Demo_InASmallMarket_AdvisesASymbolThatIsThere()
    {
        var advised = Regex.Match(lake.Demo.Out, @"tidemark (status --entity \S+)").Groups[1].Value.Split(' ');

        var answer = await lake.RunAsync(advised);

        answer.ExitCode.ShouldBe(0, answer.Error);
        answer.Out.ShouldContain("complete");
    }

    /// <summary>A path that is broken in two can be neither clicked nor copied.</summary>
    [Fact]
    public async Task Output_ThatIsPiped_IsNotWrapped()
    {
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), new string('a', 200), "b c");
        try
        {
            var answer = await new CommandLine(Path.GetTempPath(), SmallLake.Clock).RunAsync("init", folder);

            answer.Out.Split('\n')[0].ShouldStartWith($"Wrote {folder}/tidemark.yaml. Set TUSHARE_TOKEN");
        }
        finally
        {
            Directory.Delete(Path.GetFullPath(Path.Combine(folder, "..", "..")), recursive: true);
        }
    }

    /// <summary>A run of many units is told by dataset; who wants each step asks for it.</summary>
    [Fact]
    public async Task Run_OfManyUnits_IsToldInAScreenful()
    {
        var runs = (await lake.RunAsync("runs", "--json")).Json().EnumerateArray().ToArray();
        var id = runs.MaxBy(r => r.GetProperty("rows").GetInt64()).GetProperty("id").GetString()!;

        var shown = (await lake.RunAsync("runs", id)).Out.Split('\n');
        var whole = (await lake.RunAsync("runs", "show", id, "--steps")).Out;

        shown.Length.ShouldBeInRange(10, 24);
        shown.ShouldContain(line => line.Contains("tushare.daily ", StringComparison.Ordinal));
        whole.Split("tushare.daily/2026-11-19:").Length.ShouldBe(5); // its four stages
    }

    [Theory]
    [InlineData("tidemark tables show --help", "tables", "show")]
    [InlineData("tidemark sim tushare --help", "sim", "tushare", "--port", "x")]
    [InlineData("tidemark run --help", "run", "everything")]
    [InlineData("tidemark --help", "ru")]
    [InlineData("tidemark token --help", "token")]
    public async Task Mistake_InACommand_NamesTheHelpThatIsThere(string help, params string[] typed)
    {
        var answer = await lake.RunAsync(typed);

        answer.ExitCode.ShouldBe(2);
        answer.Error.ShouldContain($"See `{help}`.");
        (await lake.RunAsync([.. help.Split(' ').Skip(1)])).Out.ShouldContain("Usage:");
    }

    [Theory]
    [InlineData("Unrecognized command or argument 'stauts'. Did you mean 'status'?", "stauts")]
    [InlineData("Unrecognized command or argument '--stoks=5'. Did you mean '--stocks'?", "demo", "x", "--stoks=5")]
    [InlineData("Unrecognized command or argument 'shwo'. Did you mean 'show'?", "runs", "shwo")]
    [InlineData("`tidemark token` takes a command: set", "token")]
    [InlineData("Unrecognized command or argument '--dataset'. Did you mean '--datasets'?", "run", "--dataset", "x")]
    [InlineData("Unrecognized command or argument '--dataset=x'. Did you mean '--datasets'?", "run", "--dataset=x")]
    [InlineData("Unrecognized command or argument '--form'. Did you mean '--from'?", "status", "--form", "2022-01-01")]
    [InlineData("Unrecognized command or argument '-v'.\n", "history", "-v")]
    [InlineData("Unrecognized command or argument '--quik'. Did you mean '--quick'?", "verify", "--quik")]
    [InlineData(
        "Unrecognized command or argument '--sym'. Did you mean '--symbols'?",
        "refetch",
        "daily",
        "--sym",
        "1"
    )]
    [InlineData("Unrecognized command or argument '--fromat'. Did you mean '--format'?", "sql", "--fromat", "csv")]
    [InlineData("Unrecognized command or argument '--nothing'.", "history", "--nothing")]
    [InlineData("Unrecognized command or argument '--versoin'. Did you mean '--verbose'?", "sql", "--versoin")]
    [InlineData(
        "Unrecognized command or argument '--timout'. Did you mean '--timeout'?",
        "sql",
        "--timout",
        "5s",
        "FROM x"
    )]
    [InlineData("TABLE is empty: it takes the name of a table", "verify", "")]
    [InlineData("TABLE is empty: it takes the name of a table", "history", "")]
    public async Task Mistake_InACommand_IsToldOnceWithTheNearest(string said, params string[] typed)
    {
        var answer = await lake.RunAsync(typed);

        answer.ExitCode.ShouldBe(2);
        answer.Error.ShouldStartWith(said);
        answer.Error.Trim().Split('\n').Length.ShouldBe(2, answer.Error);
    }

    [Fact]
    public async Task Runs_WithAnId_ShowThatRun()
    {
        var id = (await lake.RunAsync("runs", "--json")).Json()[0].GetProperty("id").GetString()!;

        var shown = (await lake.RunAsync("runs", id[..8], "--json")).Json();

        shown.GetProperty("run").GetProperty("id").GetString().ShouldBe(id);
        (await lake.RunAsync("runs", "0000ffff")).Error.ShouldStartWith("RUN_UNKNOWN");
    }

    [Theory]
    [InlineData("-- a comment\nSELECT 1 AS n")]
    [InlineData("--", "SELECT 1 AS n")]
    public async Task Sql_ThatBeginsWithDashes_IsAQuery(params string[] typed)
    {
        (await lake.RunAsync(["sql", "--json", .. typed])).Json()[0].GetProperty("n").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("demo <DIR>")]
    [InlineData("demo <DIR>", "help")]
    [InlineData("tables show <TABLE>", "help", "tables", "show")]
    public async Task Help_ThatIsAskedForInAnyWay_IsGiven(string said, params string[] typed)
    {
        var answer = await lake.RunAsync(typed);

        answer.ExitCode.ShouldBe(0, answer.Error);
        answer.Out.ShouldContain(said);
    }

    [Fact]
    public async Task Config_OfIdsThatAreNone_NamesFolderAndLineOfEach()
    {
        using var off = new TemporaryWorkspace("off:\n  - tushare.fund_daily\n  - tushare.dayly\n");
        using var retention = new TemporaryWorkspace("retention:\n  ods.ods_daily: 400d\n  ods.ods_dayly: 400d\n");

        var mistypedOff = await off.RunAsync("run");
        var mistypedRetention = await retention.RunAsync("retention");

        (mistypedOff.ExitCode, mistypedRetention.ExitCode).ShouldBe((2, 2));
        mistypedOff.Error.ShouldStartWith(
            $"CONFIG_INVALID: 1 problem in the workspace {off.Folder}:\n  tidemark.yaml:4: 'off' names 'tushare.dayly'"
        );
        mistypedRetention.Error.ShouldStartWith(
            $"CONFIG_INVALID: 1 problem in the workspace {retention.Folder}:\n  tidemark.yaml:4: 'retention' names ods.ods_dayly"
        );
    }

    [Fact]
    public async Task RetentionAndVacuum_WithNothingToDo_DoNotClaimToHaveDoneIt()
    {
        (await lake.RunAsync("retention", "--apply")).Out.ShouldContain("There was nothing to drop.");
        (await lake.RunAsync("vacuum", "--apply")).Out.ShouldContain("There was nothing to remove. Versions from");
    }

    [Fact]
    public async Task Run_WithoutTargets_SaysThatThereAreNone()
    {
        var answer = await lake.RunWithAsync(new() { ["TIDEMARK__POOLS__TARGETS__SYMBOLS"] = "" }, "run", "targets");

        answer.ExitCode.ShouldBe(0, answer.Error);
        answer.Out.ShouldBe("targets: none yet; pools.targets in tidemark.yaml names them\n");
    }

    /// <summary>
    /// A run that takes over a lease fences the tables that are there: versions that nobody asked for.
    /// </summary>
    [Fact]
    public async Task Tables_AfterAFence_TellWhatChangedTheirRowsLast()
    {
        var history = (await lake.RunAsync("history", "ods.ods_daily", "--json")).Json();
        history[0].GetProperty("operation").GetString().ShouldBe("FENCE");
        history[0].GetProperty("changes_rows").GetBoolean().ShouldBeFalse();
        history[1].GetProperty("changes_rows").GetBoolean().ShouldBeTrue();
        (await lake.RunAsync("history", "ods.ods_daily")).Out.ShouldContain("same rows: ");

        var table = (await lake.RunAsync("tables", "--json"))
            .Json()
            .EnumerateArray()
            .Single(t => t.GetProperty("table").GetString() == "ods.ods_daily");
        table.GetProperty("operation").GetString().ShouldBe("INGEST");
        table.GetProperty("version").GetInt64().ShouldBe(history[0].GetProperty("version").GetInt64());
        table.GetProperty("timestamp").GetString().ShouldBe(history[1].GetProperty("timestamp").GetString());
    }

    [Fact]
    public async Task TablesShow_OfATableThatNobodyBuilt_NamesTheCommandThatDoes()
    {
        using var empty = new TemporaryWorkspace();

        (await empty.RunAsync("tables", "show", "dim_instrument")).Out.ShouldContain(
            "nothing committed yet: `tidemark build dim.dim_instrument` makes it"
        );
        (await empty.RunAsync("tables", "show", "ods_daily")).Out.ShouldContain("`tidemark run` fetches it");
    }

    [Fact]
    public async Task Retention_OfATableThatIsNone_NamesTheNearest()
    {
        var misspelt = new Dictionary<string, string> { ["TIDEMARK__RETENTION__ODS_DALIY"] = "1d" };

        var answer = await lake.RunWithAsync(misspelt, "retention", "--apply");

        answer.ExitCode.ShouldBe(2);
        answer.Error.ShouldStartWith("CONFIG_INVALID");
        answer.Error.ShouldContain("ods.ods_daliy");
        answer.Error.ShouldContain("did you mean 'ods.ods_daily'?");
        (await lake.RunWithAsync(misspelt, "doctor")).Out.ShouldContain("did you mean 'ods.ods_daily'?");
    }

    [Fact]
    public async Task Retention_OfATableWhoseDatasetIsOff_IsNoMistake()
    {
        using var empty = new TemporaryWorkspace("off: [tushare.fund_daily]\nretention: { ods_fund_daily: 7d }\n");

        var answer = await empty.RunAsync("retention");

        answer.ExitCode.ShouldBe(0, answer.Error);
    }

    [Fact]
    public async Task Demo_InAWorkspaceOfARealVendor_LeavesItAlone()
    {
        using var real = new TemporaryWorkspace("", vendor: "http://api.tushare.pro");

        var answer = await real.RunAsync("demo", ".", "--no-serve");

        answer.ExitCode.ShouldBe(2);
        answer.Error.ShouldStartWith("WORKSPACE_EXISTS");
        (await real.RunAsync("tables")).Out.ShouldBe("No tables yet: `tidemark run` fetches the first ones.\n");
        (await real.RunAsync("runs")).Out.ShouldBe("No runs yet: `tidemark run` is the first one.\n");
    }

    /// <summary>A list's publisher is no board.</summary>
    [Fact]
    public async Task Instruments_WithoutABoard_HaveNone()
    {
        var boards = await lake.RunAsync(
            "sql",
            "SELECT kind, count(board) FROM dim.dim_instrument GROUP BY ALL ORDER BY ALL",
            "--format",
            "csv"
        );

        boards.Out.ReplaceLineEndings("\n").ShouldMatch(@"\netf,0\nindex,0\nstock,[1-9][0-9]*\n");
    }
}
