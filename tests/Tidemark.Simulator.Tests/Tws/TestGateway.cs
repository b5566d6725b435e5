using System.Collections.Concurrent;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Tws;
using Tidemark.Testing;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>A gateway with a small market at noon of a Thursday, by a clock that a test drives.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly List<TwsTestClient> _clients = [];

    private readonly ConcurrentQueue<string> _log;

    private TestGateway(TwsSimulator simulator, SmallMarket market, ManualClock clock, ConcurrentQueue<string> log)
    {
        _log = log;
        Simulator = simulator;
        Market = market;
        Clock = clock;
    }

    public TwsSimulator Simulator { get; }

    public SmallMarket Market { get; }

    public ManualClock Clock { get; }

    /// <summary>What was said to whoever runs the gateway.</summary>
    public IReadOnlyList<string> Log => [.. _log];

    public TwsStatistics Statistics => Simulator.Statistics;

    public static async Task<TestGateway> StartAsync(
        Func<TwsSimulatorOptions, TwsSimulatorOptions>? change = null,
        string? faults = null
    )
    {
        var market = new SmallMarket();
        var log = new ConcurrentQueue<string>();
        var clock = new ManualClock(new DateTimeOffset(2025, 11, 20, 17, 0, 0, TimeSpan.Zero));
        var options = new TwsSimulatorOptions
        {
            Market = market,
            TimeProvider = clock,
            Log = log.Enqueue,
            Faults = faults is null ? null : FaultRules.Parse(faults),
        };
        var simulator = await TwsSimulator.StartAsync(
            change is null ? options : change(options),
            TestContext.Current.CancellationToken
        );
        return new TestGateway(simulator, market, clock, log);
    }

    /// <summary>A client that is ready.</summary>
    public async Task<TwsTestClient> ClientAsync(int clientId = 1, string greeting = "v100..176")
    {
        var client = await TwsTestClient.StartAsync(Simulator.Port, clientId, greeting);
        _clients.Add(client);
        return client;
    }

    /// <summary>A client that has sent nothing yet.</summary>
    public async Task<TwsTestClient> StrangerAsync()
    {
        var client = await TwsTestClient.ConnectAsync(Simulator.Port);
        _clients.Add(client);
        return client;
    }

    public void Advance(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await Simulator.DisposeAsync();
    }
}
