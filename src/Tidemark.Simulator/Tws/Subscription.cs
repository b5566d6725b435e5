using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>The default ticks of a ticker; a set of them.</summary>
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

/// <summary>The numbers of the default ticks: one set as it happens, one for what comes late.</summary>
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

    /// <summary>What the client allowed when it asked.</summary>
    public int AllowedType => allowedType;

    /// <summary>
    /// What kind of data is being sent: 1 live, 2 frozen, 3 delayed, 4 delayed and frozen; 0 before the first.
    /// </summary>
    public int Type { get; set; }

    /// <summary>What has been sent: of a snapshot each tick once.</summary>
    public Ticks Sent { get; set; }

    /// <summary>What was told last; its step tells that nothing is new.</summary>
    public ContractQuote Told { get; set; }

    /// <summary>Whether <see cref="Told"/> has been told at all.</summary>
    public bool HasImage { get; set; }

    /// <summary>A fault: how far apart updates are. Zero is as they come.</summary>
    public TimeSpan Slowness { get; init; }

    /// <summary>Nothing is told before.</summary>
    public DateTimeOffset QuietUntil { get; set; }

    /// <summary>A fault: the end of the snapshot is never told.</summary>
    public bool LacksEnd { get; init; }

    public bool IsClosed { get; set; }

    /// <summary>What a snapshot waits for.</summary>
    public Ticks Needed =>
        Ticks.Bid | Ticks.Ask | Ticks.Last | Ticks.Close | (IsOption ? Ticks.Computations : Ticks.Open);
}
