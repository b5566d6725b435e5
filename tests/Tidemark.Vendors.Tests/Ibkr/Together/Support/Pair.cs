using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Definitions.Calendars;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tws;
using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;
using Tidemark.Vendors.Tests.Ibkr.Support;
using Right = Tidemark.Vendors.Ibkr.OptionRight;

namespace Tidemark.Vendors.Tests.Ibkr.Together.Support;

/// <summary>
/// Our gateway with the synthetic market, and our client connected to it: one process, two ends of one socket. Both go
/// by one clock, twenty times as fast as the wall's, and the client waits so long for everything that no machine is too
/// slow for it.
/// </summary>
internal sealed class Pair : IAsyncDisposable
{
    private const int Speed = 20;
    private const int Symbols = 10;

    private readonly IbkrClient? _client;

    private Pair(TwsSimulator gateway, TimeProvider clock, IbkrClient? client) =>
        (Gateway, Clock, _client) = (gateway, clock, client);

    /// <summary>10:30 in New York on a Thursday.</summary>
    public static DateTimeOffset Morning { get; } = new(2025, 11, 20, 15, 30, 0, TimeSpan.Zero);

    public static SyntheticOptionMarket Market { get; } =
        new(
            1,
            CalendarFile.Parse(
                "XNYS",
                File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "XNYS.csv")),
                "XNYS.csv"
            ),
            Symbols
        );

    public TwsSimulator Gateway { get; }

    /// <summary>Of the gateway.</summary>
    public TimeProvider Clock { get; }

    public IbkrClient Client => _client!;

    public static async Task<Pair> StartAsync(
        string? faults = null,
        Func<TwsSimulatorOptions, TwsSimulatorOptions>? gateway = null,
        Func<IbkrClientOptions, IbkrClientOptions>? client = null,
        TimeProvider? clientClock = null
    )
    {
        var pair = await GatewayAsync(faults, gateway);
        var options = client is null ? Patient(pair.Gateway.Port) : client(Patient(pair.Gateway.Port));
        try
        {
            var connected = await ConnectAsync(options, clientClock ?? pair.Clock);
            return new Pair(pair.Gateway, pair.Clock, connected);
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>The gateway alone.</summary>
    public static async Task<Pair> GatewayAsync(
        string? faults = null,
        Func<TwsSimulatorOptions, TwsSimulatorOptions>? change = null
    )
    {
        var options = new TwsSimulatorOptions
        {
            Market = Market,
            Limits = TwsLimits.None,
            TimeProvider = new ScaledClock(Morning, Speed),
            Faults = faults is null ? null : FaultRules.Parse(faults),
        };
        options = change is null ? options : change(options);
        var gateway = await TwsSimulator.StartAsync(options, TestContext.Current.CancellationToken);
        return new Pair(gateway, options.TimeProvider, client: null);
    }

    public static Task<IbkrClient> ConnectAsync(IbkrClientOptions options, TimeProvider clock) =>
        IbkrClient.ConnectAsync(
            options,
            clock,
            new Random(7),
            NullLogger<IbkrClient>.Instance,
            TestContext.Current.CancellationToken
        );

    /// <summary>No budgets but the lines; half a minute of the wall's time for everything.</summary>
    public static IbkrClientOptions Patient(int port)
    {
        var patience = TimeSpan.FromMinutes(10);
        return Ib.Fast(port) with
        {
            ConnectTimeout = patience,
            SnapshotTimeout = patience,
            RequestTimeout = patience,
            HistoryTimeout = patience,
            Heartbeat = patience,
        };
    }

    public static IbkrContract Stock(string symbol) =>
        Named(Market.Find(new ContractPattern(ContractKind.Stock, symbol), Day).Single());

    /// <summary>
    /// Options that have bid, ask and trade at this moment of the morning: their snapshots end at once.
    /// </summary>
    public static IbkrContract[] Options(int count) =>
        Take(count, Listed().Where(o => IsQuoted(o, Morning) && IsQuoted(o, Morning.AddMinutes(-20))));

    /// <summary>
    /// Options as they are listed: of many nobody has traded one yet, and their snapshots take all the 11 seconds.
    /// </summary>
    public static IbkrContract[] AnyOptions(int count) => Take(count, Listed());

    /// <summary>One rule of a fault plan.</summary>
    public static string Rule(string api, string fault, string when = "{nth: 1}") =>
        $"- {{vendor: tws, api: {api}, when: {when}, do: {fault}}}\n";

    public static string Error(int code, string text = "so it is") =>
        $"{{error: {{code: {code}, message: \"{text}\"}}}}";

    /// <summary>The session goes on: another contract still has its snapshot.</summary>
    public async Task ShouldGoOnAsync()
    {
        var answer = await Client.SnapshotAsync(Stock("MSFT"), TestContext.Current.CancellationToken);
        answer.Error.ShouldBeNull();
        answer.Quote.Bid.ShouldBeGreaterThan(0);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        await Gateway.DisposeAsync();
    }

    private static DateOnly Day => new(2025, 11, 20);

    private static IEnumerable<ListedContract> Listed() =>
        Market
            .Underlyings.Where(u => u.Kind == ContractKind.Stock)
            .SelectMany(u => Market.Find(new ContractPattern(ContractKind.Option, u.Symbol), Day));

    private static IbkrContract[] Take(int count, IEnumerable<ListedContract> contracts)
    {
        IbkrContract[] some = [.. contracts.Take(count).Select(Named)];
        some.Length.ShouldBe(count);
        return some;
    }

    private static bool IsQuoted(ListedContract option, DateTimeOffset at)
    {
        var quote = Market.Quote(option, at);

        // Time goes on while tests run: a bid of a few cents may be gone when its turn comes.
        return quote is { Bid: >= 0.2, Ask: > 0, Last: > 0, Close: > 0, LastTime: not null };
    }

    private static IbkrContract Named(ListedContract contract) =>
        new()
        {
            ConId = contract.ConId,
            Symbol = contract.Symbol,
            SecurityType = contract.Kind == ContractKind.Option ? "OPT" : "STK",
            LastTradeDate = contract.LastTradeDate?.ToString("yyyyMMdd", CultureInfo.InvariantCulture) ?? "",
            Strike = contract.Strike,
            Right = (Right)(int)contract.Right,
            Multiplier = contract.Multiplier > 0 ? contract.Multiplier.ToString(CultureInfo.InvariantCulture) : "",
            Exchange = "SMART",
            Currency = "USD",
            TradingClass = contract.Kind == ContractKind.Option ? contract.TradingClass : "",
        };
}
