namespace Tidemark.Core.Markets;

/// <summary>
/// The one vocabulary of exchanges. Tables of the vendor keep the vendor's spelling; everything that is made from them,
/// the calendars and the rules have these codes, so that they can be joined.
/// </summary>
public static class Exchanges
{
    public const string Shanghai = "XSHG";
    public const string Shenzhen = "XSHE";
    public const string Beijing = "BSE";
    public const string ShanghaiFutures = "SHFE";
    public const string DalianFutures = "DCE";
    public const string ZhengzhouFutures = "CZCE";
    public const string FinancialFutures = "CFFEX";
    public const string ShanghaiEnergy = "INE";
    public const string GuangzhouFutures = "GFEX";
    public const string ShanghaiGold = "SGE";
    public const string NewYork = "XNYS";

    private const int StockDigits = 6;

    /// <summary>All of them, in the order of the plan.</summary>
    public static IReadOnlyList<Exchange> All { get; } =
    [
        new(Shanghai, "SSE", "SH", ["SS", "SHA", "SHSE"], StockDigits),
        new(Shenzhen, "SZSE", "SZ", ["SHE", "SZE"], StockDigits),
        new(Beijing, "BSE", "BJ", ["BJSE", "XBSE"], StockDigits),
        new(ShanghaiFutures, "SHFE", "SHF", ["XSGE"], 0),
        new(DalianFutures, "DCE", "DCE", ["XDCE"], 0),
        new(ZhengzhouFutures, "CZCE", "ZCE", ["XZCE"], 0),
        new(FinancialFutures, "CFFEX", "CFX", ["CCFX", "CFE"], 0),
        new(ShanghaiEnergy, "INE", "INE", ["XINE"], 0),
        new(GuangzhouFutures, "GFEX", "GFE", ["XGFE"], 0),
        new(ShanghaiGold, "SGE", "SGE", [], 0),
        new(NewYork, null, null, ["NYSE"], 0),
    ];

    /// <summary>
    /// The exchange in any spelling of it: its code, the vendor's, a symbol's suffix or an alias, in any case; null
    /// when it is none.
    /// </summary>
    public static Exchange? Find(string spelling)
    {
        foreach (var exchange in All)
        {
            if (IsSpelling(exchange, spelling))
            {
                return exchange;
            }
        }

        return null;
    }

    /// <summary>
    /// The code of what the vendor calls an exchange (<c>SSE</c> → <c>XSHG</c>); null when it is none.
    /// </summary>
    public static string? OfVendor(string vendorCode) => All.FirstOrDefault(e => e.VendorCode == vendorCode)?.Code;

    /// <summary>
    /// The code of the exchange of a symbol with its suffix (<c>600519.SH</c> → <c>XSHG</c>); null when the suffix is
    /// no exchange's.
    /// </summary>
    public static string? OfSymbol(string symbol)
    {
        var suffix = symbol[(symbol.LastIndexOf('.') + 1)..];
        return All.FirstOrDefault(e => e.Suffix == suffix)?.Code;
    }

    private static bool IsSpelling(Exchange exchange, string spelling) =>
        Is(exchange.Code, spelling)
        || Is(exchange.VendorCode, spelling)
        || Is(exchange.Suffix, spelling)
        || exchange.Aliases.Contains(spelling, StringComparer.OrdinalIgnoreCase);

    private static bool Is(string? name, string spelling) =>
        string.Equals(name, spelling, StringComparison.OrdinalIgnoreCase);
}
