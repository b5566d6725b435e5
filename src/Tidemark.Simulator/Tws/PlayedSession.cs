using System.Text;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// One client of a player: finds the client's request in the recording and sends the recorded answers.
/// </summary>
internal sealed class PlayedSession : IDisposable
{
    private readonly RecordedConnection _connection;
    private readonly FrameSocket _socket;
    private readonly Lock _gate;
    private readonly bool _keepsTime;
    private readonly Action<string> _log;
    private readonly Timetable _timetable;
    private readonly HashSet<RecordedExchange> _used = [];

    /// <summary>
    /// The number of the current playback of an id; an older one was cancelled, or its id was used again.
    /// </summary>
    private readonly Dictionary<int, int> _playing = [];

    private int _plays;

    public PlayedSession(RecordedConnection connection, FrameSocket socket, Lock gate, TwsPlayerOptions options)
    {
        _connection = connection;
        _socket = socket;
        _gate = gate;
        _keepsTime = options.KeepsTime;
        _log = options.Log;
        _timetable = new Timetable(options.TimeProvider, gate, socket.Outbox.Send, _ => socket.Abandon());
    }

    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        var version = RequestIds.Number(_connection.Greeting, 0);
        if (!(await _socket.ReadGreetingAsync(cancellationToken)).Admits(version, out var reason))
        {
            _log($"a client was sent away: {reason}");
            return;
        }

        lock (_gate)
        {
            Write(_connection.Greeting, 0, 0);
            _socket.Outbox.Send();
        }

        while (await _socket.ReadFrameAsync(cancellationToken) is { } frame)
        {
            var fields = Fields(frame);
            FrameSocket.Return(frame);
            await _socket.Outbox.WhenDrainedAsync(cancellationToken);
            lock (_gate)
            {
                Answer(fields);
                _socket.Outbox.Send();
            }
        }
    }

    public void Dispose() => _timetable.Dispose();

    private static string[] Fields(ArraySegment<byte> frame)
    {
        var text = Encoding.Latin1.GetString(frame);
        return text.EndsWith('\0') ? text[..^1].Split('\0') : text.Split('\0');
    }

    private void Answer(string[] request)
    {
        var message = RequestIds.Message(request);
        var place = RequestIds.InRequest(message);
        var id = place > 0 ? RequestIds.Number(request, place) : GatewayMessages.NoRequest;
        var isCancel =
            (TwsRequest)message is TwsRequest.CancelMktData or TwsRequest.CancelHistoricalData && _playing.Remove(id);
        var exchange = Find(request);
        if (exchange is null)
        {
            if (!isCancel)
            {
                Refuse(message, id, request);
            }

            return;
        }

        var play = ++_plays;
        _playing[id] = play;
        foreach (var (after, fields) in exchange.Answers)
        {
            if (_keepsTime && after > TimeSpan.Zero)
            {
                _timetable.After(after, () => WriteLater(fields, id, play));
            }
            else
            {
                Write(fields, RequestIds.InAnswer(RequestIds.Message(fields)), id);
            }
        }
    }

    /// <summary>
    /// The first equal request that has not been answered yet; when all have been, the last of them again.
    /// </summary>
    private RecordedExchange? Find(string[] request)
    {
        RecordedExchange? last = null;
        foreach (var exchange in _connection.Exchanges)
        {
            if (exchange.Fits(request))
            {
                last = exchange;
                if (_used.Add(exchange))
                {
                    break;
                }
            }
        }

        return last;
    }

    private void Refuse(int message, int id, string[] request)
    {
        var name = ((TwsRequest)message).Name();
        var error = TwsError.Invalid(
            $"The recording has no request {name} with {string.Join(' ', request.Where(field => field.Length > 0))}"
        );
        GatewayMessages.Error(_socket.Outbox.Buffer, id, error.Code, error.Text);
    }

    private void WriteLater(IReadOnlyList<string> fields, int id, int play)
    {
        var place = RequestIds.InAnswer(RequestIds.Message(fields));
        if (id == GatewayMessages.NoRequest || place == 0 || _playing.GetValueOrDefault(id) == play)
        {
            Write(fields, place, id);
        }
    }

    /// <summary>Writes a recorded message with another id. An error that belongs to no request keeps its id.</summary>
    private void Write(IReadOnlyList<string> fields, int place, int id)
    {
        var frame = _socket.Outbox.Buffer.BeginPayload();
        for (var i = 0; i < fields.Count; i++)
        {
            if (i == place && place > 0 && id != GatewayMessages.NoRequest && fields[i] != "-1")
            {
                frame.Int(id);
            }
            else
            {
                frame.Latin(fields[i]);
            }
        }

        frame.End();
    }
}
