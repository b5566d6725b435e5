using System.IO.Compression;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// A workspace that an earlier program made (commit ccbff3d: two days of a simulated market of 20 stocks, built) opens,
/// answers, runs and builds: control database, lists, leases, tables whose declaration has changed since.
/// </summary>
public sealed class OldWorkspaceTests
{
    private const string Archive = "workspace-of-ccbff3d.zip";

    [Fact]
    public async Task Workspace_OfAnEarlierProgram_AnswersAsItIs()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.StartAsync(folder.Path, Market);
        var workspace = Open(folder, simulator.Url);

        (await workspace.SqlAsync("SELECT count(*) AS n, sum(turnover_cny) AS t FROM dwd.dwd_stock_daily"))
            .Single()
            .Number("n")
            .ShouldBe(40);
        (await workspace.VersionsAsync()).Count.ShouldBe(13);
        (await workspace.JsonAsync("history", "ods.ods_daily")).GetArrayLength().ShouldBe(1);
        (await workspace.JsonAsync("runs")).GetArrayLength().ShouldBe(2);
        (await workspace.JsonAsync("tables", "show", "dwd.dwd_stock_daily"))
            .GetProperty("columns")
            .EnumerateArray()
            .Select(c => c.Text("name"))
            .ShouldContain("turnover_cny", "the table is described as it stands");
        (await workspace.RunAsync("doctor")).With(exitCode: 0);
        (await workspace.RunAsync("verify")).With(exitCode: 0);
        (await BarsAsync(workspace)).ShouldBe((40, 20));
    }

    [Fact]
    public async Task Workspace_OfAnEarlierProgram_GoesOn()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.StartAsync(folder.Path, Market);
        var workspace = Open(folder, simulator.Url);

        (await workspace.RunAsync("run", "--no-build")).With(exitCode: 0);
        var built = (await workspace.JsonAsync("build")).GetProperty("built").EnumerateArray().ToArray();

        built
            .Where(b => b.Text("table") == "dwd.dwd_stock_daily")
            .Select(b => b.Text("dt"))
            .ShouldBe(["2025-06-25", "2025-06-26", "2025-06-27"]);
        var daily = await workspace.SqlAsync(
            "SELECT count(*) AS n, count(amount_cny) AS amounts, max(turnover_ratio) < 1 AS fractions FROM dwd.dwd_stock_daily"
        );
        (daily[0].Number("n"), daily[0].Number("amounts")).ShouldBe((60, 60));
        daily[0].GetProperty("fractions").GetBoolean().ShouldBeTrue();
        (
            await workspace.SqlAsync(
                "SELECT count(*) AS n FROM dim.dim_instrument JOIN dim.dim_trade_calendar USING (exchange) WHERE calendar_date = '2025-06-27' AND symbol = '600000.SH'"
            )
        )[0]
            .Number("n")
            .ShouldBeLessThanOrEqualTo(1);
        (
            await workspace.JsonAsync(
                "sql",
                "SELECT count(turnover_cny) AS n FROM dwd.dwd_stock_daily",
                "--as-of-version",
                "dwd.dwd_stock_daily=0"
            )
        )[0]
            .Number("n")
            .ShouldBe(40, "the version before it is read as it was");

        (await BarsAsync(workspace)).ShouldBe((60, 0));
        (await workspace.RunAsync("doctor")).With(exitCode: 0);
        (await workspace.RunAsync("verify")).With(exitCode: 0);
        (await workspace.JsonAsync("history", "dwd.dwd_stock_daily")).GetArrayLength().ShouldBe(2);

        (await workspace.RunAsync("run")).With(exitCode: 0);
        (await workspace.JsonAsync("build")).GetProperty("built").GetArrayLength().ShouldBe(0);
    }

    /// <summary>How many daily bars are complete and missing, of all pools together.</summary>
    private static async Task<(long Complete, long Missing)> BarsAsync(Workspace workspace)
    {
        var check = (await workspace.JsonAsync("status", "--check", "stock.daily_bars", "--pool", "source_pool"))
            .GetProperty("pools")[0]
            .GetProperty("buckets")[0]
            .GetProperty("checks")[0];
        return (check.Number("complete"), check.Number("missing"));
    }

    private static string[] Market => ["--stocks", "20", "--start", SimulatorProcess.Today];

    private static Workspace Open(TemporaryFolder folder, Uri vendor)
    {
        var path = folder.At("w");
        ZipFile.ExtractToDirectory(
            Path.Combine(Checkout.Root, "tests", "Tidemark.EndToEnd.Tests", "Data", Archive),
            path
        );
        var file = Path.Combine(path, "tidemark.yaml");
        var text = File.ReadAllText(file)
            .Replace("http://127.0.0.1:7999/", vendor.ToString(), StringComparison.Ordinal)
            .Replace("to: 2025-06-26", $"to: {SimulatorProcess.Today}", StringComparison.Ordinal);
        File.WriteAllText(file, text);
        return new Workspace(path).Here;
    }
}
