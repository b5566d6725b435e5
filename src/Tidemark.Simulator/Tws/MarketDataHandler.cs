using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>One client's market data: which requests it may make, which are open, and when ticks are sent.</summary>
internal sealed class MarketDataHandler(TwsSession session, ContractHandler contracts) : IDisposable
{
    private const int MaxType = 4;
    private const int SnapshotPermissions = 3;

    /// <summary>When an incomplete snapshot ends.</summary>
    private static readonly TimeSpan s_snapshotEnd = TimeSpan.FromSeconds(11);

    /// <summary>How long after the first quotes open interest comes.</summary>
    private static readonly TimeSpan s_openInterestLag = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, Subscription> _active = [];
    private readonly List<Subscription> _options = [];
    private readonly List<Subscription> _others = [];
    private readonly TickWriter _writer = new(session);
    private int _allowedType = 1;
    private bool _optionsBeat;
    private bool _othersBeat;

    private Gateway Gateway => session.Gateway;

    /// <summary>Sets the type of data that later requests allow.</summary>
    public void ChooseType(int type)
    {
        if (type is < 1 or > MaxType)
        {
            session.Error(GatewayMessages.NoRequest, TwsError.Invalid("Invalid market data type"));
            return;
        }

        _allowedType = type;
    }

    /// <summary>Checks a request in the gateway's order, and begins it.</summary>
    public void Request(MarketDataRequest request)
    {
        if (_active.ContainsKey(request.Id))
        {
            session.Error(request.Id, TwsError.DuplicateTicker);
            return;
        }

        if (!contracts.TryFind(request.Contract, out var contract, out var error))
        {
            session.Error(request.Id, error);
            return;
        }

        if (Refusal(request, contract, out var generic) is { } refusal)
        {
            session.Error(request.Id, refusal);
            return;
        }

        var source = Source(contract);
        var entitlement = Entitlement.Of(Gateway.Options.Profile, contract.Kind, _allowedType, source);
        if (session.Fault?.Kind == FaultKind.CompetingSession)
        {
            entitlement = new Entitlement(false, false, false, TwsError.CompetingSession);
        }

        if (!entitlement.IsAlive)
        {
            session.Error(request.Id, entitlement.Notice!.Value);
            Gateway.Statistics.CloseLine();
            return;
        }

        Begin(request, contract, entitlement, generic);
    }

    /// <summary>Ends a stream or an incomplete snapshot.</summary>
    public void Cancel(int id)
    {
        if (_active.TryGetValue(id, out var subscription))
        {
            Close(subscription);
        }
        else
        {
            session.Error(id, TwsError.UnknownTicker(id));
        }
    }

    /// <summary>Forgets every request: the link to the vendor was lost, and the data with it.</summary>
    public void CloseAll()
    {
        foreach (var subscription in _active.Values.ToList())
        {
            Close(subscription);
        }
    }

    public void Dispose() => CloseAll();

    private void Begin(
        MarketDataRequest request,
        ListedContract contract,
        Entitlement entitlement,
        GenericTicks generic
    )
    {
        var slowness = session.Fault?.Kind == FaultKind.SlowTicks ? session.Fault.After : TimeSpan.Zero;
        var subscription = new Subscription(request, contract, entitlement, generic, _allowedType)
        {
            LacksEnd = session.Fault?.Kind == FaultKind.NoEnd,
            Slowness = slowness,
            QuietUntil = session.Now + slowness,
        };
        _active.Add(request.Id, subscription);
        TellType(subscription, Quote(subscription));
        var exchange = contract.Kind == ContractKind.Option ? "c70003" : "9c0001";
        GatewayMessages.TickReqParams(session.Out, request.Id, contract.MinTick, exchange, SnapshotPermissions);
        if (entitlement.Notice is { } notice)
        {
            session.Error(request.Id, notice);
        }

        Update(subscription);
        if (subscription.IsClosed)
        {
            return;
        }

        if (request.IsSnapshot)
        {
            session.Timetable.After(s_snapshotEnd, () => EndSnapshot(subscription));
        }
        else
        {
            TellGeneric(subscription);
        }

        Follow(subscription);
    }

    /// <summary>
    /// The refusal of a request whose contract is known; null when there is none, and then one line is taken.
    /// </summary>
    private TwsError? Refusal(MarketDataRequest request, ListedContract contract, out GenericTicks generic)
    {
        generic = GenericTicks.None;
        if (request.IsRegulatory)
        {
            return TwsError.NoRegulatorySnapshots;
        }

        if (GenericTicks.Parse(request.GenericTicks, contract.Kind == ContractKind.Index) is not { } ticks)
        {
            return GenericTicks.Refusal(request.GenericTicks, ContractMessages.SecurityType(contract.Kind));
        }

        generic = ticks;
        if (request.IsSnapshot && request.GenericTicks.Length > 0)
        {
            return TwsError.Invalid("Snapshot market data subscription is not applicable to generic ticks");
        }

        if (request.IsSnapshot && !Gateway.TrySnapshot())
        {
            return TwsError.TooManySnapshots(Gateway.Options.Limits.SnapshotsPerSecond!.Value);
        }

        return Gateway.Statistics.TryOpenLine(Gateway.Options.Limits.Lines, request.IsSnapshot)
            ? null
            : TwsError.TooManyLines;
    }

    private string Source(ListedContract contract)
    {
        var underlying =
            contract.UnderlyingConId > 0
                ? Gateway.Market.Find(contract.UnderlyingConId, NewYork.Day(session.Now)) ?? contract
                : contract;
        return underlying.PrimaryExchange switch
        {
            "NASDAQ" => $"{underlying.Symbol} NASDAQ.NMS",
            "" => $"{underlying.Symbol} {underlying.Exchanges[0]}",
            _ => $"{underlying.Symbol} {underlying.PrimaryExchange}",
        };
    }

    private void Follow(Subscription subscription)
    {
        if (subscription.IsOption)
        {
            _options.Add(subscription);
            if (!_optionsBeat)
            {
                _optionsBeat = true;
                session.Timetable.After(Gateway.Options.OptionInterval, BeatOptions);
            }
        }
        else
        {
            _others.Add(subscription);
            if (!_othersBeat)
            {
                _othersBeat = true;
                session.Timetable.After(Gateway.Options.OtherInterval, BeatOthers);
            }
        }
    }

    private void BeatOptions()
    {
        _optionsBeat = Beat(_options);
        if (_optionsBeat)
        {
            session.Timetable.After(Gateway.Options.OptionInterval, BeatOptions);
        }
    }

    private void BeatOthers()
    {
        _othersBeat = Beat(_others);
        if (_othersBeat)
        {
            session.Timetable.After(Gateway.Options.OtherInterval, BeatOthers);
        }
    }

    /// <summary>
    /// Sends what is new to all of them; false when none is left. A client that does not read misses a beat.
    /// </summary>
    private bool Beat(List<Subscription> followed)
    {
        for (var i = followed.Count - 1; i >= 0; i--)
        {
            if (!followed[i].IsClosed && !session.Outbox.IsFull)
            {
                Update(followed[i]);
            }
        }

        followed.RemoveAll(subscription => subscription.IsClosed);
        return followed.Count > 0;
    }

    private DateTimeOffset Moment(Subscription subscription) =>
        subscription.Entitlement.IsDelayed ? session.Now - Entitlement.Delay : session.Now;

    private ContractQuote Quote(Subscription subscription) =>
        Gateway.Market.Quote(subscription.Contract, Moment(subscription));

    private bool IsBeforeOpening(Subscription subscription, in ContractQuote quote)
    {
        if (quote.State != TradingState.Closed)
        {
            return false;
        }

        var moment = Moment(subscription);
        return Gateway.Market.Session(NewYork.Day(moment)) is { } day && moment < day.Open;
    }

    private void Update(Subscription subscription)
    {
        if (Gateway.IsLinkDown || session.Now < subscription.QuietUntil)
        {
            return;
        }

        subscription.QuietUntil = session.Now + subscription.Slowness;
        var quote = Quote(subscription);
        TellType(subscription, quote);
        _writer.Tell(subscription, quote, IsBeforeOpening(subscription, quote));
        if (subscription.IsSnapshot && (subscription.Sent & subscription.Needed) == subscription.Needed)
        {
            EndSnapshot(subscription);
        }
    }

    /// <summary>Sends the type of the data, first and whenever it changes.</summary>
    private void TellType(Subscription subscription, in ContractQuote quote)
    {
        const int live = 1;
        const int delayed = 3;
        var isFrozen = quote.State == TradingState.Closed && subscription.AllowedType is 2 or MaxType;
        var type = (subscription.Entitlement.IsDelayed ? delayed : live) + (isFrozen ? 1 : 0);
        if (type != subscription.Type)
        {
            subscription.Type = type;
            subscription.HasImage = false;
            GatewayMessages.MarketDataType(session.Out, subscription.Id, type);
        }
    }

    private void EndSnapshot(Subscription subscription)
    {
        if (subscription.IsClosed)
        {
            return;
        }

        _writer.TellMissingSides(subscription, IsBeforeOpening(subscription, subscription.Told));
        Close(subscription);
        if (!subscription.LacksEnd)
        {
            GatewayMessages.TickSnapshotEnd(session.Out, subscription.Id);
        }
    }

    private void TellGeneric(Subscription subscription)
    {
        _writer.TellGeneric(subscription);
        if (subscription.Generic.Wanted.Contains(101) && subscription.IsOption)
        {
            session.Timetable.After(s_openInterestLag, () => _writer.TellOpenInterest(subscription));
        }
    }

    private void Close(Subscription subscription)
    {
        subscription.IsClosed = true;
        _active.Remove(subscription.Id);
        Gateway.Statistics.CloseLine();
    }
}
