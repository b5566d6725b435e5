using System.Globalization;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>"Interactive Brokers" of <c>docs/errors.md</c>, with a simulated gateway.</summary>
public sealed class GatewayAdvice(AdviceLake lake) : AdviceWalk(lake)
{
    private const string Port = "TIDEMARK__VENDORS__IBKR__PORT";
    private static readonly string[] s_chain = ["ibkr", "chain", "AAPL", "--strikes", "1"];

    internal static readonly AdviceScenario[] All =
    [
        new("CHAIN_UNKNOWN", [.. s_chain, "--class", "ZZZ"])
        {
            Break = w => StartAsync(w),
            Exit = 2,
            Says = "AAPL",
            Then = [.. s_chain, "--class", "AAPL"],
        },
        new("IBKR_CONTRACT", "ibkr", "chain", "NOSUCH", "--strikes", "1")
        {
            Break = w => StartAsync(w),
            Exit = 2,
            Says = "NOSUCH",
            Then = s_chain,
        },
        new("IBKR_BAD_REQUEST", "ibkr", "chain", "苹果", "--strikes", "1")
        {
            Break = w => StartAsync(w),
            Exit = 2,
            Says = "ASCII",
            Then = s_chain,
        },
        new("IBKR_UNREACHABLE", s_chain)
        {
            Break = w => Do(() => w.Environment[Port] = "1"),
            Exit = 1,
            Says = "Start TWS or IB Gateway",
            Obey = w => StartAsync(w),
        },
        new("IBKR_VERSION", s_chain)
        {
            Break = w => StartAsync(w, fault: "api: hello, do: {version: 151}"),
            Exit = 2,
            Says = "Update",
            Obey = w => StartAsync(w),
        },
        new("IBKR_DROPPED", s_chain)
        {
            Break = w => StartAsync(w, fault: "api: hello, do: hang_up"),
            Exit = 1,
            Says = "trusted IPs",
            Obey = w => StartAsync(w),
        },
        new("IBKR_NOT_IB", s_chain)
        {
            // The port of a web server.
            Break = w => Do(() => w.Environment[Port] = w.Vendor.Port.ToString(CultureInfo.InvariantCulture)),
            Exit = 2,
            Says = "TWS 7496 live, 7497 paper; IB Gateway 4001 live, 4002 paper",
            Obey = w => StartAsync(w),
        },
        new("IBKR_SILENT", s_chain)
        {
            Break = w => StartAsync(w, fault: "api: startApi, do: silent"),
            Exit = 1,
            Says = "is not logged in",
            Obey = w => StartAsync(w),
        },
        new("IBKR_CLIENT_ID", [.. s_chain, "--client-id", "7"])
        {
            Break = w => StartAsync(w, fault: "api: startApi, when: { nth: 1 }, do: id_in_use"),
            Exit = 1,
            Says = "let the pool choose",
            Then = s_chain,
        },
        new("IBKR_CLIENT_ID_POOL", s_chain)
        {
            Break = async w =>
            {
                w.Write("client-ids", "a file where the folder is to be");
                await StartAsync(w);
            },
            Exit = 1,
            Says = "Check its owner and the disk",
            Obey = w => Do(() => File.Delete(w.At("client-ids"))),
        },
        new("IBKR_REJECTED", s_chain)
        {
            Break = w =>
                StartAsync(w, fault: "api: reqContractDetails, do: {error: {code: 321, message: Log in to the API}}"),
            Exit = 2,
            Says = "Correct the request as the text says",
            Obey = w => StartAsync(w),
        },
        new("IBKR_NOT_SUBSCRIBED", s_chain)
        {
            Break = w => StartAsync(w, fault: null, "--profile", "None"),
            Exit = 4,
            Says = "Subscribe to the market data in the account management",
            Obey = w => StartAsync(w, fault: null, "--profile", "Live"),
        },
        new("IBKR_NOT_SUBSCRIBED", s_chain)
        {
            Break = w => StartAsync(w, fault: "api: reqMktData, do: competing_session"),
            Exit = 4,
            Says = "Close the other session of this user",
            Obey = w => StartAsync(w),
        },
        new("IBKR_PACING", s_chain)
        {
            Break = w =>
                StartAsync(
                    w,
                    fault: "api: reqContractDetails, when: { between: [1, 8] }, do: {error: {code: 100, message: Max rate}}"
                ),
            Exit = 1,
            Says = "Wait a minute, ask for less at once",
        },
        new("IBKR_GARBLED", s_chain)
        {
            Break = w => StartAsync(w, fault: "api: startApi, do: garbage"),
            Exit = 1,
            Says = "see what 'tidemark ibkr doctor' says",
            Obey = async w =>
            {
                (await w.RunAsync("ibkr", "doctor")).With(exitCode: 1).Out.ShouldContain("connection");
                await StartAsync(w);
            },
        },
        new("IBKR_LOST", s_chain)
        {
            Break = w => StartAsync(w, fault: "api: reqContractDetails, when: { between: [1, 10] }, do: hang_up"),
            Exit = 1,
            Says = "Ask again",
        },
    ];

    public static TheoryData<string> Walked => Codes(All);

    private protected override IReadOnlyList<AdviceScenario> Scenarios => All;

    [Theory]
    [MemberData(nameof(Walked))]
    public Task Advice_DoneAsItIsSaid_RemovesTheError(string code) => WalkAsync(code);

    /// <summary>
    /// Starts a gateway on a Thursday morning in New York, when the market is open, and lets the workspace know where
    /// it is.
    /// </summary>
    private static async Task StartAsync(AdviceWorld world, string? fault = null, params string[] more)
    {
        if (fault is not null)
        {
            world.Write("faults.yaml", $"- {{ vendor: tws, {fault} }}\n");
            more = [.. more, "--faults", "faults.yaml"];
        }

        var gateway = await SimulatorProcess.GatewayAsync(world.Folder, ["--start", "2025-11-20", .. more]);
        world.Started.Push(gateway);
        world.Environment[Port] = gateway.Url.Port.ToString(CultureInfo.InvariantCulture);
    }
}
