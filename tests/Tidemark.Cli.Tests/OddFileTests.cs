using Tidemark.Testing;

namespace Tidemark.Cli.Tests;

/// <summary>
/// Pipes and folders in the places of files: no command waits for them, and each that needs the file names it.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class OddFileTests(SmallLake lake) : IClassFixture<SmallLake>
{
    private const string Daily = "lake/ods/ods_daily";
    private const string Count = "SELECT count(*) FROM ods.ods_daily";

    [Theory]
    [InlineData("definitions/datasets/a.yaml", "status")]
    [InlineData("definitions/datasets/a.yaml", "doctor")]
    [InlineData("definitions/checks/a.yaml", "status")]
    [InlineData("definitions/calendars/XSHG.csv", "status")]
    [InlineData("definitions/sessions.csv", "doctor")]
    [InlineData("definitions/warehouse/dwd/dwd_a.sql", "build")]
    [InlineData("definitions/warehouse/dw_config.yaml", "build")]
    [InlineData("definitions/catalog/100_a.sql", "catalog refresh")]
    [InlineData("tidemark.yaml", "status")]
    [InlineData("control.db", "runs")]
    [InlineData("control.db-wal", "runs")]
    [InlineData("control.db-shm", "runs")]
    [InlineData("control.db-journal", "runs")]
    [InlineData(Daily + "/_delta_log/00000000000000000000.json", "status")]
    [InlineData(Daily + "/_delta_log/00000000000000000000.json", "verify")]
    [InlineData("catalog.duckdb", "doctor")]
    [InlineData("catalog.duckdb.wal", "doctor")]
    public async Task Pipe_InAFilesPlace_IsNamed(string file, string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no named pipes among files");
        using var copy = await lake.CopyAsync();
        NamedPipe.InPlaceOf(copy.At(file));

        var answer = await copy.RunAsync(command.Split(' '));

        answer.ExitCode.ShouldNotBe(0, answer.Out);
        (answer.Out + answer.Error).ShouldContain(Path.GetFileName(file));
        (answer.Out + answer.Error).ShouldContain("pipe");
    }

    [Theory]
    [InlineData("sql", 1)]
    [InlineData("verify", 1)]
    [InlineData("catalog refresh", 4)]
    [InlineData("status", 4)]
    [InlineData("compact", 4)]
    [InlineData("build --full", 1)]
    public async Task Pipe_InADataFilesPlace_IsWaitedForByNobody(string command, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no named pipes among files");
        using var copy = await lake.CopyAsync();
        var file = copy.Data("ods/ods_daily");
        NamedPipe.InPlaceOf(file);

        var answer = await copy.RunAsync(
            command == "sql" ? ["sql", "SELECT sum(close) FROM ods.ods_daily"] : command.Split(' ')
        );

        (answer.Out + answer.Error).ShouldContain(Path.GetFileName(file), customMessage: $"{answer}");
        answer.ExitCode.ShouldBe(exitCode, $"{answer}");
    }

    [Fact]
    public async Task Folder_OrLinkToNowhere_InALogEntrysPlace_IsNoEndOfTheLog()
    {
        using var copy = await lake.CopyAsync();
        var log = copy.At(Daily + "/_delta_log");
        var newest = Directory.GetFiles(log, "*.json").Order().Last();
        File.Delete(newest);
        Directory.CreateDirectory(newest);
        await NamedAsync();
        Directory.Delete(newest);
        File.CreateSymbolicLink(newest, "nowhere");
        await NamedAsync();

        async Task NamedAsync()
        {
            var answer = await copy.RunAsync("tables");
            answer.ExitCode.ShouldBe(4, $"{answer}");
            answer.Error.ShouldContain($"LOG_CORRUPT: ods/ods_daily/_delta_log/{Path.GetFileName(newest)}");
        }
    }

    [Fact]
    public async Task Link_ToAnotherTable_IsNothingThatRetentionDrops()
    {
        using var copy = await lake.CopyAsync();
        var link = copy.At("lake/ods/ods_fund_daily");
        if (Directory.Exists(link))
        {
            Directory.Delete(link, recursive: true);
        }

        Directory.CreateSymbolicLink(link, "ods_daily");
        var yaml = await File.ReadAllLinesAsync(copy.At("tidemark.yaml"), TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(
            copy.At("tidemark.yaml"),
            yaml.Select(l =>
                l.StartsWith("retention:", StringComparison.Ordinal) ? "retention: { ods_fund_daily: 7d }" : l
            ),
            TestContext.Current.CancellationToken
        );

        var answer = await copy.RunAsync("retention", "--apply");

        answer.ExitCode.ShouldBe(2, $"{answer}");
        answer.Error.ShouldContain("TABLE_IS_LINK");
    }

    [Theory]
    [InlineData("_last_checkpoint")]
    [InlineData("00000000000000000000.checkpoint.parquet")]
    public async Task Pipe_InThePlaceOfWhatTheLogCanDoWithout_ChangesNothing(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no named pipes among files");
        using var copy = await lake.CopyAsync();
        NamedPipe.InPlaceOf(copy.At($"{Daily}/_delta_log/{name}"));

        (await copy.RunAsync("status")).ExitCode.ShouldBe(0);
        (await copy.RunAsync("verify")).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("folder")]
    [InlineData("junk")]
    [InlineData("nothing")]
    public async Task Catalog_ThatIsNone_KeepsNoQuestionFromItsAnswer(string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && what == "pipe", "there are no named pipes among files");
        using var copy = await lake.CopyAsync();
        var file = copy.At("catalog.duckdb");
        var rows = (await copy.RunAsync("sql", "--json", Count)).Out;
        File.Delete(file);
        switch (what)
        {
            case "pipe":
                NamedPipe.InPlaceOf(file);
                break;
            case "folder":
                Directory.CreateDirectory(file);
                break;
            case "junk":
                File.WriteAllText(file, "junk");
                break;
        }

        (await copy.RunAsync("sql", "--json", Count)).Out.ShouldBe(rows);
        (await copy.RunAsync("status")).ExitCode.ShouldBe(0);
        if (what == "nothing")
        {
            return;
        }

        var doctor = (await copy.RunAsync("doctor")).Out;
        doctor.ShouldContain("CATALOG_UNREADABLE");
        doctor.ShouldContain(file);
        if (what == "folder")
        {
            var refused = await copy.RunAsync("catalog", "refresh");
            refused.Error.ShouldContain("CATALOG_UNREADABLE");
            refused.Error.ShouldContain("Move the folder away, and run `tidemark catalog refresh`");
            Directory.Delete(file);
        }

        (await copy.RunAsync("catalog", "refresh")).ExitCode.ShouldBe(0);
        (await copy.RunAsync("doctor")).Out.ShouldNotContain("CATALOG_UNREADABLE");
    }

    [Fact]
    public async Task Verify_DamagedLog_IsToldOnceAndHasNoVersion()
    {
        using var copy = await lake.CopyAsync();
        File.WriteAllText(copy.At($"{Daily}/_delta_log/00000000000000000000.json"), "{");

        var answer = await copy.RunAsync("verify");

        answer.ExitCode.ShouldBe(1);
        (answer.Out + answer.Error).Split("LOG_CORRUPT").Length.ShouldBe(2, $"{answer}");
        answer.Out.ShouldContain("FAULTY ods.ods_daily has no version that can be read");
    }

    [Fact]
    public async Task Folder_BesideTheControlDatabase_IsNamedAsWhatItIs()
    {
        using var copy = await lake.CopyAsync();
        File.Delete(copy.At("control.db-wal"));
        Directory.CreateDirectory(copy.At("control.db-wal"));

        var answer = await copy.RunAsync("runs");

        answer.Error.ShouldContain("CONTROL_UNREADABLE");
        answer.Error.ShouldContain("control.db-wal is a folder");
        Directory.Delete(copy.At("control.db-wal"));
        (await copy.RunAsync("runs")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Definition_ThatCannotBeRead_IsOneLineOfDoctor()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no named pipes among files");
        using var copy = await lake.CopyAsync();
        NamedPipe.InPlaceOf(copy.At("definitions/datasets/a.yaml"));

        var said = (await copy.RunAsync("doctor")).Out;

        said.ShouldContain("DEFINITION_INVALID");
        said.ShouldContain("disk "); // its last line: it went on
    }

    [Theory]
    [InlineData("verify", Daily)]
    [InlineData("verify", Daily + "/_delta_log")]
    [InlineData("verify", Daily + "/dt=2026-11-19")]
    [InlineData("vacuum", Daily)]
    [InlineData("vacuum", Daily + "/_delta_log")]
    [InlineData("vacuum", Daily + "/dt=2026-11-19")]
    [InlineData("compact", Daily)]
    [InlineData("tables", Daily + "/_delta_log")]
    [InlineData("tables", "lake/dim")]
    public async Task Folder_ThatMayNotBeRead_TakesOnlyItsTable(string command, string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("folders have other rights there");
            return;
        }

        using var copy = await lake.CopyAsync();
        var path = copy.At(folder);
        Directory.Exists(path).ShouldBeTrue(path);
        var mode = File.GetUnixFileMode(path);
        File.SetUnixFileMode(path, UnixFileMode.None);
        try
        {
            Assert.SkipWhen(MayRead(path), "the user of the tests (root) may read everything");

            var answer = await copy.RunAsync(command);

            answer.ExitCode.ShouldBe(4, $"{answer}");
            answer.Error.ShouldContain(
                folder == "lake/dim" ? "left out: dim: STORE_READ_ONLY" : "left out: ods.ods_daily: STORE_READ_ONLY"
            );
            answer.Out.ShouldContain("ods_adj_factor", customMessage: $"{answer}");
        }
        finally
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static bool MayRead(string folder)
    {
        try
        {
            Directory.GetFileSystemEntries(folder);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
