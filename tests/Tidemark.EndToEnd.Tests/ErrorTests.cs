using Microsoft.Data.Sqlite;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// What a user meets who does something wrong: an exit code, and words that say what, where and what next.
/// </summary>
public sealed class ErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Workspace_WithErrors_ListsThemAllWithLines()
    {
        _folder.Write(
            "w/tidemark.yaml",
            """
            timezone: Mars/Olympus
            lakes: ./lake
            engine: { threads: -3, memory: lots }
            plan:
              from: 2025-06-31
            """
        );

        foreach (var command in new[] { "status", "run", "tables" })
        {
            var ended = (await TidemarkProcess.RunAsync(_folder.At("w"), command)).With(exitCode: 2);

            ended.Out.ShouldBeEmpty();
            ended.Error.ShouldContain("CONFIG_INVALID");
            string[] parts = ["Mars/Olympus", "lakes", "threads", "memory", "2025-06-31"];
            foreach (var part in parts)
            {
                ended.Error.ShouldContain(part);
            }

            foreach (var line in new[] { 1, 2, 3, 5 })
            {
                ended.Error.ShouldContain($"tidemark.yaml:{line}");
            }
        }

        File.Exists(_folder.At("w", "control.db")).ShouldBeFalse("nothing was begun");
    }

    [Theory]
    [InlineData("status")]
    [InlineData("run")]
    [InlineData("sql", "SELECT 1")]
    [InlineData("tables")]
    public async Task Command_WithoutAWorkspace_EndsWith2(params string[] command)
    {
        var ended = (await TidemarkProcess.RunAsync(_folder.Path, command)).With(exitCode: 2);

        ended.Error.ShouldContain("WORKSPACE_NOT_FOUND");
        ended.Error.ShouldContain("tidemark init");
    }

    [Fact]
    public async Task Command_WithoutAWorkspaceInJson_IsOneDocument()
    {
        var ended = (await TidemarkProcess.RunAsync(_folder.Path, "status", "--json")).With(exitCode: 2);

        ended.Json().GetProperty("error").Text("code").ShouldBe("WORKSPACE_NOT_FOUND");
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("run", "everything")]
    [InlineData("backfill", "--from", "2025-06-01")]
    [InlineData("backfill", "--from", "yesterday", "--to", "2025-06-01")]
    [InlineData("sql")]
    [InlineData("status", "--colour")]
    public async Task CommandLine_ThatIsWrong_EndsWith2AndNamesTheHelp(params string[] command)
    {
        var ended = (await TidemarkProcess.RunAsync(_folder.Path, command)).With(exitCode: 2);

        ended.Out.ShouldBeEmpty();
        ended.Error.ShouldContain("--help");
    }

    [Theory]
    [InlineData("V1 is missing.", "diff", "ods.ods_daily")]
    [InlineData("--fail-on 'all': expected missing or partial.", "status", "--fail-on", "all")]
    [InlineData("--format 'xml': expected table, csv, json or parquet.", "sql", "SELECT 1", "--format", "xml")]
    [InlineData("SCOPE 'all': expected targets, universe or both.", "run", "all")]
    [InlineData(
        "'30' is not a duration: write its unit, like 30s, 30m, 30h or 30d",
        "sql",
        "SELECT 1",
        "--timeout",
        "30"
    )]
    [InlineData("Cannot parse argument 'x' for option '--version'.", "restore", "ods.ods_daily", "--version", "x")]
    public async Task CommandLine_ThatIsWrong_IsToldInWordsOfTheCommand(string words, params string[] command)
    {
        var ended = (await TidemarkProcess.RunAsync(_folder.Path, command)).With(exitCode: 2);

        ended.Error.Split('\n').ShouldContain(words);
    }

    [Theory]
    [InlineData("tables")]
    [InlineData("verify")]
    [InlineData("compact")]
    [InlineData("vacuum", "--apply")]
    [InlineData("doctor", "store")]
    public async Task Lake_ThatIsAFile_EndsWith2AndKeepsIt(params string[] command)
    {
        var workspace = await InitAsync();
        var file = _folder.Write("w/lake", "mine");

        var ended = (await workspace.RunAsync(command)).With(exitCode: 2);

        ended.Error.ShouldContain("LAKE_IS_FILE");
        ended.Error.ShouldContain(file);
        (await File.ReadAllTextAsync(file)).ShouldBe("mine");
    }

    [Fact]
    public async Task Table_ThatCouldNotBeOne_IsUnknownAndQuotedAsItWasTyped()
    {
        var workspace = await InitAsync();

        var ended = (await workspace.RunAsync("compact", "bars")).With(exitCode: 2);

        ended.Error.ShouldContain("TABLE_UNKNOWN: The lake has no table bars, and no other yet.");
    }

    [Fact]
    public async Task Backfill_OfARangeThatEndsBeforeItBegins_EndsWith2()
    {
        var workspace = await InitAsync();

        var ended = await workspace.RunAsync("backfill", "--from", "2025-06-27", "--to", "2025-06-23");

        ended.With(exitCode: 2).Error.ShouldContain("RANGE_EMPTY");
    }

    [Fact]
    public async Task Init_ThenDoctor_SaysThatTheTokenIsMissing()
    {
        var workspace = await InitAsync();

        var ended = (await workspace.RunAsync("doctor", "--json")).With(exitCode: 1);

        var answer = ended.Json();
        answer.GetProperty("ok").GetBoolean().ShouldBeFalse();
        var bad = answer.GetProperty("checks").EnumerateArray().Where(c => !c.GetProperty("ok").GetBoolean());
        var vendor = bad.ShouldHaveSingleItem();
        vendor.Text("check").ShouldBe("vendor");
        vendor.Text("message").ShouldContain("TUSHARE_TOKEN");

        (await TidemarkProcess.RunAsync(_folder.Path, "init", "w"))
            .With(exitCode: 2)
            .Error.ShouldContain("WORKSPACE_EXISTS");
    }

    [Fact]
    public async Task Run_WithoutAToken_IsBlockedAndLeavesARow()
    {
        var workspace = await InitAsync();

        var ended = (await workspace.RunAsync("run", "universe", "--json")).With(exitCode: 3);

        ended.Json().GetProperty("runs")[0].Text("blocked_stage").ShouldBe("token");
        ended.Error.ShouldContain("TUSHARE_TOKEN");
        await ShouldBeBlockedAsync(workspace, "token");
        workspace.CommittedTables().ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_WithAWrongToken_IsBlockedWithTheVendorsWords()
    {
        await using var simulator = await SimulatorProcess.SmallMarketAsync(_folder.Path);
        var workspace = Workspace.Create(
            _folder.At("w"),
            simulator.Url,
            "2025-06-25",
            "2025-06-27",
            token: "wrong-5f2d9c"
        );

        var ended = (await workspace.RunAsync("run", "universe")).With(exitCode: 3);

        ended.Error.ShouldContain("token不对");
        var run = await ShouldBeBlockedAsync(workspace, "readiness");
        run.ShouldContain("token不对");
        (ended.Out + ended.Error + run).ShouldNotContain("5f2d9c", Case.Sensitive, "a token is never shown");
        workspace.CommittedTables().ShouldBeEmpty();
    }

    [Fact]
    public async Task Control_OfANewerProgram_IsRefusedAndLeftAlone()
    {
        var workspace = await InitAsync();
        (await workspace.RunAsync("runs")).With(exitCode: 0);
        var database = _folder.At("w", "control.db");
        await using (var connection = new SqliteConnection($"Data Source={database};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText =
                "insert into schema_migrations (version, name, checksum, program, applied_at) values (9999, 'from_the_future', 'x', 'tidemark 99.0', 0)";
            await command.ExecuteNonQueryAsync();
        }

        foreach (var command in new[] { "runs", "status", "run" })
        {
            var ended = (await workspace.RunAsync(command)).With(exitCode: 2);

            ended.Error.ShouldContain("CONTROL_NEWER");
            ended.Error.ShouldContain("9999");
            ended.Error.ShouldContain("tidemark 99.0");
        }
    }

    [Fact]
    public async Task Sql_BeforeAnythingWasFetched_SaysWhatToRun()
    {
        var workspace = await InitAsync();

        var ended = (await workspace.RunAsync("sql", "SELECT 1")).With(exitCode: 2);

        ended.Error.ShouldContain("CATALOG_MISSING");
        ended.Error.ShouldContain("tidemark run");
        (await workspace.JsonAsync("tables")).GetArrayLength().ShouldBe(0);
    }

    private async Task<Workspace> InitAsync()
    {
        (await TidemarkProcess.RunAsync(_folder.Path, "init", "w")).With(exitCode: 0);
        // A plan without an end would need a calendar that reaches until the day of this test.
        return new Workspace(
            _folder.At("w"),
            new Dictionary<string, string> { ["TIDEMARK__PLAN__TO"] = SimulatorProcess.Today }
        );
    }

    private static async Task<string> ShouldBeBlockedAsync(Workspace workspace, string stage)
    {
        var run = (await workspace.JsonAsync("runs")).EnumerateArray().ShouldHaveSingleItem();
        run.Text("status").ShouldBe("failed");
        run.GetProperty("meta").Text("blockedStage").ShouldBe(stage);
        run.GetProperty("meta").Text("errorCode").ShouldNotBeEmpty();
        return run.ToString();
    }
}
