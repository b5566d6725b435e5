using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// Mistakes on the command line of a workspace with data: a line that says which, the promised exit code, never a stack
/// trace.
/// </summary>
public sealed class MistakeTests(SmallLake lake) : IClassFixture<SmallLake>
{
    [Theory]
    [InlineData("did you mean 'source_pool'?", "--pool", "source_pol")]
    [InlineData("did you mean 'stock'?", "--bucket", "stok")]
    [InlineData("did you mean 'stock.daily_bars'?", "--check", "stock.daily_bar")]
    [InlineData("symbols look like 600519.SH", "--entity", "999999")]
    [InlineData("000001.SH or 000001.SZ", "--entity", "000001")]
    public async Task Status_OfWhatIsNotThere_EndsWith2(string words, params string[] filter)
    {
        var ended = (await lake.Workspace.RunAsync(["status", .. filter])).With(exitCode: 2);

        ended.Error.ShouldContain("STATUS_FILTER_UNKNOWN");
        ended.Error.ShouldContain(words);
        ended.Out.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--days takes a whole number from 1", "status", "--days", "0")]
    [InlineData("--days takes a whole number from 1", "status", "--days", "-3")]
    [InlineData("--last takes a whole number from 1", "runs", "--last", "0")]
    [InlineData("--jobs takes a whole number from 1 to 64", "backfill", "--jobs", "0")]
    [InlineData("--port takes a whole number from 0 to 65535", "sim", "tushare", "--port", "99999")]
    [InlineData("--port takes a whole number from 0 to 65535", "sim", "tws", "--port", "-1")]
    [InlineData("--stocks takes a whole number from 1", "demo", "--stocks", "0")]
    public async Task Number_OutOfItsRange_EndsWith2(string words, params string[] command)
    {
        var ended = (await lake.Workspace.RunAsync(command)).With(exitCode: 2);

        ended.Error.Split('\n').ShouldContain(words);
        ended.Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task CommandLine_ThatIsWrongInJson_IsOneDocument()
    {
        var ended = (await lake.Workspace.RunAsync("status", "--days", "x", "--json")).With(exitCode: 2);

        var error = ended.Json().GetProperty("error");
        error.Text("code").ShouldBe("USAGE");
        error.Text("message").ShouldContain("--days");
        ended.Error.ShouldContain("--help");
    }

    [Fact]
    public async Task Sql_IntoAFileThatCannotBe_EndsWith1AndNamesIt()
    {
        var file = lake.Scratch("nowhere/rows.csv");

        var ended = await lake.Workspace.RunAsync("sql", "SELECT 1", "--format", "csv", "-o", file);

        ended.With(exitCode: 1).Error.ShouldContain("FILE_FAILED");
        ended.Error.ShouldContain(file);
        ended.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Output_ThatIsFull_EndsWith1WithoutAStackTrace()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here");

        await using var shell = TidemarkProcess.StartTool(
            "/bin/sh",
            lake.Workspace.Folder,
            new Dictionary<string, string>(),
            "-c",
            $"\"{Checkout.Program}\" status --json > /dev/full"
        );

        var ended = (await shell.EndAsync()).With(exitCode: 1);
        ended.Error.ShouldContain("FILE_FAILED");
        ended.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Sql_ValuesThatDotNetHasNoTypeFor_AreWrittenAsDuckDbDoes()
    {
        var row = (
            await lake.Workspace.SqlAsync(
                """
                SELECT INTERVAL '14 months 3 days 04:05:06.5' AS i, INTERVAL '-61 seconds' AS n, INTERVAL 0 DAY AS z,
                    '01234567-89ab-cdef-0123-456789abcdef'::UUID AS u, '340282366920938463463374607431768211455'::UHUGEINT AS h,
                    '18446744073709551615'::UBIGINT AS b
                """
            )
        ).Single();

        row.Text("i").ShouldBe("1 year 2 months 3 days 04:05:06.5");
        row.Text("n").ShouldBe("-00:01:01");
        row.Text("z").ShouldBe("00:00:00");
        row.Text("u").ShouldBe("01234567-89ab-cdef-0123-456789abcdef");
        row.GetProperty("h").GetRawText().ShouldBe("340282366920938463463374607431768211455");
        row.GetProperty("b").GetUInt64().ShouldBe(ulong.MaxValue);
    }

    [Fact]
    public async Task Sql_InAWorkspaceThatWasCopied_ReadsTheCopy()
    {
        const string Count = "SELECT count(*) AS n FROM ods.ods_daily";
        var copy = new Workspace(lake.Scratch("copy"));
        Copy(lake.Workspace.Folder, copy.Folder);
        var catalog = await File.ReadAllBytesAsync(Path.Combine(copy.Folder, "catalog.duckdb"));

        var expected = (await lake.Workspace.SqlAsync(Count)).Single().Number("n");
        (await copy.SqlAsync(Count)).Single().Number("n").ShouldBe(expected);
        (await File.ReadAllBytesAsync(Path.Combine(copy.Folder, "catalog.duckdb"))).ShouldBe(catalog);

        // With the catalog made anew, the copy no longer needs to work around it.
        (await copy.RunAsync("doctor", "--repair")).Out.ShouldContain("catalog");
        (await copy.SqlAsync(Count)).Single().Number("n").ShouldBe(expected);
    }

    [Fact]
    public async Task Build_OfWhatIsUpToDate_SaysSo()
    {
        (await lake.Workspace.RunAsync("build")).With(exitCode: 0);

        var again = (await lake.Workspace.RunAsync("build")).With(exitCode: 0);

        again.Out.ShouldContain("everything is up to date");
    }

    [Fact]
    public async Task Backfill_OfDaysThatAreNoTradingDays_SaysThatThereIsNothing()
    {
        var ended = await lake.Workspace.RunAsync("backfill", "--from", "2025-06-28", "--to", "2025-06-29");

        ended
            .With(exitCode: 0)
            .Out.ShouldContain("Nothing that was asked for is finished from 2025-06-28 to 2025-06-29");
    }

    [Theory]
    [InlineData("1980-01-01", "1990-12-20", 0)] // "everything": earlier than any calendar
    [InlineData("2099-01-05", "2099-02-05", 0)] // to come
    [InlineData("2025-06-28", "2025-06-29", 0)] // a weekend
    public async Task Run_OfAnOddPlan_EndsWellAndSaysSo(string from, string to, int exitCode)
    {
        var folder = lake.Scratch($"plan-{from}");
        await using var simulator = await SimulatorProcess.SmallMarketAsync(lake.Scratch(""));
        var workspace = Workspace.Create(folder, simulator.Url, from, to);

        var ended = (await workspace.RunAsync("run")).With(exitCode);

        ended.Out.ShouldContain("targets: none yet");
        ended.Out.ShouldContain("universe: success");
        if (from != "1980-01-01")
        {
            ended.Out.ShouldContain($"No day of the plan is finished yet: it begins on {from}");
        }

        (await workspace.RunAsync("status")).With(exitCode: 0);
        (await workspace.RunAsync("sql", "SELECT count(*) FROM ods.ods_stock_basic")).With(exitCode: 0);
        (await workspace.RunAsync("doctor")).With(exitCode: 0);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
