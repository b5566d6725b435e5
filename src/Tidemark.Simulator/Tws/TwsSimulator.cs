namespace Tidemark.Simulator.Tws;

/// <summary>
/// TWS's or IB Gateway's socket on 127.0.0.1, at server version 176: any client whose range of versions includes it can
/// connect. Orders are refused. Runs until it is disposed.
/// </summary>
public sealed class TwsSimulator : IAsyncDisposable
{
    /// <summary>The only version that it speaks.</summary>
    public const int ServerVersion = 176;

    private readonly LoopbackListener _listener;
    private readonly Gateway _gateway;

    private TwsSimulator(LoopbackListener listener, Gateway gateway)
    {
        _listener = listener;
        _gateway = gateway;
    }

    /// <summary>The port on which it listens.</summary>
    public int Port => _listener.Port;

    /// <summary>Counts of what it has received and done so far.</summary>
    public TwsStatistics Statistics => _gateway.Statistics;

    /// <summary>Starts listening.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static Task<TwsSimulator> StartAsync(TwsSimulatorOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var gateway = new Gateway(options);
        var listener = LoopbackListener.Start(
            options.Port,
            (socket, stop) => TwsConnection.RunAsync(gateway, socket, stop)
        );
        return Task.FromResult(new TwsSimulator(listener, gateway));
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _gateway.Dispose();
    }
}
