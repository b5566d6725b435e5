using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// A lake with two versions of most tables, made once: two days, then four. Each test has tables of its own.
/// </summary>
public sealed class AgingLake : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal Workspace Workspace { get; private set; } = null!;

    /// <summary>The versions of ods_daily with two days and with four.</summary>
    internal List<long> Versions { get; } = [];

    public async ValueTask InitializeAsync()
    {
        await using var simulator = await SimulatorProcess.SmallMarketAsync(_folder.Path);
        Workspace = Workspace
            .Create(
                _folder.At("w"),
                simulator.Url,
                "2025-06-24",
                "2025-06-27",
                more: "retention: { ods_index_daily: 30d, dwd.dwd_stock_daily: 7d }"
            )
            .Here;
        await Workspace.WithWavesAsync();
        foreach (var to in new[] { "2025-06-25", "2025-06-27" })
        {
            (await Workspace.RunAsync("backfill", "--from", "2025-06-24", "--to", to, "--no-build", "--json")).With(
                exitCode: 0
            );
            // How many commits a backfill makes is a question of time.
            var tables = await Workspace.JsonAsync("tables");
            Versions.Add(tables.EnumerateArray().Single(t => t.Text("table") == "ods.ods_daily").Number("version"));
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The commands that look back, and those that tidy up.</summary>
public sealed class OverTimeTests(AgingLake lake) : IClassFixture<AgingLake>
{
    private readonly Workspace _workspace = lake.Workspace;

    [Fact]
    public async Task Restore_AnOlderVersion_IsSeenByDiffHistoryAndTheCatalog()
    {
        const string Days = "SELECT count(DISTINCT dt) AS days FROM ods.ods_daily";
        var (first, last) = (lake.Versions[0], lake.Versions[1]);
        var diff = await _workspace.JsonAsync("diff", "ods.ods_daily", $"{first}", $"{last}", "--rows", "3");
        diff.GetProperty("partitions").GetArrayLength().ShouldBe(2);
        diff.Number("added").ShouldBeGreaterThan(100);
        (diff.Number("removed"), diff.Number("changed")).ShouldBe((0, 0));
        diff.GetProperty("rows").GetArrayLength().ShouldBe(3);

        var restored = await _workspace.JsonAsync("restore", "ods_daily", "--version", $"{first}");

        restored.Number("version").ShouldBe(last + 1);
        restored.GetProperty("is_new_version").GetBoolean().ShouldBeTrue();
        (await _workspace.SqlAsync(Days)).Single().Number("days").ShouldBe(2);
        var history = (await _workspace.JsonAsync("history", "ods.ods_daily")).EnumerateArray().ToArray();
        history[0].Text("operation").ShouldBe("RESTORE");
        history[0].GetProperty("parameters").Text("version").ShouldBe($"{first}");
        (await _workspace.RunAsync("history", "ods.ods_daily")).With(exitCode: 0).Out.ShouldContain("RESTORE");

        // Back to the newest data, by the moment at which it stood.
        var moment = history[1].Text("timestamp");
        (await _workspace.JsonAsync("sql", Days, "--as-of", moment))[0].Number("days").ShouldBe(4);
        (await _workspace.JsonAsync("restore", "ods.ods_daily", "--as-of", moment))
            .Number("restored_version")
            .ShouldBe(last);
        (await _workspace.SqlAsync(Days)).Single().Number("days").ShouldBe(4);
    }

    [Theory]
    [InlineData("VERSION_UNKNOWN", "restore", "ods.ods_fund_basic", "--version", "99")]
    [InlineData("VERSION_INVALID", "restore", "ods.ods_fund_basic")]
    [InlineData("VERSION_INVALID", "restore", "ods.ods_fund_basic", "--version", "0", "--as-of", "2026-01-01")]
    [InlineData("TABLE_UNKNOWN", "restore", "ods.ods_nothing", "--version", "0")]
    [InlineData("TABLE_UNKNOWN", "diff", "ods.ods_nothing", "0", "1")]
    [InlineData("VERSION_UNKNOWN", "diff", "ods.ods_fund_basic", "0", "99")]
    [InlineData("TABLE_UNKNOWN", "verify", "ods.ods_nothing")]
    [InlineData("TABLE_UNKNOWN", "vacuum", "ods.ods_nothing")]
    [InlineData("VACUUM_TOO_YOUNG", "vacuum", "--older-than", "59m")]
    [InlineData("is not a duration", "vacuum", "--older-than", "a week")]
    [InlineData("is not a moment", "sql", "SELECT 1", "--as-of", "yesterday")]
    [InlineData("not both", "vacuum", "--apply", "--dry-run")]
    public async Task Command_ThatCannotBeDone_EndsWith2AndSaysWhy(string why, params string[] arguments) =>
        (await _workspace.RunAsync(arguments)).With(exitCode: 2).Error.ShouldContain(why);

    [Fact]
    public async Task Verify_ADamagedFile_EndsWith1AndNamesIt()
    {
        (await _workspace.JsonAsync("verify", "ods.ods_fund_daily")).GetProperty("ok").GetBoolean().ShouldBeTrue();
        var file = _workspace
            .LakeFiles("*.parquet")
            .First(f => f.Contains("ods_fund_daily/dt=2025-06-26", StringComparison.Ordinal));
        var path = Path.Combine(_workspace.Lake, file);
        var whole = await File.ReadAllBytesAsync(path);
        await File.AppendAllTextAsync(path, "more");

        var ended = (await _workspace.RunAsync("verify", "ods.ods_fund_daily", "--quick", "--json")).With(exitCode: 1);
        await File.WriteAllBytesAsync(path, whole);

        var table = ended.Json().GetProperty("tables")[0];
        table.GetProperty("faults")[0].Text("path").ShouldEndWith(Path.GetFileName(file));
        table.GetProperty("faults")[0].Text("what").ShouldContain("bytes");
    }

    [Fact]
    public async Task Doctor_Repair_SaysWhatItMended()
    {
        var marker = Path.Combine(_workspace.Lake, "ods/ods_adj_factor/dt=2025-06-26/_SUCCESS");
        File.Delete(marker);
        (await _workspace.RunAsync("verify", "ods.ods_adj_factor")).With(exitCode: 0).Out.ShouldContain("--repair");
        (await _workspace.RunAsync("doctor")).Out.ShouldContain("ods_adj_factor/dt=2025-06-26/_SUCCESS: it is missing");

        var repair = (await _workspace.JsonAsync("doctor", "--repair"))
            .GetProperty("checks")
            .EnumerateArray()
            .Single(c => c.Text("check") == "repair");

        repair.Text("message").ShouldContain("ods.ods_adj_factor: markers of 1 partition");
        File.Exists(marker).ShouldBeTrue();
    }

    [Fact]
    public async Task Retention_DropsWhatTheWorkspaceKeepsNoLonger()
    {
        var dry = await _workspace.JsonAsync("retention");
        dry.GetProperty("applied").GetBoolean().ShouldBeFalse();

        var applied = await _workspace.JsonAsync("retention", "--apply");

        var tables = applied.GetProperty("tables").EnumerateArray().ToArray();
        tables.Select(t => t.Text("table")).ShouldBe(["dwd.dwd_stock_daily", "ods.ods_index_daily"]);
        (tables[1].Number("partitions"), tables[1].Number("days"), tables[0].Number("partitions")).ShouldBe((4, 30, 0));
        (await _workspace.SqlAsync("SELECT count(*) AS n FROM ods.ods_index_daily")).Single().Number("n").ShouldBe(0);
        (await _workspace.JsonAsync("history", "ods.ods_index_daily"))[0].Text("operation").ShouldBe("RETENTION");
    }

    [Fact]
    public async Task Vacuum_OfAYoungLake_RemovesNothing()
    {
        var answer = await _workspace.JsonAsync("vacuum", "--apply");

        answer.GetProperty("applied").GetBoolean().ShouldBeTrue();
        answer.GetProperty("tables").EnumerateArray().Sum(t => t.Number("files")).ShouldBe(0);
    }

    [Fact]
    public async Task CatalogMigrate_ListsTheMigrations()
    {
        var answer = await _workspace.JsonAsync("catalog", "migrate");

        answer.GetProperty("migrations")[0].Text("name").ShouldBe("tables");
        answer.GetProperty("migrations")[0].Text("change").ShouldBe("same");
        (await _workspace.SqlAsync("SELECT * FROM catalog_meta.tables WHERE table_name = 'ods.ods_stock_basic'"))
            .Single()
            .Number("row_count")
            .ShouldBeGreaterThan(0);
    }
}
