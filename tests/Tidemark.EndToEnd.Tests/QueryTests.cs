using Tidemark.DuckDb;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>A lake with more than one version, made once: two days, then four.</summary>
public sealed class SmallLake : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal Workspace Workspace { get; private set; } = null!;

    internal string Scratch(string name) => _folder.At(name);

    public async ValueTask InitializeAsync()
    {
        await using var simulator = await SimulatorProcess.SmallMarketAsync(_folder.Path);
        Workspace = Workspace.Create(_folder.At("w"), simulator.Url, "2025-06-24", "2025-06-27");
        foreach (var to in new[] { "2025-06-25", "2025-06-27" })
        {
            (await Workspace.RunHereAsync("backfill", "--from", "2025-06-24", "--to", to, "--json")).With(exitCode: 0);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>What is asked of a lake that is there.</summary>
public sealed class QueryTests(SmallLake lake) : IClassFixture<SmallLake>
{
    private const string Count = "SELECT count(DISTINCT dt) AS days, count(*) AS n FROM ods.ods_daily";

    [Fact]
    public async Task Sql_AsOfVersion_ReadsTheOlderVersion()
    {
        var now = (await lake.Workspace.SqlAsync(Count)).Single();
        now.Number("days").ShouldBe(4);

        var before = (await lake.Workspace.JsonAsync("sql", Count, "--as-of-version", "ods.ods_daily=0"))
            .EnumerateArray()
            .Single();

        before.Number("days").ShouldBe(2);
        before.Number("n").ShouldBeLessThan(now.Number("n"));
    }

    [Theory]
    [InlineData("ods.ods_daily=99", "VERSION_UNKNOWN")]
    [InlineData("ods.ods_nothing=0", "TABLE_UNKNOWN")]
    [InlineData("ods.ods_daily", "VERSION_INVALID")]
    public async Task Sql_AsOfAVersionThatIsNotThere_EndsWith2(string version, string code)
    {
        var ended = await lake.Workspace.RunAsync("sql", "SELECT 1", "--as-of-version", version);

        ended.With(exitCode: 2).Error.ShouldContain(code);
    }

    [Theory]
    [InlineData("CREATE TABLE x AS SELECT 1")]
    [InlineData("INSERT INTO ods.ods_daily SELECT * FROM ods.ods_daily")]
    [InlineData("COPY (SELECT 1) TO 'x.csv'")]
    [InlineData("SELECT 1; COPY (SELECT 1) TO 'x.csv'")]
    [InlineData("EXPLAIN ANALYZE COPY (SELECT 1) TO 'x.csv'")]
    [InlineData("/* harmless */ DROP VIEW ods.ods_daily")]
    [InlineData("SELECT E'\\'' ; COPY (SELECT 1) TO 'x.csv' --'")]
    [InlineData("")]
    public async Task Sql_ThatIsNotOneQuery_EndsWith2(string query)
    {
        foreach (string[] more in new[] { [], new[] { "--as-of-version", "ods.ods_daily=0" } })
        {
            var ended = await lake.Workspace.RunAsync(["sql", query, .. more]);

            ended.With(exitCode: 2).Error.ShouldContain("SQL_NOT_A_QUERY");
            ended.Out.ShouldBeEmpty();
        }

        File.Exists(Path.Combine(lake.Workspace.Folder, "x.csv")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("SELECT ';' AS a -- ; and more")]
    [InlineData("(SELECT $$;$$ AS a);")]
    [InlineData("EXPLAIN SELECT 1 AS \";\"")]
    [InlineData("PIVOT ods.ods_daily ON ts_code IN ('600519.SH') USING sum(close) GROUP BY dt")]
    public async Task Sql_OneQueryWithSemicolonsInside_IsAnswered(string query) =>
        (await lake.Workspace.RunAsync("sql", query, "--format", "csv")).With(exitCode: 0).Out.ShouldNotBeEmpty();

    [Fact]
    public async Task Sql_OfAFileOutsideTheLake_IsRefused()
    {
        var file = lake.Scratch("secret.csv");
        await File.WriteAllTextAsync(file, "a\nsecret\n");
        var query = $"SELECT * FROM read_csv('{file}')";

        foreach (string[] more in new[] { [], new[] { "--as-of-version", "ods.ods_daily=0" } })
        {
            var ended = await lake.Workspace.RunAsync(["sql", query, .. more]);

            ended.With(exitCode: 2).Error.ShouldContain("Permission Error");
            ended.Out.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Sql_WhatUsersOfDuckDbTypeFirst_IsAnswered()
    {
        foreach (string[] more in new[] { [], new[] { "--as-of-version", "ods.ods_daily=0" } })
        {
            async Task<string[]> NamesAsync(string query, string column) =>
                [
                    .. (await lake.Workspace.JsonAsync(["sql", query, .. more]))
                        .EnumerateArray()
                        .Select(r => r.Text(column)),
                ];

            (await NamesAsync("show tables; -- all of them", "name")).ShouldContain("ods.ods_daily");
            (await NamesAsync("SHOW TABLES", "name")).ShouldAllBe(n =>
                n.Contains('.') && !n.StartsWith("catalog_meta")
            );
            (await NamesAsync("DESCRIBE", "name")).ShouldContain("ods_daily");
            (await NamesAsync("DESCRIBE ods.ods_daily", "column_name")).ShouldContain("ts_code");
            (await NamesAsync("SUMMARIZE ods.ods_daily", "column_name")).ShouldContain("ts_code");
        }

        (await lake.Workspace.RunAsync("sql", "DESCRIBE ods_daily")).Error.ShouldContain("Did you mean ods.ods_daily?");
    }

    [Fact]
    public async Task Sql_EachFormat_HoldsTheSameRows()
    {
        const string Query = "SELECT ts_code, trade_date, close, vol FROM ods.ods_daily ORDER BY ALL LIMIT 5";
        var json = await lake.Workspace.SqlAsync(Query);
        json.Count.ShouldBe(5);

        var csv = (await lake.Workspace.RunAsync("sql", Query, "--format", "csv")).With(exitCode: 0).Out;
        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("ts_code,trade_date,close,vol");
        lines[1..].ShouldBe(json.Select(r => string.Join(',', r.EnumerateObject().Select(p => p.Value.ToString()))));

        var file = lake.Scratch("rows.parquet");
        (await lake.Workspace.RunAsync("sql", Query, "--format", "parquet", "-o", file)).With(exitCode: 0);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var rows = connection.Query(
            $"SELECT close FROM read_parquet({DuckDbSql.Literal(file)}) ORDER BY ts_code, trade_date"
        );
        rows.Rows().Select(r => (double)r[0]!).ShouldBe(json.Select(r => r.GetProperty("close").GetDouble()));

        var table = (await lake.Workspace.RunAsync("sql", Query)).With(exitCode: 0).Out;
        table.ShouldContain("ts_code");
        table.ShouldContain(json[0].Text("ts_code"));

        (await lake.Workspace.RunAsync("sql", Query, "--format", "parquet"))
            .With(exitCode: 2)
            .Error.ShouldContain("OUTPUT_MISSING");
    }

    [Fact]
    public async Task Sql_OutputIntoWhatIsNoFile_IsRefusedAndItStays()
    {
        using var folder = new TemporaryFolder();
        var (pipe, link) = (folder.At("pipe"), folder.At("link"));
        using (var made = System.Diagnostics.Process.Start("mkfifo", [pipe]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        File.CreateSymbolicLink(link, folder.At("elsewhere"));
        foreach (var output in new[] { pipe, link })
        {
            (await lake.Workspace.RunAsync("sql", "SELECT 1", "--format", "csv", "-o", output))
                .With(exitCode: 2)
                .Error.ShouldContain("OUTPUT_TAKEN");
        }

        Core.Files.DataFile.IsPipeOrDevice(pipe).ShouldBeTrue();
        new FileInfo(link).LinkTarget.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("control.db")]
    [InlineData("tidemark.yaml")]
    [InlineData("catalog.duckdb")]
    [InlineData("lake/ods/ods_daily/_delta_log/00000000000000000000.json")]
    [InlineData("lake/ods/ods_daily/new.csv")]
    [InlineData("./lake/../lake/x.csv")]
    [InlineData("way/x.csv")]
    public async Task Sql_OutputIntoTheWorkspaceItself_IsRefusedAndNothingIsWritten(string output)
    {
        var way = Path.Combine(lake.Workspace.Folder, "way");
        if (!Directory.Exists(way))
        {
            Directory.CreateSymbolicLink(way, Path.Combine(lake.Workspace.Lake, "ods"));
        }

        var path = Path.Combine(lake.Workspace.Folder, output);
        var before = File.Exists(path) ? await File.ReadAllBytesAsync(path) : null;

        (await lake.Workspace.RunAsync("sql", "SELECT 1", "--format", "csv", "-o", output))
            .With(exitCode: 2)
            .Error.ShouldContain("OUTPUT_TAKEN");

        (File.Exists(path) ? await File.ReadAllBytesAsync(path) : null).ShouldBe(before);
    }

    [Fact]
    public async Task Tables_AndHistory_NameTheVersions()
    {
        var daily = (await lake.Workspace.JsonAsync("tables"))
            .EnumerateArray()
            .Single(t => t.Text("table") == "ods.ods_daily");
        string[] promised = ["table", "version", "timestamp", "operation", "rows", "files", "bytes"];
        promised.ShouldBeSubsetOf(daily.Members());
        daily.Number("version").ShouldBe(1);
        daily.Number("files").ShouldBe(4);

        var history = (await lake.Workspace.JsonAsync("history", "ods.ods_daily")).EnumerateArray().ToArray();
        history.Select(v => v.Number("version")).ShouldBe([1, 0]);
        promised.ShouldBeSubsetOf(history[0].Members());
        var runs = (await lake.Workspace.JsonAsync("runs")).EnumerateArray().Select(r => r.Text("id")).ToArray();
        history.Select(v => v.Text("run_id")).ShouldBe(runs);

        var shown = await lake.Workspace.JsonAsync("runs", "show", runs[0][..8]);
        shown.GetProperty("run").Text("id").ShouldBe(runs[0]);
        shown.GetProperty("steps").EnumerateArray().Select(s => s.Text("stage")).Distinct().Count().ShouldBe(4);

        (await lake.Workspace.RunAsync("history", "ods.ods_nothing"))
            .With(exitCode: 2)
            .Error.ShouldContain("TABLE_UNKNOWN");
    }

    [Fact]
    public async Task CatalogRefresh_AfterTheCatalogWasLost_MakesItAgain()
    {
        var catalog = Path.Combine(lake.Workspace.Folder, "catalog.duckdb");
        var moved = lake.Scratch("elsewhere.duckdb");
        File.Copy(catalog, moved, overwrite: true);

        var answer = await lake.Workspace.JsonAsync("catalog", "refresh");

        answer.Text("catalog").ShouldBe(catalog);
        answer.GetProperty("tables").Number("ods.ods_daily").ShouldBe(1);
        // The macro of a day, by any DuckDB.
        using var database = DuckDbDatabase.Open(catalog, new DuckDbSettings(ReadOnly: true));
        using var connection = database.Connect();
        Convert
            .ToInt64(connection.Scalar("SELECT count(*) FROM ods.ods_daily_dt('2025-06-25')"))
            .ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task Doctor_OfAGoodWorkspace_FindsNothing()
    {
        var answer = await lake.Workspace.JsonAsync("doctor");

        answer.GetProperty("ok").GetBoolean().ShouldBeTrue();
        answer
            .GetProperty("checks")
            .EnumerateArray()
            .Select(c => c.Text("check"))
            .ShouldBe([
                "workspace",
                "definitions",
                "calendars",
                "engine",
                "control",
                "lake",
                "log",
                "lease",
                "catalog",
                "symbols",
                "vendor",
                "sources",
                "clock",
                "disk",
            ]);
    }
}
