namespace Tidemark.Simulator.Options;

/// <summary>Makes the underlyings of a seed: well-known ones first, then companies that do not exist.</summary>
internal static class UnderlyingFactory
{
    private const string Usd = "USD";

    private static readonly string[] s_stockExchanges =
    [
        "SMART",
        "AMEX",
        "NYSE",
        "CBOE",
        "PHLX",
        "ISE",
        "CHX",
        "ARCA",
        "ISLAND",
        "DRCTEDGE",
        "BEX",
        "BATS",
        "EDGEA",
        "BYX",
        "IEX",
        "FOXRIVER",
        "PEARL",
        "NYSENAT",
        "LTSE",
        "MEMX",
        "PSX",
    ];

    private static readonly string[] s_cboe = ["CBOE"];
    private static readonly string[] s_nasdaq = ["NASDAQ"];

    /// <summary>The exchanges of options on stocks and ETFs.</summary>
    public static readonly string[] OptionExchanges =
    [
        "SMART",
        "AMEX",
        "BATS",
        "BOX",
        "CBOE",
        "CBOE2",
        "EDGX",
        "EMERALD",
        "GEMINI",
        "IBUSOPT",
        "ISE",
        "MEMX",
        "MERCURY",
        "MIAX",
        "NASDAQBX",
        "NASDAQOM",
        "PEARL",
        "PHLX",
        "PSE",
    ];

    /// <summary>The exchanges of options on indices.</summary>
    public static readonly string[] IndexOptionExchanges = ["SMART", "CBOE", "IBUSOPT"];

    /// <summary>How many underlyings are not stocks; they have the first ordinals.</summary>
    public static int SpecialCount => KnownNames.Special.Length;

    public static (Underlying[] Underlyings, ConIdCodec Codec) Make(ulong seed, int stocks)
    {
        var names = new KnownName[SpecialCount + stocks];
        KnownNames.Special.CopyTo(names, 0);
        var used = new HashSet<string>(KnownNames.Special.Concat(KnownNames.Stocks).Select(n => n.Symbol))
        {
            // Names of option classes, which no stock's symbol may equal.
            "SPXW",
            "NDXP",
            "VIXW",
        };
        for (var i = 0; i < stocks; i++)
        {
            names[SpecialCount + i] = i < KnownNames.Stocks.Length ? KnownNames.Stocks[i] : Invent(seed, i, used);
        }

        var daily = names.Select((_, ordinal) => ordinal < 6 ? ordinal : -1).ToArray();
        var codec = new ConIdCodec(seed, [.. names.Select(n => n.ConId)], daily);
        var underlyings = names
            .Select((name, ordinal) => Make(seed, ordinal, name, codec.Underlying(ordinal), daily[ordinal]))
            .ToArray();
        return (underlyings, codec);
    }

    private static Underlying Make(ulong seed, int ordinal, KnownName name, int conId, int dailyArea)
    {
        var kind =
            ordinal >= SpecialCount ? UnderlyingKind.Stock
            : name.Industry == "Indices" ? UnderlyingKind.Index
            : UnderlyingKind.Fund;
        var key = SeededHash.Mix(seed, 8_100, (ulong)ordinal);
        var rank = Math.Max(0, ordinal - SpecialCount);
        var size = kind == UnderlyingKind.Stock ? 1 / (1 + (rank / 12.0)) : 1;
        var dailies = dailyArea >= 0;

        // SPX moves as SPY does, at ten times its price; NDX as QQQ.
        var path = name.Symbol switch
        {
            "SPX" => 0,
            "NDX" => 1,
            _ => ordinal,
        };
        return new Underlying
        {
            Ordinal = ordinal,
            Kind = kind,
            Symbol = name.Symbol,
            Key = key,
            PathKey = SeededHash.Mix(seed, 8_100, (ulong)path),
            LogBase = Math.Log(
                path == 0 ? name.Price
                : name.Symbol == "NDX" ? 520 * 41.0
                : name.Price
            ),
            Volatility = name.Volatility,
            Yield = kind switch
            {
                UnderlyingKind.Fund => name.Symbol == "TLT" ? 0.038 : 0.012,
                UnderlyingKind.Index => name.Symbol == "VIX" ? 0 : 0.012,
                _ => Math.Max(0, 0.04 * (SeededHash.Unit(SeededHash.Mix(key, 1)) - 0.3)),
            },
            Skew = name.Symbol == "VIX" ? -0.15 : 0.08 + (0.12 * SeededHash.Unit(SeededHash.Mix(key, 2))),
            Bend = 0.02 + (0.04 * SeededHash.Unit(SeededHash.Mix(key, 3))),
            Activity = dailies ? 320 : 6 + (110 * size * size),
            Width = dailies ? 0.15 : 0.25 + (1.2 * (1 - size)),
            DailyVolume =
                kind == UnderlyingKind.Index ? 0
                : dailies ? 5e7
                : 6e5 + (5e7 * size * size),
            OptionTick = kind == UnderlyingKind.Index || size < 0.08 ? 0.05 : 0.01,
            OptionTickAbove =
                kind == UnderlyingKind.Index || size < 0.08 ? 0.1
                : dailies ? 0.01
                : 0.05,
            HasWeeklies = kind == UnderlyingKind.Stock && size > 0.035,
            Cycle = rank < 12 ? ExpiryRules.AllMonths : SeededHash.Index(SeededHash.Mix(key, 4), 3),
            DailyArea = dailyArea,
            Contract = Contract(kind, name, conId),
        };
    }

    private static ListedContract Contract(UnderlyingKind kind, KnownName name, int conId) =>
        new(
            conId,
            kind == UnderlyingKind.Index ? ContractKind.Index : ContractKind.Stock,
            name.Symbol,
            null,
            null,
            0,
            OptionRight.None,
            0,
            name.Symbol,
            kind == UnderlyingKind.Index ? name.Symbol
                : name.Exchange == "NASDAQ" ? "NMS"
                : name.Symbol,
            kind == UnderlyingKind.Index ? "" : name.Exchange,
            kind == UnderlyingKind.Index ? (name.Exchange == "CBOE" ? s_cboe : s_nasdaq) : s_stockExchanges,
            Usd,
            0,
            name.Name,
            name.Industry,
            kind switch
            {
                UnderlyingKind.Fund => "ETF",
                UnderlyingKind.Index => "Index",
                _ => "Common",
            },
            0.01
        );

    private static KnownName Invent(ulong seed, int number, HashSet<string> used)
    {
        var key = SeededHash.Mix(seed, 8_200, (ulong)number);
        var industry = SeededHash.Index(SeededHash.Mix(key, 1), KnownNames.Industries.Length);
        for (var attempt = 0UL; ; attempt++)
        {
            var draw = SeededHash.Mix(key, 2, attempt);
            var first = KnownNames.First[SeededHash.Index(draw, KnownNames.First.Length)];
            var second = KnownNames.Second[SeededHash.Index(SeededHash.Mix(draw, 1), KnownNames.Second.Length)];
            var letter = (char)('A' + SeededHash.Index(SeededHash.Mix(draw, 2), 26));
            var symbol =
                $"{first[0]}{second[0]}{(attempt > 3 ? letter : first[1])}{(number % 3 == 0 ? second[^1] : "")}";
            if (!used.Add(symbol))
            {
                continue;
            }

            // Log-normal around 100, as prices of large companies are.
            var price = Math.Exp(4.6 + (0.75 * UnderlyingPath.Normal(SeededHash.Mix(key, 3))));
            var volatility =
                0.18 + (0.3 * SeededHash.Unit(SeededHash.Mix(key, 4)) * SeededHash.Unit(SeededHash.Mix(key, 5)));
            return new KnownName(
                symbol,
                $"{first}{second} {KnownNames.Trades[industry]}",
                KnownNames.Industries[industry],
                SeededHash.Unit(SeededHash.Mix(key, 6)) < 0.7 ? "NYSE" : "NASDAQ",
                Math.Round(price, 2),
                volatility
            );
        }
    }
}
