using Tidemark.Core.Errors;

namespace Tidemark.Operations.Simulation;

/// <summary>A simulated vendor that listens until it is disposed.</summary>
public interface ISimulatedVendor : IAsyncDisposable
{
    /// <summary>The host on which it listens.</summary>
    string Host { get; }

    int Port { get; }
}

/// <summary>A simulated market for a workspace.</summary>
public interface ISimulatedMarket : IDisposable
{
    /// <summary>The last days of the market, or all that were recorded.</summary>
    /// <exception cref="TidemarkException">Codes <c>DAYS_INVALID</c>, <c>REPLAY_EMPTY</c>.</exception>
    (DateOnly From, DateOnly To) Days(int count);

    /// <summary>A few of its stocks.</summary>
    IReadOnlyList<string> SomeStocks();

    /// <summary>Begins to serve it.</summary>
    /// <param name="port">A TCP port on 127.0.0.1, or any other where it is taken; 0 takes a free one.</param>
    /// <param name="stop">Stops the attempt.</param>
    Task<ISimulatedVendor> StartAsync(int port, CancellationToken stop);
}

/// <summary>
/// Starts simulated vendors. The simulator shares nothing with the product but its vocabulary, so operations know it
/// only by this contract, and the program supplies it.
/// </summary>
public interface ISimulatedVendors
{
    /// <summary>Opens a market that is not served yet.</summary>
    /// <exception cref="TidemarkException">A recording or a file is wrong.</exception>
    ISimulatedMarket OpenMarket(TushareSimulation request);

    /// <exception cref="TidemarkException">Code <c>PORT_TAKEN</c>; a recording or a file is wrong.</exception>
    Task<ISimulatedVendor> StartTushareAsync(TushareSimulation request, CancellationToken stop);

    /// <exception cref="TidemarkException">Code <c>PORT_TAKEN</c>; a file is wrong.</exception>
    Task<ISimulatedVendor> StartAkToolsAsync(AkToolsSimulation request, CancellationToken stop);

    /// <exception cref="TidemarkException">
    /// Codes <c>PORT_TAKEN</c>, <c>UPSTREAM_INVALID</c>; a recording or a file is wrong.
    /// </exception>
    Task<ISimulatedVendor> StartTwsAsync(TwsSimulation request, CancellationToken stop);
}
