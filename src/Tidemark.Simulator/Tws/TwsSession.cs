using System.Globalization;
using Tidemark.Simulator.Faults;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// The state of one client: its id, its requests, and the messages for it. Everything in it happens under its lock.
/// </summary>
internal sealed class TwsSession : IDisposable
{
    private const int ViolationsBeforeCut = 3;
    private const double NearLimit = 0.88;

    private static readonly TimeSpan s_longestHold = TimeSpan.FromMilliseconds(200);

    private readonly SlidingWindow _messages = new(TimeSpan.FromSeconds(1));
    private readonly FrameSocket _socket;
    private readonly RequestHandlers _handlers;
    private int? _clientId;
    private bool _asksForPacing;
    private bool _isWarned;
    private bool _isOver;
    private int _violations;

    /// <param name="gate">The session's lock.</param>
    public TwsSession(Gateway gateway, FrameSocket socket, Lock gate)
    {
        Gateway = gateway;
        Gate = gate;
        _socket = socket;
        Timetable = new Timetable(gateway.Clock, Gate, () => Outbox.Send(), _ => Abandon());
        _handlers = new RequestHandlers(this);
    }

    public Lock Gate { get; }

    public Gateway Gateway { get; }

    public Outbox Outbox => _socket.Outbox;

    public Timetable Timetable { get; }

    /// <summary>The buffer for messages.</summary>
    public FrameBuffer Out => Outbox.Buffer;

    /// <summary>The fault for the request that is being handled.</summary>
    public Fault? Fault { get; private set; }

    public DateTimeOffset Now => Gateway.Clock.GetUtcNow();

    /// <summary>Replies to the greeting; nothing else may be sent until the client starts.</summary>
    public void Greet(VersionRange range, Fault? fault)
    {
        _asksForPacing = range.AsksForPacing;
        lock (Gate)
        {
            var version = fault?.Kind == FaultKind.Version ? fault.Code : TwsSimulator.ServerVersion;
            GatewayMessages.Greeting(Out, version, NewYork.ConnectionTime(Now));
            Outbox.Send();
        }
    }

    /// <summary>Tells a client from before version 100, which knows no frames, why it is refused.</summary>
    public void SendAway(string reason)
    {
        lock (Gate)
        {
            GatewayMessages.LegacyRefusal(Out, NewYork.ConnectionTime(Now), TwsError.TooOld(reason));
            Outbox.Send();
        }
    }

    /// <summary>Handles one message; false when the connection is to end once everything has been sent.</summary>
    public async ValueTask<bool> HandleAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var limits = Gateway.Options.Limits;
        if (limits.MessagesPerSecond is { } limit && _clientId is not null)
        {
            if (limits.RejectsExcessMessages && _messages.Count(Now) >= limit)
            {
                return Reject(payload.Span, limit);
            }

            while (_messages.UntilBelow(limit, Now) is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, Gateway.Clock, cancellationToken);
            }

            Warn(_messages.Add(Now), limit);
        }

        await Outbox.WhenDrainedAsync(cancellationToken);
        var request = Read(payload.Span);
        if (request is null)
        {
            return true;
        }

        var fault = Gateway.Faults?.Next(request.Kind.Name(), Parameters(request));
        if (fault?.Delay is { } delay)
        {
            await Task.Delay(delay, Gateway.Clock, cancellationToken);
        }

        var isOpen = Handle(request, fault);
        if (fault?.Kind is FaultKind.LinkLost or FaultKind.LinkInterrupted)
        {
            Gateway.LoseLink(fault.After, losesData: fault.Kind == FaultKind.LinkLost);
        }

        return isOpen;
    }

    public void Error(int id, in TwsError error)
    {
        GatewayMessages.Error(Out, id, error.Code, error.Text);
        Gateway.Statistics.ErrorSent(error.Code);
    }

    /// <summary>Ends the connection when what was written has been sent.</summary>
    public void End(Ending ending)
    {
        _isOver = true;
        Outbox.End(ending);
    }

    /// <summary>The gateway has lost its vendor.</summary>
    public void LinkLost(bool losesData) => Tell(TwsError.LinkLost, losesData);

    /// <summary>The gateway has its vendor back.</summary>
    public void LinkRestored(bool lostData) =>
        Tell(lostData ? TwsError.LinkRestoredDataLost : TwsError.LinkRestored, losesData: false);

    public void Dispose()
    {
        lock (Gate)
        {
            _isOver = true;
            _handlers.Dispose();
        }

        Timetable.Dispose();

        // Last, so that whoever takes the id next finds the lines free.
        if (_clientId is { } clientId)
        {
            Gateway.Leave(clientId);
        }
    }

    /// <summary>Reads a request; null when it cannot be read, and then the client gets an error.</summary>
    private ClientRequest? Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            return RequestDecoder.Read(payload);
        }
        catch (UnreadableFieldException error)
        {
            lock (Gate)
            {
                if (_clientId is not null)
                {
                    Error(error.Request, TwsError.Unreadable(error));
                    Outbox.Send();
                }
            }

            return null;
        }
    }

    private bool Handle(ClientRequest request, Fault? fault)
    {
        lock (Gate)
        {
            Gateway.Statistics.Handled(request.Kind.Name());
            Outbox.IsHeld = false;
            var start = Out.Length;
            Fault = fault;
            switch (fault?.Kind)
            {
                case FaultKind.HangUp:
                    End(Ending.Reset);
                    break;
                case FaultKind.Silent:
                    break;
                case FaultKind.Error:
                    Error(request.Id, new TwsError(fault.Code, fault.Text));
                    break;
                case FaultKind.RateLimit:
                    Error(request.Id, TwsError.RateExceeded(limit: 50, received: 51, violation: 1));
                    break;
                default:
                    TryAnswer(request, start);
                    break;
            }

            Fault = null;
            if (fault is not null)
            {
                AnswerFaults.Apply(
                    fault,
                    Outbox,
                    start,
                    SeededHash.Mix((ulong)Gateway.Options.Seed, (ulong)request.Kind)
                );
                _isOver |= fault.Kind == FaultKind.Drop;
                Hold(fault);
            }

            Outbox.Send();
            return !_isOver;
        }
    }

    /// <summary>Holds an answer back until the next one, or until the longest hold is over.</summary>
    private void Hold(Fault fault)
    {
        if (fault.Kind == FaultKind.Merge)
        {
            Outbox.IsHeld = true;
            Timetable.After(s_longestHold, () => Outbox.IsHeld = false);
        }
    }

    private Dictionary<string, string> Parameters(ClientRequest request)
    {
        var contract = request switch
        {
            MarketDataRequest data => data.Contract,
            ContractDetailsRequest details => details.Contract,
            HistoricalRequest bars => bars.Contract,
            HeadTimestampRequest head => head.Contract,
            RealTimeBarsRequest bars => bars.Contract,
            CalculationRequest calculation => calculation.Contract,
            _ => null,
        };
        var clientId = request is StartApi start ? start.ClientId : _clientId ?? 0;
        var culture = CultureInfo.InvariantCulture;
        return new Dictionary<string, string>
        {
            ["clientId"] = clientId.ToString(culture),
            ["reqId"] = request.Id.ToString(culture),
            ["symbol"] = contract?.Symbol ?? (request as OptionParametersRequest)?.Symbol ?? "",
            ["secType"] = contract?.SecType ?? "",
            ["conId"] = (contract?.ConId ?? 0).ToString(culture),
        };
    }

    private void Start(int clientId)
    {
        if (_clientId is not null)
        {
            return;
        }

        if (Fault?.Kind == FaultKind.ClientIdInUse || !Gateway.TryEnter(clientId, this))
        {
            Error(GatewayMessages.NoRequest, TwsError.ClientIdInUse);
            End(Ending.Close);
            return;
        }

        _clientId = clientId;
        GatewayMessages.ManagedAccounts(Out, string.Join(',', Gateway.Options.Accounts));
        GatewayMessages.NextValidId(Out, 1);
        foreach (var notice in TwsError.Farms)
        {
            Error(GatewayMessages.NoRequest, notice);
        }
    }

    /// <summary>Answers a request; a failure of the market ends this request and not the session.</summary>
    private void TryAnswer(ClientRequest request, int start)
    {
        try
        {
            Answer(request);
        }
        catch (Exception error)
        {
            Out.Truncate(start);
            Error(request.Id, TwsError.Processing(error.Message));
        }
    }

    private void Answer(ClientRequest request)
    {
        if (request is StartApi start)
        {
            Start(start.ClientId);
        }
        else if (_clientId is not null)
        {
            // A request that comes before the client has started is dropped.
            _handlers.Answer(request);
        }
    }

    private bool Reject(ReadOnlySpan<byte> payload, int limit)
    {
        var id = GatewayMessages.NoRequest;
        try
        {
            id = RequestDecoder.Read(payload).Id;
        }
        catch (UnreadableFieldException error)
        {
            id = error.Request;
        }

        lock (Gate)
        {
            Error(id, TwsError.RateExceeded(limit, limit + 1, ++_violations));
            if (_violations == ViolationsBeforeCut)
            {
                End(Ending.Close);
            }

            Outbox.Send();
            return !_isOver;
        }
    }

    private void Warn(int count, int limit)
    {
        var isNear = count >= limit * NearLimit;
        if (isNear && !_isWarned && _asksForPacing)
        {
            lock (Gate)
            {
                Error(GatewayMessages.NoRequest, TwsError.ApproachingRate(limit, count));
            }
        }

        _isWarned = isNear;
    }

    private void Tell(TwsError notice, bool losesData)
    {
        lock (Gate)
        {
            if (_isOver)
            {
                return;
            }

            Error(GatewayMessages.NoRequest, notice);
            if (losesData)
            {
                _handlers.LoseData();
            }

            Outbox.Send();
        }
    }

    private void Abandon()
    {
        _isOver = true;
        _socket.Abandon();
    }
}
