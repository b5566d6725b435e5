using Tidemark.Simulator.Http;

namespace Tidemark.Simulator.AkTools;

/// <summary>
/// AKTools' HTTP API on 127.0.0.1: <c>/api/public/{function}</c>, <c>/api/private/{function}</c>, <c>/auth/token</c>,
/// <c>/version</c> and <c>/openapi.json</c>. Runs until it is disposed.
/// </summary>
public sealed class AkToolsSimulator : IAsyncDisposable
{
    private readonly LoopbackServer _server;

    private AkToolsSimulator(LoopbackServer server) => _server = server;

    /// <summary>The address on which it listens, for example <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address => _server.Address;

    /// <summary>Starts listening.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<AkToolsSimulator> StartAsync(
        AkToolsSimulatorOptions options,
        CancellationToken cancellationToken
    ) => new(await LoopbackServer.StartAsync(options.Port, new AkToolsHandler(options).HandleAsync, cancellationToken));

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
