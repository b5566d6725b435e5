using System.Net.Sockets;
using Tidemark.Core.Errors;

namespace Tidemark.Simulator.Tws;

/// <summary>The recording to play, and how fast.</summary>
public sealed record TwsPlayerOptions
{
    /// <summary>A file that <see cref="TwsRecorder"/> wrote.</summary>
    public required string Path { get; init; }

    /// <summary>TCP port on 127.0.0.1; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>Whether answers take as long as they took in the recording. If not, they come at once.</summary>
    public bool KeepsTime { get; init; } = true;

    /// <summary>Gets one line for each client that was refused, with the reason.</summary>
    public Action<string> Log { get; init; } = _ => { };

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>
/// Plays a recording in place of the recorded gateway: a client that makes a recorded request gets the recorded
/// answers, with its own ids. The first client gets the first connection of the recording, and so on; clients after the
/// last one get the last. Runs until it is disposed.
/// </summary>
public sealed class TwsPlayer : IAsyncDisposable
{
    private readonly TwsPlayerOptions _options;
    private readonly IReadOnlyList<RecordedConnection> _connections;
    private readonly LoopbackListener _listener;
    private int _clients;

    private TwsPlayer(TwsPlayerOptions options, IReadOnlyList<RecordedConnection> connections)
    {
        _options = options;
        _connections = connections;
        _listener = LoopbackListener.Start(options.Port, ServeAsync);
    }

    /// <summary>The port on which it listens.</summary>
    public int Port => _listener.Port;

    /// <summary>Reads the recording and starts listening.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="TidemarkException">The file cannot be read, is no recording, or has no connection.</exception>
    public static Task<TwsPlayer> StartAsync(TwsPlayerOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var connections = RecordedConnection.All(TwsRecording.Read(options.Path));
        if (connections.Count == 0)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "RECORDING_INVALID",
                $"The recording {options.Path} has no frames: nobody connected while it was made. Record a session with a client."
            );
        }

        return Task.FromResult(new TwsPlayer(options, connections));
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(Socket client, CancellationToken stop)
    {
        var number = Interlocked.Increment(ref _clients);
        var connection = _connections[Math.Min(number, _connections.Count) - 1];
        var gate = new Lock();
        using var socket = new FrameSocket(client, gate, null, stop);
        using var session = new PlayedSession(connection, socket, gate, _options);
        await socket.RunAsync(session.ServeAsync);
    }
}
