using System.Collections.Frozen;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// The vendor's APIs: columns in the vendor's order, row caps, defaults and required parameters. Sources: the vendor's
/// documentation and recorded answers; where neither gives a cap, the value is an assumption and says so.
/// </summary>
public static class TushareApis
{
    private static readonly FrozenDictionary<string, TushareApi> s_all = StockApis
        .All.Concat(FundIndexApis.All)
        .Concat(FuturesApis.All)
        .Concat(MacroApis.All)
        .Concat(LiveApis.All)
        .ToFrozenDictionary(api => api.Name);

    /// <summary>APIs whose printed samples have fixed decimals, which texts keep and floats do not.</summary>
    private static readonly FrozenSet<string> s_decimalsAsText = FrozenSet.Create(
        "cn_gdp",
        "cn_cpi",
        "cn_ppi",
        "cn_pmi",
        "cn_m",
        "sf_month",
        "shibor",
        "us_tycr",
        "us_trycr",
        "us_tbr",
        "us_tltr",
        "us_trltr",
        "sge_daily"
    );

    public static IReadOnlyDictionary<string, TushareApi> All => s_all;

    /// <summary>The API with a name; null when this table does not have it.</summary>
    public static TushareApi? Find(string name) => s_all.GetValueOrDefault(name);

    /// <summary>Whether the vendor probably sends the numbers of this API as text.</summary>
    public static bool SendsDecimalsAsText(string name) => s_decimalsAsText.Contains(name);
}
