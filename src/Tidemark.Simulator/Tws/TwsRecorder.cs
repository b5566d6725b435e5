using System.Net.Sockets;
using Tidemark.Core.Errors;

namespace Tidemark.Simulator.Tws;

/// <summary>The gateway to record, and the file.</summary>
public sealed record TwsRecorderOptions
{
    /// <summary>The gateway's host.</summary>
    public required string UpstreamHost { get; init; }

    /// <summary>The gateway's port.</summary>
    public required int UpstreamPort { get; init; }

    /// <summary>The file to write; replaces an existing one.</summary>
    public required string Path { get; init; }

    /// <summary>TCP port on 127.0.0.1; 0 takes any free one.</summary>
    public int Port { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>
/// Connects clients with a gateway: passes bytes unchanged both ways and writes down their frames with times, without
/// accounts and their contents. Runs until it is disposed.
/// </summary>
public sealed class TwsRecorder : IAsyncDisposable
{
    private const int ReceiveBuffer = 64 * 1024;

    private readonly TwsRecorderOptions _options;
    private readonly StreamWriter _file;
    private readonly TwsRedactor _redactor = new();
    private readonly Lock _gate = new();
    private readonly long _began;
    private readonly LoopbackListener _listener;
    private int _connections;

    private TwsRecorder(TwsRecorderOptions options, StreamWriter file)
    {
        _options = options;
        _file = file;
        _began = options.TimeProvider.GetTimestamp();
        _file.WriteLine(TwsRecording.FirstLine);
        _file.WriteLine(
            $"# begun {options.TimeProvider.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}; accounts and amounts are not the true ones"
        );
        _listener = LoopbackListener.Start(options.Port, RelayAsync);
    }

    /// <summary>The port on which it listens.</summary>
    public int Port => _listener.Port;

    /// <summary>Starts listening. Connects to the gateway when a client comes.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="TidemarkException">The file cannot be written.</exception>
    public static async Task<TwsRecorder> StartAsync(TwsRecorderOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StreamWriter file;
        try
        {
            file = new StreamWriter(options.Path, append: false) { NewLine = "\n" };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TidemarkException(
                ErrorKind.Storage,
                "RECORDING_UNWRITABLE",
                $"The recording {options.Path} cannot be written: {error.Message} Check the path after --record.",
                error
            );
        }

        try
        {
            return new TwsRecorder(options, file);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _file.DisposeAsync();
    }

    private async Task RelayAsync(Socket client, CancellationToken stop)
    {
        var connection = Interlocked.Increment(ref _connections);
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await upstream.ConnectAsync(_options.UpstreamHost, _options.UpstreamPort, stop);
        }
        catch (SocketException error)
        {
            Note(connection, $"the gateway cannot be reached: {error.Message}");
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var session = new RecordedSession(connection);
        var up = PassAsync(client, upstream, session, fromClient: true, ended);
        var down = PassAsync(upstream, client, session, fromClient: false, ended);
        await Task.WhenAll(up, down);
    }

    /// <summary>
    /// Passes bytes on until there are no more. Notes frames before it passes them on, so that no answer is written
    /// down before its request, and everything after the gateway's version is read by that version.
    /// </summary>
    private async Task PassAsync(
        Socket from,
        Socket to,
        RecordedSession session,
        bool fromClient,
        CancellationTokenSource ended
    )
    {
        var collector = new FrameCollector(fromClient);
        var buffer = new byte[ReceiveBuffer];
        var who = fromClient ? "client" : "gateway";
        try
        {
            while (await from.ReceiveAsync(buffer, SocketFlags.None, ended.Token) is var length and > 0)
            {
                Collect(collector, buffer.AsMemory(0, length), session, fromClient);
                for (var sent = 0; sent < length; )
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), SocketFlags.None, ended.Token);
                }
            }

            Note(session.Number, $"the {who} has ended");
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Note(session.Number, $"the {who} was cut off");
            await ended.CancelAsync();
        }
    }

    private void Collect(FrameCollector collector, ReadOnlyMemory<byte> bytes, RecordedSession session, bool fromClient)
    {
        if (session.IsSecret)
        {
            return;
        }

        var wasLost = collector.IsLost;
        lock (_gate)
        {
            var at = _options.TimeProvider.GetElapsedTime(_began);
            foreach (var (fields, isGreeting) in collector.Add(bytes))
            {
                if (session.IsSecret)
                {
                    continue;
                }

                var kept = isGreeting ? fields : _redactor.Redact(fields, fromClient);
                _file.WriteLine(TwsRecording.Line(new RecordedFrame(at, session.Number, fromClient, kept), isGreeting));
                if (!fromClient && !session.HasVersion)
                {
                    session.Choose(fields);
                }
            }

            // A recording is made to find out what went wrong, so the frames must survive the end of this process.
            _file.Flush();
        }

        if (collector.IsLost && !wasLost)
        {
            Note(session.Number, "what follows is no frame, and is passed on without being written down");
        }

        if (session.IsSecret)
        {
            Note(
                session.Number,
                "messages of this version are no text: they are passed on without being written down. "
                    + $"Record a client that offers at most {RecordedSession.HighestVersion}"
            );
        }
    }

    private void Note(int connection, string text)
    {
        lock (_gate)
        {
            _file.WriteLine(TwsRecording.Note(_options.TimeProvider.GetElapsedTime(_began), connection, text));
            _file.Flush();
        }
    }
}

/// <summary>One client of a recorder, and the version that its gateway has chosen.</summary>
internal sealed class RecordedSession(int number)
{
    /// <summary>
    /// Above this version messages are binary: nothing here can tell an order from a price in them, and so what must
    /// not be written down.
    /// </summary>
    public const int HighestVersion = 200;

    private volatile bool _hasVersion;
    private volatile bool _isSecret;

    public int Number => number;

    /// <summary>Whether the gateway has answered the greeting.</summary>
    public bool HasVersion => _hasVersion;

    /// <summary>Whether nothing more of it may be written.</summary>
    public bool IsSecret => _isSecret;

    /// <summary>Reads the gateway's answer to the greeting.</summary>
    public void Choose(IReadOnlyList<string> answer)
    {
        _isSecret = RequestIds.Number(answer, 0) > HighestVersion;
        _hasVersion = true;
    }
}
