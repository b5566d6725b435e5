using System.Collections.Concurrent;
using Tidemark.Vendors.Ibkr.Wire;

namespace Tidemark.Vendors.Ibkr.Connections;

/// <summary>Hands each message to the request that it belongs to. All on the thread that decodes.</summary>
internal sealed partial class GatewayConnection : IGatewaySink
{
    private const int NoticesKept = 64;

    /// <summary>
    /// Programs that number their orders by the clock leave the gateway close to the largest number; ours must not run
    /// out.
    /// </summary>
    private const int FirstIdMax = 1_000_000_000;

    private readonly ConcurrentQueue<(int Code, string Text)> _notices = new();
    private TaskCompletionSource<long> _time = NewSource<long>();
    private TaskCompletionSource _link = CompletedLink();
    private bool _hasId;

    /// <summary>
    /// The first number that a request may have; the gateway's first for an order, which only orders have to keep to.
    /// </summary>
    public int FirstId { get; private set; }

    public int Accounts { get; private set; }

    /// <summary>How many of the accounts are simulated ones.</summary>
    public int PaperAccounts { get; private set; }

    /// <summary>The port to connect to next time, when the gateway named one (1300).</summary>
    public int? NextPort { get; private set; }

    /// <summary>The last remarks that belong to no request, oldest first.</summary>
    public IReadOnlyList<(int Code, string Text)> Notices => [.. _notices];

    /// <summary>Completes while the gateway has its link to IBKR, or when the connection has ended.</summary>
    public Task Link => Volatile.Read(ref _link).Task;

    void IGatewaySink.OnPrice(int requestId, int tickType, double price, double size) =>
        Find(requestId)?.OnPrice(tickType, price, size);

    void IGatewaySink.OnSize(int requestId, int tickType, double size) => Find(requestId)?.OnSize(tickType, size);

    void IGatewaySink.OnGeneric(int requestId, int tickType, double value) =>
        Find(requestId)?.OnGeneric(tickType, value);

    void IGatewaySink.OnText(int requestId, int tickType, ReadOnlySpan<byte> text) =>
        Find(requestId)?.OnText(tickType, text);

    void IGatewaySink.OnComputation(int requestId, int tickType, in OptionComputation computation) =>
        Find(requestId)?.OnComputation(tickType, computation);

    void IGatewaySink.OnMarketDataType(int requestId, int type) =>
        Find(requestId)?.OnMarketDataType(type is >= 1 and <= 4 ? (MarketDataType)type : MarketDataType.Unknown);

    void IGatewaySink.OnPart(int requestId, object part) => Find(requestId)?.OnPart(part);

    void IGatewaySink.OnEnd(int requestId) => End(requestId, RequestEnd.Complete, error: null);

    void IGatewaySink.OnNextValidId(int id)
    {
        FirstId = id is > 0 and < FirstIdMax ? id : 1;
        _hasId = true;
        CheckReady();
    }

    void IGatewaySink.OnAccounts(int accounts, int paper)
    {
        (Accounts, PaperAccounts) = (accounts, paper);
        if (accounts == 0 && !_ready.Task.IsCompleted)
        {
            Close(IbkrErrors.NoAccount(Where));
        }

        CheckReady();
    }

    void IGatewaySink.OnCurrentTime(long epochSeconds) =>
        Interlocked.Exchange(ref _time, NewSource<long>()).TrySetResult(epochSeconds);

    void IGatewaySink.OnOther(int messageId) => Interlocked.Increment(ref _counters.Unused);

    void IGatewaySink.OnExtraFields(int messageId) => Interlocked.Increment(ref _counters.Extended);

    void IGatewaySink.OnBroken(int messageId, int requestId)
    {
        Interlocked.Increment(ref _counters.Broken);
        if (_open.TryGetValue(requestId, out var request))
        {
            End(requestId, RequestEnd.Broken, IbkrErrors.Broken(request.Name, request.Subject, messageId));
        }
    }

    void IGatewaySink.OnError(int requestId, int code, string text)
    {
        var known = GatewayCodes.Of(code, text);
        if (known.Class == CodeClass.Pacing)
        {
            Interlocked.Increment(ref _counters.PacingErrors);
            _budget.SlowDown();
        }

        if (requestId >= 0 && known.Class is not (CodeClass.Session or CodeClass.Farm))
        {
            OnRequestError(requestId, code, text, known.Class);
        }
        else
        {
            OnSessionNotice(code, text);
        }
    }

    private static TaskCompletionSource CompletedLink()
    {
        var link = NewSource();
        link.SetResult();
        return link;
    }

    private GatewayRequest? Find(int requestId)
    {
        if (_open.TryGetValue(requestId, out var request))
        {
            return request;
        }

        Interlocked.Increment(ref _counters.Late);
        return null;
    }

    private void End(int requestId, RequestEnd end, IbkrException? error)
    {
        if (_open.TryRemove(requestId, out var request))
        {
            request.End(end, error);
        }
        else
        {
            Interlocked.Increment(ref _counters.Late);
        }
    }

    private void CheckReady()
    {
        if (_hasId && Accounts > 0)
        {
            _ready.TrySetResult();
        }
    }

    private void OnRequestError(int requestId, int code, string text, CodeClass kind)
    {
        var request = Find(requestId);
        if (kind == CodeClass.Notice || code == GatewayCodes.RateWarning)
        {
            Interlocked.Increment(ref _counters.Notices);
            request?.OnNotice(code);
        }
        else if (request is not null && !request.Tolerates(code))
        {
            End(requestId, RequestEnd.Refused, IbkrErrors.Of(request.Name, request.Subject, code, text));
        }
    }

    private void OnSessionNotice(int code, string text)
    {
        _notices.Enqueue((code, IbkrErrors.WithoutAccounts(text)));
        while (_notices.Count > NoticesKept)
        {
            _notices.TryDequeue(out _);
        }

        Interlocked.Increment(ref _counters.Notices);
        switch (code)
        {
            case GatewayCodes.ClientIdInUse:
                Close(IbkrErrors.ClientIdInUse(Where, ClientId));
                break;
            case GatewayCodes.LinkLost when _link.Task.IsCompleted:
                Volatile.Write(ref _link, NewSource());
                break;
            case GatewayCodes.LinkBackDataLost:
                ForgetSubscriptions();
                _link.TrySetResult();
                break;
            case GatewayCodes.LinkBack:
                _link.TrySetResult();
                break;
            case GatewayCodes.PortReset:
                NextPort = GatewayCodes.PortIn(text);
                Close(IbkrErrors.Lost(Where, NextPort is { } port ? $"it moved to port {port}" : "its port was reset"));
                break;
        }
    }

    private void ForgetSubscriptions()
    {
        foreach (var (id, request) in _open)
        {
            if (request.IsMarketData)
            {
                Interlocked.Increment(ref _counters.Resubscriptions);
                End(id, RequestEnd.Forgotten, IbkrErrors.Lost(Where, "the gateway lost its subscriptions (1101)"));
            }
        }
    }
}
