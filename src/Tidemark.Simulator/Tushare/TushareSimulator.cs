using Tidemark.Simulator.Http;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// Tushare's HTTP API on 127.0.0.1: POST on <c>/</c>, <c>/dataapi</c> and <c>/dataapi/{api}</c> (the body's
/// <c>api_name</c> is what counts). Runs until it is disposed.
/// </summary>
public sealed class TushareSimulator : IAsyncDisposable
{
    private readonly LoopbackServer _server;

    private TushareSimulator(LoopbackServer server) => _server = server;

    /// <summary>The address on which it listens, for example <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address => _server.Address;

    /// <summary>Starts listening.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<TushareSimulator> StartAsync(
        TushareSimulatorOptions options,
        CancellationToken cancellationToken
    ) => new(await LoopbackServer.StartAsync(options.Port, new TushareHandler(options).HandleAsync, cancellationToken));

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
