using System.Threading.Channels;
using Tidemark.Vendors.Ibkr.Connections;
using Tidemark.Vendors.Ibkr.Wire;

namespace Tidemark.Vendors.Ibkr.Requests;

/// <summary>The quotes of a contract that a caller wants.</summary>
/// <param name="IsSnapshot">Once, until the gateway says that this is all.</param>
/// <param name="GenericTicks">Comma list; must be empty for a snapshot.</param>
/// <param name="Until">Ends when all these have come; none = never.</param>
internal readonly record struct QuoteWish(bool IsSnapshot, string GenericTicks, QuoteFields Until)
{
    public static QuoteWish Snapshot { get; } = new(IsSnapshot: true, "", QuoteFields.None);
}

/// <summary>Quotes of one contract: a snapshot, or a stream that is read as a state.</summary>
internal sealed class QuoteRequest(IbkrContract contract, QuoteWish wish) : GatewayRequest
{
    private readonly Lock _lock = new();

    private readonly Channel<bool>? _changes =
        wish.IsSnapshot || wish.Until != QuoteFields.None
            ? null
            : Channel.CreateBounded<bool>(
                new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
            );

    private readonly OptionRight _right = RightOf(contract);
    private IbkrQuote _quote = new();
    private SidesSeen _sides;
    private int _notice;

    public override string Name => "reqMktData";

    public override string Subject => contract.ToString();

    public override bool IsMarketData => true;

    public override bool CanCancel => true;

    public bool IsSnapshot => wish.IsSnapshot;

    /// <summary>Tells that the state has changed since it was last told. Ends with the request.</summary>
    public ChannelReader<bool> Changes => _changes!.Reader;

    /// <summary>
    /// The kind of quotes that the gateway had been asked for when this was sent, whatever was chosen since.
    /// </summary>
    public MarketDataType AskedFor { get; private set; }

    public override void OnSending(MarketDataType told) => AskedFor = told;

    public override void Write(RequestWriter writer) =>
        writer.MarketData(Id, contract, wish.GenericTicks, wish.IsSnapshot);

    public override void WriteCancel(RequestWriter writer) => writer.CancelMarketData(Id);

    public QuoteAnswer Answer(int index, IbkrException? error)
    {
        lock (_lock)
        {
            return new QuoteAnswer(index, contract, _quote, _notice, error);
        }
    }

    public override void OnPrice(int tickType, double price, double size)
    {
        lock (_lock)
        {
            QuoteTicks.Price(ref _quote, tickType, price, size);
        }

        Changed();
    }

    public override void OnSize(int tickType, double size)
    {
        lock (_lock)
        {
            QuoteTicks.Size(ref _quote, ref _sides, tickType, size, _right);
        }

        Changed();
    }

    public override void OnGeneric(int tickType, double value)
    {
        lock (_lock)
        {
            QuoteTicks.Generic(ref _quote, tickType, value);
        }

        Changed();
    }

    public override void OnText(int tickType, ReadOnlySpan<byte> text)
    {
        lock (_lock)
        {
            QuoteTicks.Text(ref _quote, tickType, text);
        }

        Changed();
    }

    public override void OnComputation(int tickType, in OptionComputation computation)
    {
        lock (_lock)
        {
            QuoteTicks.Computation(ref _quote, tickType, computation);
        }

        Changed();
    }

    public override void OnMarketDataType(MarketDataType type)
    {
        lock (_lock)
        {
            _quote.DataType = type;
        }

        Changed();
    }

    public override void OnNotice(int code)
    {
        lock (_lock)
        {
            _notice = code;
        }

        Changed();
    }

    /// <summary>
    /// 10089 ends a wish for live quotes; asked for delayed ones, some gateways say it and send them nevertheless.
    /// </summary>
    public override bool Tolerates(int code)
    {
        var tolerates = code == GatewayCodes.ApiSubscriptionMissing && AskedFor >= MarketDataType.Delayed;
        if (tolerates)
        {
            OnNotice(code);
        }

        return tolerates;
    }

    public override bool End(RequestEnd end, IbkrException? error = null)
    {
        var isFirst = base.End(end, error);
        _changes?.Writer.TryComplete();
        return isFirst;
    }

    private void Changed()
    {
        if (_changes is not null)
        {
            _changes.Writer.TryWrite(true);
        }
        else if (wish.Until != QuoteFields.None && (_quote.Fields & wish.Until) == wish.Until)
        {
            End(RequestEnd.Satisfied);
        }
    }

    /// <summary>
    /// The 21 characters of an option's local symbol hold its right, when the contract does not say it.
    /// </summary>
    private static OptionRight RightOf(IbkrContract contract) =>
        (contract.Right, contract.LocalSymbol) switch
        {
            (OptionRight.None, { Length: 21 } symbol) when symbol[12] == 'C' => OptionRight.Call,
            (OptionRight.None, { Length: 21 } symbol) when symbol[12] == 'P' => OptionRight.Put,
            var (right, _) => right,
        };
}
