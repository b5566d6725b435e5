namespace Tidemark.Simulator.Market;

/// <summary>The minutes of a trading day, by the ends of their bars, counted from midnight.</summary>
internal sealed class Session
{
    private Session(bool hasAuctionBar, params (int First, int Last)[] spans)
    {
        HasAuctionBar = hasAuctionBar;
        var minutes = new List<int>();
        foreach (var (first, last) in spans)
        {
            for (var minute = first; minute <= last; minute++)
            {
                minutes.Add(minute);
            }
        }

        Minutes = [.. minutes];
    }

    /// <summary>Whether the first bar is the opening auction, which no longer bar swallows.</summary>
    public bool HasAuctionBar { get; }

    public int[] Minutes { get; }

    /// <summary>241 bars: 09:30, 09:31 to 11:30, 13:01 to 15:00.</summary>
    public static Session Shares { get; } = new(true, (570, 690), (781, 900));

    /// <summary>240 bars.</summary>
    public static Session Financial { get; } = new(false, (571, 690), (781, 900));

    /// <summary>225 bars of the day session; nights are not simulated.</summary>
    public static Session Commodity { get; } = new(false, (541, 615), (631, 690), (811, 900));
}

/// <summary>A bar of some minutes. Prices in units of the last decimal.</summary>
/// <param name="Minute">The end of the bar, counted from midnight.</param>
internal readonly record struct MinuteBar(
    int Minute,
    long Open,
    long High,
    long Low,
    long Close,
    long Volume,
    double Amount
);
