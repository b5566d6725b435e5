using System.Buffers;
using System.Text.Json;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Doctor;
using Tidemark.Simulator.AkTools;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// One workspace with Tushare and AkShare, both simulated over one market: what they say of a stock can be compared in
/// the lake.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class BothVendorsTests
{
    private const string Disagreements = """
        SELECT count(*) FROM ods.ods_daily t JOIN ods.ods_akshare_stock_zh_a_hist a USING (ts_code, trade_date)
        WHERE abs(t.close - a.close) > 1e-9 OR abs(t.vol - a.vol) > 0.5 OR abs(t.amount * 1000 - a.amount) > 0.5
        """;

    /// <summary>Stocks that trade on the rig's last day.</summary>
    private static string[] Stocks()
    {
        var output = new ArrayBufferWriter<byte>();
        var day = new Dictionary<string, string> { ["trade_date"] = "20240612" };
        TushareAnswer.Write(WatchedMarket.Shared, "daily", day, "ts_code", output);
        using var answer = JsonDocument.Parse(output.WrittenMemory);
        var rows = answer.RootElement.GetProperty("data").GetProperty("items").EnumerateArray();
        return [.. rows.Select(r => r[0].GetString()!).Take(4)];
    }

    [Fact]
    public async Task Run_WithTargets_FetchesBarsOfBoth_AndTheyAgree()
    {
        await using var akTools = await StartAsync();
        await using var rig = await RigAsync(akTools, "akshare.stock_zh_a_hist");

        var run = await rig.RunAsync(Pool.Targets);

        run.Status.ShouldBe(RunStatus.Success, run.ToString());
        (await rig.NumberAsync("SELECT count(DISTINCT ts_code) FROM ods.ods_akshare_stock_zh_a_hist")).ShouldBe(4);
        (
            await rig.NumberAsync(
                "SELECT count(*) FROM ods.ods_akshare_stock_zh_a_hist WHERE symbol <> left(ts_code, 6)"
            )
        ).ShouldBe(0);
        (await rig.NumberAsync(Disagreements)).ShouldBe(0);
        (
            await rig.NumberAsync(
                "SELECT count(*) FROM ods.ods_daily JOIN ods.ods_akshare_stock_zh_a_hist USING (ts_code, trade_date)"
            )
        ).ShouldBeGreaterThan(8);
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Outage_OfEastMoney_CostsItsDatasetsAlone_AndTheNextRunBringsThem()
    {
        await using var akTools = await StartAsync();
        await using var rig = await RigAsync(akTools, "akshare.stock_zh_a_hist");
        akTools.Switches.SetOutage("eastmoney", isOut: true);

        await rig.RunAsync(Pool.Targets);

        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily")).ShouldBeGreaterThan(0);

        akTools.Switches.SetOutage("eastmoney", isOut: false);
        await rig.RunAsync(Pool.Targets);

        (await rig.NumberAsync("SELECT count(DISTINCT ts_code) FROM ods.ods_akshare_stock_zh_a_hist")).ShouldBe(4);
    }

    [Fact]
    public async Task Outage_OfEastMoneyDuringARun_LeavesSinaWhole_AndCostsUnitsThatWereNotAskedForNoAttempt()
    {
        await using var akTools = await StartAsync();
        await using var rig = await RigAsync(
            akTools,
            "akshare.stock_zh_a_hist",
            "akshare.stock_zh_a_hist_hfq",
            "akshare.stock_zh_a_daily"
        );
        await rig.RunAsync(Pool.Targets); // so that the next run needs no probes
        rig.Clock.Advance(TimeSpan.FromHours(23));
        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true });
        akTools.Switches.SetOutage("eastmoney", isOut: true);

        var run = await rig.RunAsync(Pool.Targets);

        run.Status.ShouldBe(RunStatus.Partial);
        run.Failed.ShouldBe(8, string.Join("\n", run.Errors.Select(e => e.Message)));
        run.Errors.ShouldAllBe(e => e.Unit.Dataset.StartsWith("akshare.stock_zh_a_hist", StringComparison.Ordinal));
        var notAsked = run.Errors.Where(e => e.Code == "VENDOR_SOURCE_DOWN").Select(e => e.Unit.ToString()).ToArray();
        notAsked.Length.ShouldBeGreaterThanOrEqualTo(4);
        (await rig.AttemptsAsync()).Keys.Intersect(notAsked).ShouldBeEmpty();
        const string Behind = "SELECT count(*) FROM ods.ods_akshare_stock_zh_a_daily WHERE trade_date = '2024-06-13'";
        (await rig.NumberAsync(Behind)).ShouldBe(4);
        var doctor = await DoctorAsync(rig);
        doctor.Warning.ShouldBeTrue();
        doctor.Message.ShouldContain("akshare/eastmoney/stock_zh_a_hist did not answer");
        doctor.Message.ShouldNotContain("sina");

        akTools.Switches.SetOutage("eastmoney", isOut: false);
        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true });
        (await rig.RunAsync(Pool.Targets)).Errors.ShouldBeEmpty();
        (await DoctorAsync(rig)).Message.ShouldContain("akshare last answered at 2024-06-13");
    }

    private static async Task<CheckResult> DoctorAsync(IngestRig rig)
    {
        var checks = await rig.Get<WorkspaceDoctor>().RunAsync(new DoctorRequest(), CancellationToken.None);
        return checks.Single(check => check.Check == "sources");
    }

    [Fact]
    public async Task AllDays_AtOnce_AreKeptWithinTheUnit()
    {
        await using var akTools = await StartAsync();
        await using var rig = await RigAsync(akTools, "akshare.macro_china_shibor_all");

        var run = await rig.RunAsync();

        const string Table = "ods.ods_akshare_macro_china_shibor_all";
        (await rig.NumberAsync($"SELECT count(*) FROM {Table} WHERE year(date) <> 2024")).ShouldBe(0);
        (await rig.NumberAsync($"SELECT count(*) FROM {Table}")).ShouldBeInRange(100, 130);
        (await rig.TextAsync($"SELECT max(date)::VARCHAR FROM {Table}")).ShouldBe("2024-06-12");
        var steps = (await rig.StepsAsync(run.Id)).Where(s => s.StepId.Contains("shibor", default)).ToArray();
        var extract = steps.Single(s => s.Stage == StepStage.Extract);
        extract.Drops.OtherDay.ShouldBeGreaterThan(100);
        extract.InputRows.ShouldBe(extract.OutputRows + extract.Drops.OtherDay);
        extract.OutputRows.ShouldBe(await rig.NumberAsync($"SELECT count(*) FROM {Table}"));
    }

    private static async Task<Server> StartAsync()
    {
        var switches = new AkToolsSwitches();
        var simulator = await AkToolsSimulator.StartAsync(
            new AkToolsSimulatorOptions { Market = WatchedMarket.Shared, Switches = switches },
            TestContext.Current.CancellationToken
        );
        return new Server(simulator, switches);
    }

    private static async Task<IngestRig> RigAsync(Server akTools, params string[] datasets)
    {
        var rig = await IngestRig.StartAsync(
            targets: Stocks(),
            environment: new Dictionary<string, string>
            {
                ["TIDEMARK__VENDORS__AKSHARE__URL"] = akTools.Simulator.Address.AbsoluteUri,
                ["TIDEMARK__VENDORS__AKSHARE__TIMEOUT"] = "30s", // which the rig's clock never jumps over
            }
        );
        foreach (var dataset in datasets)
        {
            var yaml = await File.ReadAllTextAsync(
                Path.Combine(IngestRig.Definitions, "datasets", $"{dataset}.yaml"),
                TestContext.Current.CancellationToken
            );
            rig.Declare(
                dataset,
                yaml.Replace("standby: true\n", "", StringComparison.Ordinal)
                    .Replace("600000.SH", Stocks()[0], StringComparison.Ordinal)
            );
        }

        await rig.ReopenAsync();
        return rig;
    }

    private sealed record Server(AkToolsSimulator Simulator, AkToolsSwitches Switches) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Simulator.DisposeAsync();
    }
}
