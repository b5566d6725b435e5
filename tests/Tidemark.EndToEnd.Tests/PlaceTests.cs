using Tidemark.EndToEnd.Tests.Support;
using Tidemark.Testing;

namespace Tidemark.EndToEnd.Tests;

/// <summary>Where a workspace lies and what else lies in it changes no answer.</summary>
public sealed class PlaceTests
{
    private const string From = "2025-06-24";
    private const string To = "2025-06-25";
    private const string Sums =
        "SELECT (SELECT count(*) FROM ods.ods_daily) AS n, (SELECT sum(close::DECIMAL(18, 2)) FROM ods.ods_daily)::VARCHAR AS close, "
        + "(SELECT string_agg(DISTINCT market, ',' ORDER BY market) FROM ods.ods_stock_basic) AS markets, "
        + "(SELECT count(*) FROM dwd.dwd_stock_daily) AS built, (SELECT count(*) FROM ods.ods_daily_dt('2025-06-25')) AS day";

    [Fact]
    public async Task Workspace_BelowFoldersOfAnyName_HasTheSameAnswersInEveryCommand()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(folder.Path);
        string[] places =
        [
            "plain",
            "market=cn/close=5/dt=2025-06-24",
            "[odd] * ? ' \" # % & ; | { } , ~ $HOME 中文",
            "line\nbreak",
        ];
        var answers = new List<string>();
        foreach (var place in places)
        {
            var workspace = Workspace.Create(folder.At(place), simulator.Url, From, To);
            // A process that works in such a folder, and then the same commands in this one.
            (await workspace.RunAsync("run", "universe", "--quiet")).With(exitCode: 0);
            workspace = workspace.Here;
            (await workspace.RunAsync("build", "--quiet")).With(exitCode: 0);
            var before = (await workspace.JsonAsync("sql", Sums)).GetRawText();
            answers.Add(before);
            (await workspace.RunAsync("status", "--no-color")).With(exitCode: 0).Out.ShouldContain("stock.daily_bars");
            (await workspace.RunAsync("vacuum", "--quiet")).With(exitCode: 0);
            (await workspace.RunAsync("verify", "--quiet")).With(exitCode: 0);
            (await workspace.JsonAsync("sql", Sums)).GetRawText().ShouldBe(before);
        }

        answers.Distinct().Count().ShouldBe(1, string.Join('\n', answers));
    }

    [Fact]
    public async Task Lake_WithThingsThatAreNoTables_GoesOnAndNamesThemWithExitCode4()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(folder.Path);
        var workspace = Workspace.Create(folder.At("w"), simulator.Url, From, To).Here;
        string[] run = ["run", "universe", "--quiet", "--datasets", "tushare.daily"];
        string[] both = ["run", "universe", "--quiet", "--datasets", "tushare.trade_cal,tushare.daily"];
        (await workspace.RunAsync(both)).With(exitCode: 0);
        folder.Write("w/lake/ods/@eaDir/x", "x");
        var entry = Path.Combine(workspace.Lake, "ods/ods_trade_cal/_delta_log/00000000000000000000.json");
        File.WriteAllBytes(entry, File.ReadAllBytes(entry)[..100]);

        foreach (
            var command in (string[][])
                [
                    ["tables"],
                    ["catalog", "refresh"],
                    run,
                    both,
                    ["status"],
                    ["compact", "--quiet"],
                    ["vacuum", "--quiet"],
                ]
        )
        {
            var error = (await workspace.RunAsync(command)).With(exitCode: 4).Error;
            error.ShouldContain("left out: ods.@eaDir: TABLE_NAME_INVALID");
            error.ShouldContain("left out: ods.ods_trade_cal: LOG_CORRUPT");
            error.Split("LOG_CORRUPT").Length.ShouldBe(2, "named once");
        }

        (await workspace.RunAsync("doctor")).With(exitCode: 4).Out.ShouldContain("ods.@eaDir");
        (await workspace.RunAsync("sql", "SELECT count(*) FROM ods.ods_daily")).With(exitCode: 0);
        var named = (await workspace.RunAsync("sql", "SELECT count(*) FROM ods.ods_trade_cal")).With(exitCode: 1).Error;
        named.ShouldContain("LOG_CORRUPT");
        named.ShouldContain("ods_trade_cal/_delta_log/00000000000000000000.json");
    }

    [Fact]
    public async Task Workspace_OnADiskThatMayOnlyBeRead_AnswersEveryQuestion()
    {
        using var disk = SmallDisk.TryMount("64m");
        Assert.SkipWhen(disk is null, "mounting a small tmpfs needs root");
        var workspace = await FilledAsync(disk.Folder);
        var sql = (await workspace.JsonAsync("sql", "SELECT count(*) AS n FROM ods.ods_daily")).GetRawText();
        var status = (await workspace.JsonAsync("status")).GetRawText();
        var runs = (await workspace.JsonAsync("runs")).GetRawText();
        disk.MakeReadOnly();

        (await workspace.JsonAsync("sql", "SELECT count(*) AS n FROM ods.ods_daily")).GetRawText().ShouldBe(sql);
        (await workspace.JsonAsync("status")).GetRawText().ShouldBe(status);
        (await workspace.JsonAsync("runs")).GetRawText().ShouldBe(runs);
        (await workspace.JsonAsync("tables")).GetArrayLength().ShouldBeGreaterThan(0);
        (await workspace.RunAsync("doctor")).With(exitCode: 0).Out.ShouldContain("read-only here");
        (await workspace.RunAsync("run", "universe")).ExitCode.ShouldNotBe(0);
    }

    private static async Task<Workspace> FilledAsync(string folder)
    {
        using var market = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(market.Path);
        var workspace = Workspace.Create(Path.Combine(folder, "w"), simulator.Url, From, To);
        (await workspace.RunAsync("run", "universe", "--quiet")).With(exitCode: 0);
        return workspace;
    }
}
