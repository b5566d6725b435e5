using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>A set of default ticks.</summary>
[Flags]
internal enum Ticks
{
    None = 0,
    LastTime = 1,
    Last = 1 << 1,
    Halted = 1 << 2,
    Volume = 1 << 3,
    High = 1 << 4,
    Low = 1 << 5,
    Close = 1 << 6,
    Open = 1 << 7,
    Bid = 1 << 8,
    Ask = 1 << 9,
    BidComputation = 1 << 10,
    AskComputation = 1 << 11,
    LastComputation = 1 << 12,
    Model = 1 << 13,
    Computations = BidComputation | AskComputation | LastComputation | Model,
    All = (1 << 14) - 1,
}

/// <summary>The numbers of the default ticks: one set for live data, one for delayed data.</summary>
internal sealed record TickNumbers(
    int Bid,
    int BidSize,
    int Ask,
    int AskSize,
    int Last,
    int LastSize,
    int High,
    int Low,
    int Volume,
    int Close,
    int Open,
    int FirstComputation,
    int LastTime,
    int Halted
)
{
    public static TickNumbers Live { get; } = new(1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 14, 10, 45, 49);

    public static TickNumbers Delayed { get; } = new(66, 69, 67, 70, 68, 71, 72, 73, 74, 75, 76, 80, 88, 90);
}

/// <summary>One open request of market data.</summary>
internal sealed class Subscription(
    MarketDataRequest request,
    ListedContract contract,
    Entitlement entitlement,
    GenericTicks generic,
    int allowedType
)
{
    public int Id => request.Id;

    public bool IsSnapshot => request.IsSnapshot;

    public ListedContract Contract => contract;

    public bool IsOption => contract.Kind == ContractKind.Option;

    public Entitlement Entitlement => entitlement;

    public GenericTicks Generic => generic;

    /// <summary>The type of data that the client allowed when it made the request.</summary>
    public int AllowedType => allowedType;

    /// <summary>
    /// The type of data that is being sent: 1 live, 2 frozen, 3 delayed, 4 delayed and frozen; 0 before the first.
    /// </summary>
    public int Type { get; set; }

    /// <summary>The ticks that were sent; a snapshot sends each tick once.</summary>
    public Ticks Sent { get; set; }

    /// <summary>The quote that was sent last; when its step is the same, nothing is new.</summary>
    public ContractQuote Told { get; set; }

    /// <summary>Whether <see cref="Told"/> has been sent yet.</summary>
    public bool HasImage { get; set; }

    /// <summary>A fault: the time between updates. Zero means no delay.</summary>
    public TimeSpan Slowness { get; init; }

    /// <summary>Nothing is sent before this moment.</summary>
    public DateTimeOffset QuietUntil { get; set; }

    /// <summary>A fault: the end of the snapshot is never sent.</summary>
    public bool LacksEnd { get; init; }

    public bool IsClosed { get; set; }

    /// <summary>The ticks that a snapshot waits for.</summary>
    public Ticks Needed =>
        Ticks.Bid | Ticks.Ask | Ticks.Last | Ticks.Close | (IsOption ? Ticks.Computations : Ticks.Open);
}
