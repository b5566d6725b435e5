using System.Globalization;

namespace Tidemark.Vendors.Ibkr;

/// <summary>Which bars of a contract.</summary>
/// <param name="BarSize">As IBKR spells it: <c>1 day</c>, <c>5 mins</c>, <c>30 secs</c>.</param>
/// <param name="Duration">Back from the end, as IBKR spells it: <c>1 Y</c>, <c>2 D</c>, <c>3600 S</c>.</param>
/// <param name="WhatToShow"><c>TRADES</c>, <c>MIDPOINT</c>, <c>BID</c>, <c>ASK</c>, <c>BID_ASK</c>.</param>
/// <param name="End">Null = now.</param>
public sealed record HistoryQuery(
    string BarSize,
    string Duration,
    string WhatToShow = "TRADES",
    bool RegularHoursOnly = true,
    DateTimeOffset? End = null
)
{
    /// <summary>In UTC: without a zone the gateway would take its own.</summary>
    internal string EndText => End?.UtcDateTime.ToString("yyyyMMdd-HH:mm:ss", CultureInfo.InvariantCulture) ?? "";
}
