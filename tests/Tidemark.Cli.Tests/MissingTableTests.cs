namespace Tidemark.Cli.Tests;

/// <summary>What a query is told that names a table which is not there, or was not there yet.</summary>
public sealed class MissingTableTests(SmallLake lake) : IClassFixture<SmallLake>
{
    [Theory]
    [InlineData("SELECT count(*) FROM ods.ods_daly", "There is no table ods_daly. Did you mean ods.ods_daily?")]
    [InlineData("SELECT * FROM ods_daily", "There is no table ods_daily. Did you mean ods.ods_daily?")]
    [InlineData("SELECT * FROM odd.ods_daily", "There is no table odd.ods_daily. Did you mean ods.ods_daily?")]
    [InlineData("SELECT * FROM ods.ods_daly_dt('2026-11-20')", "Did you mean ods.ods_daily?")]
    [InlineData("SELECT * FROM quotes", "There are dim.dim_index_member, ")]
    public async Task Sql_OfATableThatIsNotThere_NamesTheNearestOrAllOfOurs(string sql, string said)
    {
        var answer = await lake.RunAsync("sql", sql);

        answer.ExitCode.ShouldBe(2, answer.Out + answer.Error);
        answer.Error.ShouldStartWith("TABLE_UNKNOWN: ");
        answer.Error.ShouldContain(said);
        answer.Error.ShouldContain("`tidemark tables` lists them.");
        answer.Error.ShouldNotContain("duckdb_");
    }

    [Theory]
    [InlineData("history", "ods.ods_dayly")]
    [InlineData("history", "daily")]
    [InlineData("history", "ODS_DAILY")]
    [InlineData("compact", "ods_daly")]
    [InlineData("compact", "ods.ods_daily.")]
    [InlineData("restore", "odd.ods_daily", "--version", "0")]
    [InlineData("diff", "dayly", "0", "1")]
    [InlineData("verify", "Daily")]
    [InlineData("vacuum", "ods-daily")]
    [InlineData("tables", "show", "dayly")]
    [InlineData("tables", "show", "ods.ods_dayly")]
    [InlineData("sql", "--as-of-version", "daly=1", "SELECT 1")]
    public async Task Command_OfATableThatIsNotThere_NamesTheNearest(params string[] typed)
    {
        var answer = await lake.RunAsync(typed);

        answer.ExitCode.ShouldBe(2, answer.Out + answer.Error);
        answer.Error.ShouldStartWith("TABLE_UNKNOWN: ");
        answer.Error.ShouldContain("Did you mean ods.ods_daily? See `tidemark tables`.");
    }

    [Theory]
    [InlineData("history", "nosuch")]
    [InlineData("verify", "nosuch")]
    [InlineData("tables", "show", "nosuch")]
    public async Task Command_OfATableThatNoneIsNear_NamesAll(params string[] typed)
    {
        var answer = await lake.RunAsync(typed);

        answer.ExitCode.ShouldBe(2, answer.Out + answer.Error);
        answer.Error.ShouldContain("no table nosuch");
        answer.Error.ShouldContain("There are dim.dim_index_member, ");
    }

    [Fact]
    public async Task Sql_OfAFileThatIsNotThere_SaysSoAndNamesTheNearest()
    {
        using var workspace = new TemporaryWorkspace();
        await File.WriteAllTextAsync(Path.Combine(workspace.Folder, "query.sql"), "SELECT 1");

        var mistyped = await workspace.RunAsync("sql", "-f", "qery.sql");
        var absent = await workspace.RunAsync("sql", "-f", "elsewhere/it.sql");
        var folder = await workspace.RunAsync("sql", "-f", ".");

        (mistyped.ExitCode, absent.ExitCode, folder.ExitCode).ShouldBe((2, 2, 2));
        mistyped.Error.ShouldStartWith(
            $"QUERY_FILE_MISSING: There is no file {workspace.Folder}/qery.sql; did you mean 'query.sql'? Nothing was asked."
        );
        absent.Error.ShouldContain($"there is no folder {workspace.Folder}/elsewhere. Nothing was asked.");
        folder.Error.ShouldContain("is a folder, not a file. Nothing was asked.");
    }

    [Theory]
    [InlineData("SELECT count(*) FROM ods.ods_daily")]
    [InlineData("SELECT * FROM ods.ods_daily_dt('2026-11-20')")]
    public async Task Sql_AsOfBeforeTheFirstCommit_SaysWhenThatWas(string sql)
    {
        var first = (await lake.RunAsync("history", "ods.ods_daily", "--json"))
            .Json()
            .EnumerateArray()
            .Last()
            .GetProperty("timestamp")
            .GetDateTimeOffset();

        var answer = await lake.RunAsync("sql", sql, "--as-of", "2020-01-01");

        answer.ExitCode.ShouldBe(2, answer.Out + answer.Error);
        answer.Error.ShouldStartWith("TABLE_UNKNOWN: There was no table ods.ods_daily at 2020-01-01 00:00:00Z: ");
        answer.Error.ShouldContain($"the first is of {first:yyyy-MM-dd HH:mm:ss}");
        (await lake.RunAsync("sql", sql, "--as-of", $"{first.AddSeconds(1):yyyy-MM-ddTHH:mm:ssZ}")).ExitCode.ShouldBe(
            0
        );
    }

    [Theory]
    [InlineData("DROP VIEW ods.ods_daily;")]
    [InlineData("ALTER VIEW ods.ods_daily RENAME TO elsewhere;")]
    public async Task Sql_OfATableWhoseViewAFileTakesAway_NamesTheFile(string taken)
    {
        using var copy = await lake.CopyAsync();
        var folder = Directory.CreateDirectory(Path.Combine(copy.Folder, "definitions", "catalog")).FullName;
        File.WriteAllText(Path.Combine(folder, "101_mine.sql"), taken);
        (await copy.RunAsync("catalog", "refresh")).ExitCode.ShouldBe(0);

        var answer = await copy.RunAsync("sql", "SELECT count(*) FROM ods.ods_daily");

        answer.ExitCode.ShouldBe(2, answer.Out + answer.Error);
        answer.Error.ShouldStartWith(
            "CATALOG_MIGRATION: The lake has ods.ods_daily, but the catalog has no view of it, because "
        );
        answer.Error.ShouldContain("101_mine.sql removes it. Correct that file and run `tidemark catalog migrate`.");
    }

    [Fact]
    public async Task Sql_OfATableThatCameAfterTheCatalog_NamesTheRefresh()
    {
        using var copy = await lake.CopyAsync();
        var daily = Path.Combine(copy.Folder, "lake", "ods", "ods_daily");
        Directory.Move(daily, daily + "_away");
        (await copy.RunAsync("catalog", "refresh")).ExitCode.ShouldBe(0);
        Directory.Move(daily + "_away", daily);

        var answer = await copy.RunAsync("sql", "SELECT count(*) FROM ods.ods_daily");

        answer.Error.ShouldBe(
            "TABLE_UNKNOWN: The lake has ods.ods_daily, and the catalog does not yet. `tidemark catalog refresh` shows it.\n"
        );
    }

    [Fact]
    public async Task Sql_OfALakeWithoutTables_NamesTheFirstCommand()
    {
        using var workspace = new TemporaryWorkspace();

        var answer = await workspace.RunAsync("sql", "SELECT * FROM ods.ods_daily");

        answer.ExitCode.ShouldBe(2, answer.Out + answer.Error);
        answer.Error.ShouldContain("`tidemark run`");
    }
}
