using System.Globalization;

namespace Tidemark.Simulator.Tws;

/// <summary>The ticks that a client wants besides the default ticks.</summary>
internal sealed record GenericTicks(IReadOnlySet<int> Wanted, bool SuppressesDefaults)
{
    private const string Legal =
        "100(Option Volume),101(Option Open Interest),105(Average Opt Volume),106(impvolat),165(Misc. Stats),"
        + "221/220(Creditman Mark Price),225(Auction),232/221(Pl Price),233(RTVolume),236(inventory),258/47(Fundamentals),"
        + "292(Wide_news),293(TradeCount),294(TradeRate),295(VolumeRate),318(LastRTHTrade),375(RTTrdVolume),411(rthistvol),"
        + "456/59(IBDividends),460(Bond Factor Multiplier),577(EtfNavLast(navlast)),586(IPOHLMPRC),587(Pl Price Delayed),"
        + "588(Futures Open Interest),595(Short-Term Volume X Mins),614(EtfNavMisc(high/low)),619(Creditman Slow Mark Price),"
        + "623(EtfFrozenNavLast(fznavlast))";

    /// <summary>162 is legal for indices only; 104 everywhere, although the gateway's text leaves it out.</summary>
    private static readonly HashSet<int> s_legal =
    [
        100,
        101,
        104,
        105,
        106,
        162,
        165,
        220,
        221,
        225,
        232,
        233,
        236,
        258,
        292,
        293,
        294,
        295,
        318,
        375,
        411,
        456,
        460,
        577,
        586,
        587,
        588,
        595,
        614,
        619,
        623,
    ];

    public static GenericTicks None { get; } = new(new HashSet<int>(), false);

    /// <summary>Reads a list; null when any part of it is illegal, which makes the whole list illegal.</summary>
    public static GenericTicks? Parse(string list, bool isIndex)
    {
        if (list.Length == 0)
        {
            return None;
        }

        var wanted = new HashSet<int>();
        var suppresses = false;
        foreach (var part in list.Split(',', StringSplitOptions.TrimEntries))
        {
            // A provider may follow the number for news: 292:BRFG.
            var name = part.Split(':')[0];
            if (name == "mdoff")
            {
                suppresses = true;
            }
            else if (
                int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && s_legal.Contains(number)
                && (number != 162 || isIndex)
            )
            {
                wanted.Add(number);
            }
            else
            {
                return null;
            }
        }

        return new GenericTicks(wanted, suppresses);
    }

    /// <summary>The refusal of a list.</summary>
    public static TwsError Refusal(string list, string securityType) =>
        TwsError.Invalid($"Incorrect generic tick list of {list}.  Legal ones for ({securityType}) are: {Legal}");
}
