namespace Tidemark.Simulator.Market;

/// <summary>Makes the stocks of a market: listing dates, boards, codes, and how each price behaves.</summary>
internal sealed class StockFactory(ulong seed, MarketDays days)
{
    private const double DelistedShare = 0.04;
    private const double GiantShare = 0.02;
    private const double SpecialTreatmentShare = 0.03;
    private const double RenamedShare = 0.1;

    /// <summary>The number of the name that a renamed company had before; current ones have lower numbers.</summary>
    private const int EarlierName = 99;

    /// <summary>The codes of new listings, era by era: prefix and weight.</summary>
    private static readonly (DateOnly Until, (string Prefix, double Weight)[] Prefixes)[] s_eras =
    [
        (new(2004, 6, 25), [("600", 0.58), ("000", 0.42)]),
        (new(2009, 10, 30), [("002", 0.75), ("601", 0.15), ("600", 0.10)]),
        (new(2015, 1, 1), [("300", 0.50), ("002", 0.42), ("601", 0.08)]),
        (new(2019, 7, 22), [("603", 0.42), ("300", 0.35), ("002", 0.20), ("601", 0.03)]),
        (new(2020, 8, 24), [("688", 0.40), ("603", 0.28), ("300", 0.20), ("002", 0.12)]),
        (new(2021, 11, 15), [("688", 0.32), ("301", 0.20), ("603", 0.18), ("605", 0.15), ("003", 0.10), ("601", 0.05)]),
        (DateOnly.MaxValue, [("301", 0.38), ("920", 0.25), ("688", 0.25), ("603", 0.09), ("001", 0.03)]),
    ];

    private readonly CodePool _codes = new(
        1,
        "600",
        "601",
        "603",
        "605",
        "000",
        "001",
        "002",
        "003",
        "300",
        "301",
        "302",
        "688",
        "689",
        "920"
    );
    private readonly HashSet<string> _names = [];

    /// <summary>
    /// Makes <paramref name="count"/> stocks that stay, and some more that are delisted at some time; in the order of
    /// their codes.
    /// </summary>
    public StockListing[] Make(int count)
    {
        var births = new List<(DateOnly Listed, DateOnly? Gone)>();
        for (var i = 0; i < count; i++)
        {
            births.Add((ListingTable.Stocks.DateAt((i + 0.5) / count), null));
        }

        var delisted = (int)(count * DelistedShare);
        for (var i = 0; i < delisted; i++)
        {
            births.Add(Delisted(SeededHash.Mix(seed, 707, (ulong)i)));
        }

        var stocks = new List<StockListing>(births.Count);
        foreach (var (listed, gone) in births.OrderBy(b => b.Listed))
        {
            stocks.Add(Stock(listed, gone, stocks.Count));
        }

        return [.. stocks.OrderBy(s => s.Instrument.Code, StringComparer.Ordinal)];
    }

    /// <summary>A stock listed in the first three quarters of history and delisted at least four years later.</summary>
    private static (DateOnly Listed, DateOnly? Gone) Delisted(ulong key)
    {
        var listed = ListingTable.Stocks.DateAt(0.75 * SeededHash.Unit(key));
        var from = Math.Max(listed.AddYears(4).DayNumber, new DateOnly(2001, 4, 23).DayNumber);
        var until = new DateOnly(2026, 12, 31).DayNumber;

        // The square root puts most of them into the last years, as in the real market.
        var at = from + (int)((until - from) * Math.Sqrt(SeededHash.Unit(SeededHash.Mix(key, 1))));
        return (listed, DateOnly.FromDayNumber(at));
    }

    private StockListing Stock(DateOnly listed, DateOnly? gone, int order)
    {
        var key = SeededHash.Mix(seed, 808, (ulong)order);
        var prefix = Prefix(listed, SeededHash.Unit(SeededHash.Mix(key, 1)));
        var symbol = _codes.Take(prefix);
        var code =
            symbol
            + (
                symbol[0] == '6' ? ".SH"
                : symbol[0] == '9' ? ".BJ"
                : ".SZ"
            );
        var board = symbol[..2] switch
        {
            "30" => Board.ChiNext,
            "68" => Board.Star,
            "92" => Board.Beijing,
            _ => Board.Main,
        };
        var special = board == Board.Main && SeededHash.Unit(SeededHash.Mix(key, 2)) < SpecialTreatmentShare;
        var (limit, scale) = board switch
        {
            // The noise has to fit into the 5 % of special treatment, whenever that is.
            Board.Main => special ? (10, 0.45) : (10, 1.0),
            Board.Beijing => (30, 1.5),
            _ => (20, 1.3),
        };
        var level = Level(SeededHash.Mix(key, 3));
        var value = Value(SeededHash.Mix(key, 5));
        var instrument = Traits.Complete(
            days,
            new Traits(
                code,
                key,
                board,
                listed,
                gone,
                Decimals: 2,
                limit,
                scale,
                level,
                Yield: special ? 0 : 0.08 * Math.Pow(SeededHash.Unit(SeededHash.Mix(key, 4)), 2),
                Shares: (long)(value / level) / 100 * 100,
                Turnover(SeededHash.Mix(key, 6), value),
                special
            )
        );
        var (industry, name) = Name(key);
        var earlier =
            special || SeededHash.Unit(SeededHash.Mix(key, 7)) >= RenamedShare
                ? null
                : NameBook.Company(key, EarlierName).Name.Short;
        return new StockListing(instrument, name, industry, NameBook.Area(key), earlier);
    }

    private (string Industry, CompanyName Name) Name(ulong key)
    {
        for (var attempt = 0; ; attempt++)
        {
            var company = NameBook.Company(key, attempt);
            if (_names.Add(company.Name.Short) || attempt == 20)
            {
                return company;
            }
        }
    }

    private static string Prefix(DateOnly listed, double draw)
    {
        foreach (var (until, prefixes) in s_eras)
        {
            if (listed >= until)
            {
                continue;
            }

            foreach (var (prefix, weight) in prefixes)
            {
                draw -= weight;
                if (draw < 0)
                {
                    return prefix;
                }
            }

            return prefixes[0].Prefix;
        }

        return "603";
    }

    /// <summary>
    /// 8 to 45 CNY, and sometimes an expensive one. Not lower, so that a tick stays small relative to the limits.
    /// </summary>
    private static double Level(ulong key)
    {
        var draw = SeededHash.Unit(SeededHash.Mix(key, 1));
        return SeededHash.Unit(key) < 0.02 ? 100 * Math.Exp(2 * draw) : 8 * Math.Exp(1.73 * draw);
    }

    /// <summary>The company's value in CNY: 3 to 200 billion, and some giants.</summary>
    private static double Value(ulong key)
    {
        var draw = SeededHash.Unit(SeededHash.Mix(key, 1));
        return SeededHash.Unit(key) < GiantShare ? 3e11 * Math.Exp(1.7 * draw) : 3e9 * Math.Exp(4.2 * draw);
    }

    /// <summary>The part of the free shares that changes hands on an ordinary day; small for a giant.</summary>
    private static double Turnover(ulong key, double value) =>
        0.006 * Math.Exp(1.2 * SeededHash.Signed(key)) * (value >= 3e11 ? 0.15 : 1);
}
