namespace Tidemark.Simulator.Market;

/// <summary>A stock with the values of its list entry.</summary>
internal sealed record StockListing(Instrument Instrument, CompanyName Name, string Industry, string Area)
{
    /// <summary>The board as <c>stock_basic.market</c> says it.</summary>
    public string Market =>
        Instrument.Board switch
        {
            Board.ChiNext => "创业板",
            Board.Star => "科创板",
            Board.Beijing => "北交所",
            _ => "主板",
        };

    public string Exchange =>
        Instrument.Code[^2..] switch
        {
            "SH" => "SSE",
            "SZ" => "SZSE",
            _ => "BSE",
        };

    /// <summary>L listed, P suspended before it is delisted, D delisted: as of a day.</summary>
    public string Status(DateOnly today, int position)
    {
        if (Instrument.DelistDate is { } gone && gone <= today)
        {
            return "D";
        }

        return position >= Instrument.HaltedFrom ? "P" : "L";
    }
}

/// <summary>
/// A fund with the values of its list entry. Market E is traded on an exchange; O is not and has no bars.
/// </summary>
internal sealed record FundListing(Instrument Instrument, string Name, string Manager, string Theme, string Market);

/// <summary>An index with the values of its list entry.</summary>
internal sealed record IndexListing(
    Instrument Instrument,
    string Name,
    string Market,
    string Publisher,
    string Category
);
