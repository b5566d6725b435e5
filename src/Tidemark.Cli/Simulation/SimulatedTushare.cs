using Tidemark.Operations.Simulation;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Cli.Simulation;

/// <summary>A simulated Tushare that listens.</summary>
/// <param name="simulator">The server.</param>
/// <param name="market">Disposed with it; null where another owner disposes the market.</param>
internal sealed class SimulatedTushare(TushareSimulator simulator, IDisposable? market) : ISimulatedVendor
{
    public string Host => simulator.Address.Host;

    public int Port => simulator.Address.Port;

    public static async Task<SimulatedTushare> StartAsync(
        TushareSimulatorOptions options,
        CancellationToken stop,
        IDisposable? market = null
    ) => new(await TushareSimulator.StartAsync(options, stop), market);

    public async ValueTask DisposeAsync()
    {
        await simulator.DisposeAsync();
        market?.Dispose();
    }
}
