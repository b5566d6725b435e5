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
    ];

    public static TheoryData<string> Walked => Codes(All);

    private protected override IReadOnlyList<AdviceScenario> Scenarios => All;

    [Theory]
    [MemberData(nameof(Walked))]
    public Task Advice_DoneAsItIsSaid_RemovesTheError(string code) => WalkAsync(code);

    /// <summary>Starts a gateway on a Thursday morning in New York, when the market is open, and lets the workspace know where it is.</summary>
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
