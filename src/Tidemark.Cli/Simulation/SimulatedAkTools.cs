using Tidemark.Core.Calendars;
using Tidemark.Operations.Simulation;
using Tidemark.Simulator.AkTools;
using Tidemark.Simulator.Faults;

namespace Tidemark.Cli.Simulation;

/// <summary>A simulated AKTools that listens.</summary>
internal sealed class SimulatedAkTools(AkToolsSimulator simulator) : ISimulatedVendor
{
    public string Host => simulator.Address.Host;

    public int Port => simulator.Address.Port;

    public static async Task<SimulatedAkTools> StartAsync(
        AkToolsSimulation request,
        TradingCalendar calendar,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        // The market that a simulated Tushare of the same seed and size has.
        var market = new TushareSimulation(request.Port) { Seed = request.Seed, Stocks = request.Stocks };
        var options = new AkToolsSimulatorOptions
        {
            Market = SimulatedMarket.Invented(
                market,
                calendar,
                request.Today ?? SimulatedMarket.LatestDay(calendar, clock)
            ),
            Port = request.Port,
            Faults = request.Faults is { } file ? FaultRules.Load(file, request.Seed) : null,
            Delays = request.IsSlow ? AkToolsSimulatorOptions.AsSlowAsReal : new Dictionary<string, TimeSpan>(),
            TimeProvider = clock,
        };
        options.Switches.IsOffline = request.IsOffline;
        return new SimulatedAkTools(await AkToolsSimulator.StartAsync(options, stop));
    }

    public ValueTask DisposeAsync() => simulator.DisposeAsync();
}
