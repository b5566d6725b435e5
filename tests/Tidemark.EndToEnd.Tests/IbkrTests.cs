using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>A simulated gateway in one terminal, <c>tidemark ibkr</c> in another.</summary>
public sealed class IbkrTests
{
    // The market is open then, whatever day it is: a Thursday morning in New York.
    private static readonly string[] s_openMarket = ["--start", "2025-11-20"];

    [Fact]
    public async Task Chain_OfASimulatedGateway_HasQuotesAndGreeksOfEachContract()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await SimulatorProcess.GatewayAsync(folder.Path, s_openMarket);

        var chain = await JsonAsync(folder, gateway, "chain", "AAPL", "--expiries", "3", "--strikes", "4");

        chain.Text("symbol").ShouldBe("AAPL");
        chain.Number("con_id").ShouldBe(265598);
        var price = chain.GetProperty("price").GetDouble();
        var contracts = chain.GetProperty("contracts").EnumerateArray().ToArray();
        contracts.Length.ShouldBe(3 * 4 * 2);
        contracts.Select(c => c.Text("last_trade_date")).Distinct().Count().ShouldBe(3);
        foreach (var contract in contracts)
        {
            var bid = contract.GetProperty("bid").GetDouble();
            bid.ShouldBeLessThan(contract.GetProperty("ask").GetDouble(), contract.ToString());
            contract.GetProperty("implied_volatility").GetDouble().ShouldBeInRange(0.05, 2);
            contract.GetProperty("gamma").GetDouble().ShouldBeGreaterThan(0);
            contract.GetProperty("theta").GetDouble().ShouldBeLessThan(0);
            var delta = contract.GetProperty("delta").GetDouble();
            (contract.Text("right") == "C" ? delta : delta + 1).ShouldBeInRange(0, 1, contract.ToString());
            Math.Abs(contract.GetProperty("strike").GetDouble() - price).ShouldBeLessThan(price / 10);
            contract.Text("market_data_type").ShouldBe("live");
            contract.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        }
    }

    [Fact]
    public async Task Chain_OnATerminal_IsATableWithALineAContract()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await SimulatorProcess.GatewayAsync(folder.Path, s_openMarket);

        var ended = (await RunAsync(folder, gateway, "chain", "spy", "--strikes", "2")).With(exitCode: 0);

        foreach (var word in new[] { "bid", "ask", "IV", "delta", "gamma", "vega", "theta", "4 contracts" })
        {
            ended.Out.ShouldContain(word);
        }

        ended.Out.Split('\n').Count(l => l.Contains(" live ", StringComparison.Ordinal)).ShouldBe(4, ended.Out);
    }

    [Theory]
    [InlineData("NOSUCH", "IBKR_CONTRACT")]
    [InlineData("AAPL --class ZZZ", "CHAIN_UNKNOWN")]
    public async Task Chain_OfWhatIsNotListed_IsAClearError(string arguments, string code)
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await SimulatorProcess.GatewayAsync(folder.Path, s_openMarket);

        var ended = await RunAsync(folder, gateway, ["chain", .. arguments.Split(' ')]);

        ended.ExitCode.ShouldNotBe(0);
        ended.Error.ShouldContain(code);
        ended.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Doctor_OfASimulatedGateway_IsGreen()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await SimulatorProcess.GatewayAsync(folder.Path);

        var report = await JsonAsync(folder, gateway, "doctor");

        report.GetProperty("ok").GetBoolean().ShouldBeTrue();
        Checks(report)
            .Keys.ShouldBe(
                ["connection", "version", "account", "clock", "stock", "option", "farms"],
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task Doctor_NothingListens_SaysToStartTheGateway()
    {
        using var folder = new TemporaryFolder();
        using var unused = new TcpListener(IPAddress.Loopback, 0); // bound, not listening: nobody else gets the port
        unused.Server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)unused.LocalEndpoint).Port;

        var report = (await RunAsync(folder, port, "doctor", "--json")).With(exitCode: 1).Json();

        Fault(report, "connection").ShouldContain("Start TWS or IB Gateway");
    }

    [Fact]
    public async Task Doctor_PortThatSpeaksHttp_SaysWhichPortsToGive()
    {
        using var folder = new TemporaryFolder();
        await using var web = await SimulatorProcess.SmallMarketAsync(folder.Path);

        var report = (await RunAsync(folder, web.Url.Port, "doctor", "--json")).With(exitCode: 1).Json();

        Fault(report, "connection").ShouldContain("4002");
    }

    [Theory]
    [InlineData("hello", "{version: 151}", "version", "Update")]
    [InlineData("startApi", "{id_in_use: true}", "connection", "client id")]
    public async Task Doctor_GatewayThatRefuses_SaysWhy(string api, string fault, string check, string advice)
    {
        using var folder = new TemporaryFolder();
        var faults = folder.At("faults.yaml");
        await File.WriteAllTextAsync(faults, $"- {{ vendor: tws, api: {api}, do: {fault} }}\n");
        await using var gateway = await SimulatorProcess.GatewayAsync(folder.Path, "--faults", faults);

        var report = (await RunAsync(folder, gateway, "doctor", "--client-id", "5", "--json")).With(exitCode: 1).Json();

        Fault(report, check).ShouldContain(advice);
    }

    [Fact]
    public async Task Doctor_AccountWithoutData_NamesTheSubscription()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await SimulatorProcess.GatewayAsync(folder.Path, "--profile", "none");

        var report = (await RunAsync(folder, gateway, "doctor", "--json")).With(exitCode: 1).Json();

        Fault(report, "stock").ShouldContain("Subscribe");
    }

    [Fact]
    public async Task Recording_OfASession_IsPlayedAgainAndNamesNoAccount()
    {
        using var folder = new TemporaryFolder();
        var file = folder.At("session.tws");
        string[] ask = ["chain", "AAPL", "--strikes", "2"];
        JsonElement recorded;
        await using (var gateway = await SimulatorProcess.GatewayAsync(folder.Path, s_openMarket))
        {
            await using var recorder = await SimulatorProcess.GatewayAsync(
                folder.Path,
                "--record",
                file,
                "--upstream",
                $"127.0.0.1:{gateway.Url.Port}"
            );
            recorded = await JsonAsync(folder, recorder, ask);
            (await recorder.StopAsync()).ExitCode.ShouldBe(0);
        }

        await using var player = await SimulatorProcess.GatewayAsync(folder.Path, "--play", file);
        var played = await JsonAsync(folder, player, ask);

        played.ToString().ShouldBe(recorded.ToString());
        (await File.ReadAllTextAsync(file)).ShouldNotContain("DU1234567");
    }

    [Fact]
    public async Task Gateway_OfARecordedChain_ServesWhatWasRecorded()
    {
        const string Header =
            "timestamp,conId,symbol,lastTradeDateOrContractMonth,strike,right,multiplier,exchange,currency,localSymbol,tradingClass,bid,bidSize,"
            + "ask,askSize,last,lastSize,volume,close,undPrice,model_impliedVol,model_delta,model_optPrice,model_pvDividend,model_gamma,model_vega,"
            + "model_theta,model_undPrice";
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.At("tws"));
        await File.WriteAllLinesAsync(
            Path.Combine(folder.At("tws"), "chain.csv"),
            [
                Header,
                "2025-03-20 18:00:00,9001,ZED,20250417,50.0,C,100,SMART,USD,ZED   250417C00050000,ZED,2.1,10,2.3,7,2.2,1,55,2.0,50.5,0.31,0.55,2.2,0,0.04,0.06,-0.03,50.5",
                "2025-03-20 18:00:00,9002,ZED,20250417,50.0,P,100,SMART,USD,ZED   250417P00050000,ZED,1.6,4,1.8,9,1.7,1,12,1.5,50.5,0.33,-0.45,1.7,0,0.04,0.06,-0.02,50.5",
            ]
        );
        await using var gateway = await SimulatorProcess.GatewayAsync(folder.Path, "--replay", folder.Path);

        var chain = await JsonAsync(folder, gateway, "chain", "ZED");

        var call = chain.GetProperty("contracts").EnumerateArray().First();
        call.Number("con_id").ShouldBe(9001);
        call.GetProperty("bid").GetDouble().ShouldBe(2.1);
        call.GetProperty("ask_size").GetDouble().ShouldBe(7);
        call.GetProperty("implied_volatility").GetDouble().ShouldBe(0.31);
        chain.GetProperty("contracts").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Recorder_WithoutAGateway_SaysWhatItNeeds()
    {
        using var folder = new TemporaryFolder();

        var ended = await TidemarkProcess.RunAsync(
            folder.Path,
            "sim",
            "tws",
            "--record",
            "x.tws",
            "--upstream",
            "here"
        );

        ended.ExitCode.ShouldNotBe(0);
        ended.Error.ShouldContain("UPSTREAM_INVALID");
        ended.Error.ShouldContain("--upstream HOST:PORT");
    }

    /// <summary>Which client it is, nobody here has written: it shares nothing with ours or with the gateway.</summary>
    [Fact]
    public async Task Gateway_IndependentClient_UnderstandsAWholeSession()
    {
        Assert.SkipWhen(Checkout.Tool("node") is null, "node is not on this machine");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Checkout.Node, "node_modules", "@stoqey", "ib")),
            "@stoqey/ib is not installed: npm ci in tests/node"
        );
        using var folder = new TemporaryFolder();
        await using var gateway = await SimulatorProcess.GatewayAsync(folder.Path, s_openMarket);
        await using var client = TidemarkProcess.StartTool(
            Checkout.Tool("node")!,
            folder.Path,
            new Dictionary<string, string>(),
            Path.Combine(Checkout.Node, "ib-session.cjs"),
            gateway.Url.Port.ToString(CultureInfo.InvariantCulture),
            "AAPL"
        );

        var seen = (await client.EndAsync()).With(exitCode: 0).Json();

        seen.Number("serverVersion").ShouldBe(176);
        seen.GetProperty("stock").Number("conId").ShouldBe(265598);
        var chain = seen.GetProperty("chains")
            .EnumerateArray()
            .First(c => c.Text("exchange") == "SMART" && c.Text("tradingClass") == "AAPL");
        chain.GetProperty("expirations").GetArrayLength().ShouldBeGreaterThan(8);
        var calls = seen.GetProperty("calls").EnumerateArray().ToArray();
        calls.Length.ShouldBeGreaterThan(10);
        calls.ShouldAllBe(c => c.Text("right") == "C" && c.Number("underConId") == 265598);
        ShouldBeAQuotedOption(seen.GetProperty("snapshot"));
        ShouldBeAQuotedOption(seen.GetProperty("stream"));
        Sizes(seen.GetProperty("stream")).ShouldContainKey(27, "open interest of the call");
        Sizes(seen.GetProperty("stream"))[28].ShouldBe(0, "that of the put belongs to another contract");
        seen.GetProperty("bars").GetArrayLength().ShouldBe(5);
        seen.GetProperty("samples").EnumerateArray().Select(s => s.GetString()).ShouldContain("AAPL");
        ShouldBeCalculated(seen);
        seen.GetProperty("realTimeBars").GetArrayLength().ShouldBe(1);
        foreach (
            var question in new[] { "scanners", "news", "depth", "families", "profit", "profitOfPosition", "user" }
        )
        {
            seen.GetProperty(question).GetArrayLength().ShouldBe(1, question);
        }

        seen.GetProperty("errors").EnumerateArray().Select(e => e.Number("code")).ShouldBe([10092, 200, 321, 300]);
    }

    /// <summary>
    /// The price at the model's volatility is the model's, and that volatility is what the price implies.
    /// </summary>
    private static void ShouldBeCalculated(JsonElement seen)
    {
        var model = seen.GetProperty("snapshot")
            .EnumerateArray()
            .First(t => t.Text("kind") == "computation" && t.Number("tick") == 13);
        var price = seen.GetProperty("price")[0];
        price.GetProperty("price").GetDouble().ShouldBe(model.GetProperty("price").GetDouble(), 0.01);
        price.GetProperty("delta").GetDouble().ShouldBe(model.GetProperty("delta").GetDouble(), 0.001);
        var volatility = seen.GetProperty("volatility")[0];
        volatility.GetProperty("iv").GetDouble().ShouldBe(model.GetProperty("iv").GetDouble(), 0.0001);
    }

    private static void ShouldBeAQuotedOption(JsonElement ticks)
    {
        var all = ticks.EnumerateArray().ToArray();
        var prices = all.Where(t => t.Text("kind") == "price")
            .GroupBy(t => t.Number("tick"))
            .ToDictionary(g => g.Key, g => g.First().GetProperty("value").GetDouble());
        prices[1].ShouldBeLessThan(prices[2], "bid and ask");
        var model = all.First(t => t.Text("kind") == "computation" && t.Number("tick") == 13);
        model.GetProperty("iv").GetDouble().ShouldBeInRange(0.05, 2);
        model.GetProperty("delta").GetDouble().ShouldBeInRange(0, 1);
        model.GetProperty("underlying").GetDouble().ShouldBeGreaterThan(0);
    }

    private static Dictionary<long, double> Sizes(JsonElement ticks) =>
        ticks
            .EnumerateArray()
            .Where(t => t.Text("kind") == "size")
            .GroupBy(t => t.Number("tick"))
            .ToDictionary(g => g.Key, g => g.First().GetProperty("value").GetDouble());

    private static Dictionary<string, JsonElement> Checks(JsonElement report) =>
        report.GetProperty("checks").EnumerateArray().ToDictionary(c => c.Text("check"), StringComparer.Ordinal);

    /// <summary>What is said of a check that failed.</summary>
    private static string Fault(JsonElement report, string check)
    {
        var found = Checks(report)[check];
        found.Text("result").ShouldBe("fail", report.ToString());
        return $"{found.Text("message")} {found.Text("advice")}";
    }

    private static async Task<JsonElement> JsonAsync(
        TemporaryFolder folder,
        SimulatorProcess gateway,
        params string[] arguments
    ) => (await RunAsync(folder, gateway, [.. arguments, "--json"])).With(exitCode: 0).Json();

    private static Task<Ended> RunAsync(TemporaryFolder folder, SimulatorProcess gateway, params string[] arguments) =>
        RunAsync(folder, gateway.Url.Port, arguments);

    private static Task<Ended> RunAsync(TemporaryFolder folder, int port, params string[] arguments) =>
        TidemarkProcess.RunAsync(
            folder.Path,
            new Dictionary<string, string>(),
            ["ibkr", .. arguments, "--port", port.ToString(CultureInfo.InvariantCulture)]
        );
}
