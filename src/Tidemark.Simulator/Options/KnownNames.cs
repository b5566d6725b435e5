namespace Tidemark.Simulator.Options;

/// <summary>A well-known instrument. Prices and volatilities are rough: the market around them is made up.</summary>
/// <param name="ConId">Its contract number where that is widely known; else 0.</param>
internal readonly record struct KnownName(
    string Symbol,
    string Name,
    string Industry,
    string Exchange,
    double Price,
    double Volatility,
    int ConId = 0
);

/// <summary>Instruments that people ask for by name, and the words for the names of further companies.</summary>
internal static class KnownNames
{
    public const string Technology = "Technology";
    public const string Communications = "Communications";
    public const string Cyclical = "Consumer, Cyclical";
    public const string Staples = "Consumer, Non-cyclical";
    public const string Financial = "Financial";
    public const string Energy = "Energy";
    public const string Industrial = "Industrial";
    public const string Utilities = "Utilities";
    public const string Materials = "Basic Materials";

    private const string Nasdaq = "NASDAQ";
    private const string Nyse = "NYSE";

    /// <summary>These come first, in this order, in every market.</summary>
    public static readonly KnownName[] Special =
    [
        new("SPY", "SPDR S&P 500 ETF TRUST", "Funds", "ARCA", 600, 0.16, 756733),
        new("QQQ", "INVESCO QQQ TRUST SERIES 1", "Funds", Nasdaq, 520, 0.21, 320227571),
        new("IWM", "ISHARES RUSSELL 2000 ETF", "Funds", "ARCA", 225, 0.22, 9579970),
        new("TLT", "ISHARES 20+ YEAR TREASURY BD", "Funds", Nasdaq, 90, 0.15, 15547841),
        new("SPX", "S&P 500 Stock Index", "Indices", "CBOE", 6_000, 0.16, 416904),
        new("NDX", "NASDAQ 100 Stock Index", "Indices", Nasdaq, 21_300, 0.21, 416843),
        new("VIX", "CBOE Volatility Index", "Indices", "CBOE", 18, 0.85, 13455763),
    ];

    public static readonly KnownName[] Stocks =
    [
        new("AAPL", "APPLE INC", Technology, Nasdaq, 230, 0.27, 265598),
        new("MSFT", "MICROSOFT CORP", Technology, Nasdaq, 430, 0.24, 272093),
        new("NVDA", "NVIDIA CORP", Technology, Nasdaq, 140, 0.45, 4815747),
        new("AMZN", "AMAZON.COM INC", Communications, Nasdaq, 205, 0.31, 3691937),
        new("GOOGL", "ALPHABET INC-CL A", Communications, Nasdaq, 175, 0.29, 208813719),
        new("GOOG", "ALPHABET INC-CL C", Communications, Nasdaq, 177, 0.29, 208813720),
        new("META", "META PLATFORMS INC-CLASS A", Communications, Nasdaq, 580, 0.34, 107113386),
        new("TSLA", "TESLA INC", Cyclical, Nasdaq, 300, 0.58, 76792991),
        new("AMD", "ADVANCED MICRO DEVICES", Technology, Nasdaq, 140, 0.48, 4391),
        new("INTC", "INTEL CORP", Technology, Nasdaq, 24, 0.45, 270639),
        new("NFLX", "NETFLIX INC", Communications, Nasdaq, 850, 0.35, 15124833),
        new("IBM", "INTL BUSINESS MACHINES CORP", Technology, Nyse, 225, 0.23, 8314),
        new("JPM", "JPMORGAN CHASE & CO", Financial, Nyse, 240, 0.25, 1520593),
        new("BAC", "BANK OF AMERICA CORP", Financial, Nyse, 44, 0.27, 10098),
        new("XOM", "EXXON MOBIL CORP", Energy, Nyse, 112, 0.24, 13977),
        new("KO", "COCA-COLA CO/THE", Staples, Nyse, 65, 0.15, 8894),
        new("DIS", "WALT DISNEY CO/THE", Communications, Nyse, 108, 0.29, 6459),
        new("GE", "GENERAL ELECTRIC", Industrial, Nyse, 180, 0.30, 7516),
        new("AVGO", "BROADCOM INC", Technology, Nasdaq, 190, 0.43),
        new("BRK B", "BERKSHIRE HATHAWAY INC-CL B", Financial, Nyse, 460, 0.17),
        new("LLY", "ELI LILLY & CO", Staples, Nyse, 800, 0.33),
        new("V", "VISA INC-CLASS A SHARES", Financial, Nyse, 305, 0.20),
        new("MA", "MASTERCARD INC - A", Financial, Nyse, 520, 0.21),
        new("UNH", "UNITEDHEALTH GROUP INC", Staples, Nyse, 480, 0.30),
        new("COST", "COSTCO WHOLESALE CORP", Cyclical, Nasdaq, 920, 0.22),
        new("WMT", "WALMART INC", Cyclical, Nyse, 88, 0.20),
        new("HD", "HOME DEPOT INC", Cyclical, Nyse, 400, 0.23),
        new("PG", "PROCTER & GAMBLE CO/THE", Staples, Nyse, 170, 0.16),
        new("JNJ", "JOHNSON & JOHNSON", Staples, Nyse, 155, 0.17),
        new("ABBV", "ABBVIE INC", Staples, Nyse, 185, 0.24),
        new("CRM", "SALESFORCE INC", Technology, Nyse, 310, 0.34),
        new("ORCL", "ORACLE CORP", Technology, Nyse, 175, 0.36),
        new("CVX", "CHEVRON CORP", Energy, Nyse, 152, 0.23),
        new("MRK", "MERCK & CO. INC.", Staples, Nyse, 100, 0.23),
        new("PEP", "PEPSICO INC", Staples, Nasdaq, 160, 0.18),
        new("ADBE", "ADOBE INC", Technology, Nasdaq, 480, 0.34),
        new("CSCO", "CISCO SYSTEMS INC", Technology, Nasdaq, 57, 0.22),
        new("ACN", "ACCENTURE PLC-CL A", Technology, Nyse, 355, 0.27),
        new("MCD", "MCDONALD'S CORP", Cyclical, Nyse, 295, 0.18),
        new("ABT", "ABBOTT LABORATORIES", Staples, Nyse, 117, 0.20),
        new("QCOM", "QUALCOMM INC", Technology, Nasdaq, 160, 0.37),
        new("TXN", "TEXAS INSTRUMENTS INC", Technology, Nasdaq, 195, 0.31),
        new("WFC", "WELLS FARGO & CO", Financial, Nyse, 70, 0.29),
        new("GS", "GOLDMAN SACHS GROUP INC", Financial, Nyse, 580, 0.28),
        new("MS", "MORGAN STANLEY", Financial, Nyse, 128, 0.28),
        new("CAT", "CATERPILLAR INC", Industrial, Nyse, 385, 0.29),
        new("BA", "BOEING CO/THE", Industrial, Nyse, 160, 0.36),
        new("PFE", "PFIZER INC", Staples, Nyse, 26, 0.25),
        new("T", "AT&T INC", Communications, Nyse, 22.5, 0.21),
        new("VZ", "VERIZON COMMUNICATIONS INC", Communications, Nyse, 41, 0.20),
        new("F", "FORD MOTOR CO", Cyclical, Nyse, 11, 0.34),
        new("GM", "GENERAL MOTORS CO", Cyclical, Nyse, 52, 0.34),
        new("UBER", "UBER TECHNOLOGIES INC", Technology, Nyse, 70, 0.40),
        new("PLTR", "PALANTIR TECHNOLOGIES INC-A", Technology, Nasdaq, 65, 0.65),
        new("MU", "MICRON TECHNOLOGY INC", Technology, Nasdaq, 100, 0.48),
        new("AMAT", "APPLIED MATERIALS INC", Technology, Nasdaq, 175, 0.39),
        new("NKE", "NIKE INC -CL B", Cyclical, Nyse, 76, 0.32),
        new("SBUX", "STARBUCKS CORP", Cyclical, Nasdaq, 98, 0.30),
        new("PYPL", "PAYPAL HOLDINGS INC", Financial, Nasdaq, 84, 0.38),
        new("C", "CITIGROUP INC", Financial, Nyse, 68, 0.29),
        new("LIN", "LINDE PLC", Materials, Nasdaq, 455, 0.18),
        new("FCX", "FREEPORT-MCMORAN INC", Materials, Nyse, 43, 0.40),
        new("NEM", "NEWMONT CORP", Materials, Nyse, 42, 0.36),
        new("NEE", "NEXTERA ENERGY INC", Utilities, Nyse, 76, 0.26),
        new("DUK", "DUKE ENERGY CORP", Utilities, Nyse, 113, 0.17),
        new("SO", "SOUTHERN CO/THE", Utilities, Nyse, 88, 0.17),
        new("BKNG", "BOOKING HOLDINGS INC", Communications, Nasdaq, 4_900, 0.28),
        new("CMG", "CHIPOTLE MEXICAN GRILL INC", Cyclical, Nyse, 60, 0.33),
        new("DE", "DEERE & CO", Industrial, Nyse, 400, 0.27),
        new("UPS", "UNITED PARCEL SERVICE-CL B", Industrial, Nyse, 134, 0.27),
        new("HON", "HONEYWELL INTERNATIONAL INC", Industrial, Nasdaq, 225, 0.20),
        new("LMT", "LOCKHEED MARTIN CORP", Industrial, Nyse, 540, 0.20),
    ];

    public static readonly string[] Industries =
    [
        Technology,
        Communications,
        Cyclical,
        Staples,
        Financial,
        Energy,
        Industrial,
        Utilities,
        Materials,
    ];

    public static readonly string[] First =
    [
        "ALDER",
        "AMBER",
        "ARGENT",
        "ASPEN",
        "BEACON",
        "BIRCH",
        "BRAMBLE",
        "CEDAR",
        "CLIFF",
        "CORAL",
        "CRESCENT",
        "DELTA",
        "EASTERN",
        "ELM",
        "FAIR",
        "FALCON",
        "FOREST",
        "GLEN",
        "GRANITE",
        "HARBOR",
        "HAVEN",
        "IRON",
        "JUNIPER",
        "KEYSTONE",
        "LARK",
        "LINDEN",
        "MAPLE",
        "MERIDIAN",
        "NORTH",
        "OAK",
        "OLIVE",
        "ORCHARD",
        "PINE",
        "PRAIRIE",
        "QUARRY",
        "RAVEN",
        "RIVER",
        "ROWAN",
        "SILVER",
        "STERLING",
        "SUMMIT",
        "TIDE",
        "UNION",
        "VALE",
        "WALNUT",
        "WEST",
        "WILLOW",
        "YARROW",
    ];

    public static readonly string[] Second =
    [
        "BRIDGE",
        "BROOK",
        "CREST",
        "FIELD",
        "FORD",
        "GATE",
        "GROVE",
        "HILL",
        "LAND",
        "MARK",
        "MOUNT",
        "PEAK",
        "POINT",
        "PORT",
        "RIDGE",
        "SHORE",
        "STONE",
        "VIEW",
        "WATER",
        "WOOD",
    ];

    /// <summary>Words by industry, in the order of <see cref="Industries"/>.</summary>
    public static readonly string[] Trades =
    [
        "SYSTEMS INC",
        "MEDIA CORP",
        "STORES INC",
        "FOODS CO",
        "FINANCIAL CORP",
        "ENERGY CORP",
        "INDUSTRIES INC",
        "POWER CO",
        "CHEMICALS INC",
    ];
}
