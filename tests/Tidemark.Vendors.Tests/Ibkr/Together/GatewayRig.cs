using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Core.Calendars;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tws;
using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;

namespace Tidemark.Vendors.Tests.Ibkr.Together;

/// <summary>Our client on our simulated gateway, over loopback, in the middle of a trading day.</summary>
internal sealed class GatewayRig : IAsyncDisposable
{
    /// <summary>10:30 in New York on a Thursday.</summary>
    private static readonly DateTimeOffset s_morning = new(2025, 11, 20, 15, 30, 0, TimeSpan.Zero);
    private static readonly DateOnly s_today = new(2025, 11, 20);

    // Only the quotes of these are asked for, so small is enough, and it is a function of its seed: one for all tests.
    private static readonly SyntheticOptionMarket s_market = new(1, Calendar(), stocks: 20);

    private GatewayRig(TwsSimulator gateway, IbkrClient client, TimeProvider clock) =>
        (Gateway, Client, Clock) = (gateway, client, clock);

    public TwsSimulator Gateway { get; }

    public IbkrClient Client { get; }

    public TimeProvider Clock { get; }

    /// <param name="faults">What the gateway does wrong, as in a file; empty for nothing.</param>
    /// <param name="speed">How many seconds of theirs pass in one.</param>
    public static async Task<GatewayRig> StartAsync(
        string faults = "",
        EntitlementProfile profile = EntitlementProfile.Live,
        int speed = 1,
        Func<IbkrClientOptions, IbkrClientOptions>? with = null
    )
    {
        var clock = new ScaledClock(s_morning, speed);
        var gateway = await TwsSimulator.StartAsync(
            new TwsSimulatorOptions
            {
                Market = s_market,
                Profile = profile,
                Limits = TwsLimits.None,
                Faults = faults.Length == 0 ? null : FaultPlan.Parse(faults),
                TimeProvider = clock,
            },
            default
        );
        var options = new IbkrClientOptions
        {
            Port = gateway.Port,
            MessagesPerSecond = 0,
            SnapshotsPerSecond = 0,
            ConnectTimeout = TimeSpan.FromSeconds(30 * speed),
            RequestTimeout = TimeSpan.FromSeconds(30 * speed),
            SnapshotTimeout = TimeSpan.FromSeconds(30 * speed),
        };
        var client = await IbkrClient.ConnectAsync(
            with?.Invoke(options) ?? options,
            clock,
            new Random(1),
            NullLogger<IbkrClient>.Instance,
            default
        );
        return new GatewayRig(gateway, client, clock);
    }

    /// <summary>Options that have traded today and are quoted on both sides: their snapshots end at once.</summary>
    public static IReadOnlyList<IbkrContract> Quoted(int count) =>
        [
            .. s_market
                .Find(new ContractPattern(ContractKind.Option, "SPY"), s_today)
                .Where(c => c.LastTradeDate > s_today.AddDays(1) && IsQuoted(s_market.Quote(c, s_morning)))
                .Take(count)
                .Select(c => new IbkrContract
                {
                    ConId = c.ConId,
                    Symbol = c.Symbol,
                    SecurityType = "OPT",
                    Right =
                        c.Right == Simulator.Options.OptionRight.Call
                            ? Vendors.Ibkr.OptionRight.Call
                            : Vendors.Ibkr.OptionRight.Put,
                    Exchange = "SMART",
                }),
        ];

    public async Task<IReadOnlyList<QuoteAnswer>> SnapshotsAsync(IReadOnlyList<IbkrContract> contracts)
    {
        var answers = new List<QuoteAnswer>();
        await foreach (var answer in Client.SnapshotsAsync(contracts, TestContext.Current.CancellationToken))
        {
            answers.Add(answer);
        }

        return answers;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Gateway.DisposeAsync();
    }

    private static bool IsQuoted(ContractQuote quote) =>
        quote is { BidSize: > 0, AskSize: > 0, LastSize: > 0 } && !double.IsNaN(quote.LastComputation.Delta);

    private static TradingCalendar Calendar()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "definitions")))
        {
            folder = folder.Parent;
        }

        var file = Path.Combine(folder.FullName, "definitions", "calendars", "XNYS.csv");
        return TradingCalendar.Parse("XNYS", File.ReadAllText(file), file);
    }
}
