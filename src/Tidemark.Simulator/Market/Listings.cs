namespace Tidemark.Simulator.Market;

/// <summary>A stock with the values of its list entry.</summary>
/// <param name="EarlierName">The short name before it was changed; null when it never was.</param>
internal sealed record StockListing(
    Instrument Instrument,
    CompanyName Name,
    string Industry,
    string Area,
    string? EarlierName
)
{
    /// <summary>A stock is approved so many days before it is listed, and known so many days before.</summary>
    private const int ApprovedDays = 20;

    private const int KnownDays = 60;

    /// <summary>The board as <c>stock_basic.market</c> says it.</summary>
    public string Market =>
        Instrument.Board switch
        {
            Board.ChiNext => "创业板",
            Board.Star => "科创板",
            Board.Beijing => "北交所",
            _ => "主板",
        };

    public string Exchange => ExchangeNames.Of(Instrument.Code);

    /// <summary>
    /// L listed, P suspended before it is delisted, D delisted, G approved and not yet traded, UN not listed yet: as of
    /// a day; null when nobody knows of it.
    /// </summary>
    public string? Status(DateOnly today, int position)
    {
        if (Instrument.ListDate > today)
        {
            var days = Instrument.ListDate.DayNumber - today.DayNumber;
            return days <= ApprovedDays ? "G"
                : days <= KnownDays ? "UN"
                : null;
        }

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
/// <param name="Index">The index that an ETF follows; null for other funds.</param>
internal sealed record FundListing(
    Instrument Instrument,
    string Name,
    string Manager,
    string Theme,
    string Market,
    IndexListing? Index
)
{
    public string Custodian => s_custodians[(int)(Instrument.Key % (ulong)s_custodians.Length)];

    /// <summary>Hundredths of a percent a year.</summary>
    public int ManagementFee => Instrument.Key % 3 == 0 ? 15 : 50;

    private static readonly string[] s_custodians =
    [
        "中国工商银行",
        "中国银行",
        "招商银行",
        "中国建设银行",
        "交通银行",
    ];
}

/// <summary>An index with the values of its list entry.</summary>
internal sealed record IndexListing(
    Instrument Instrument,
    string Name,
    string Market,
    string Publisher,
    string Category
);
