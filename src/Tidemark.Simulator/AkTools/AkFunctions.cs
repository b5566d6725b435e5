using System.Collections.Frozen;
using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.AkTools;

/// <summary>
/// The functions that are simulated, by AkShare 1.18.94: names, parameters, columns in their order, wire forms and units
/// as its source has them. All answer from one market, which may be a simulated Tushare's, too.
/// </summary>
internal sealed class AkFunctions(SyntheticMarket market)
{
    private readonly FrozenDictionary<string, AkFunction> _all = Make(market).ToFrozenDictionary(f => f.Name);

    /// <summary>The function of a name; null when there is none.</summary>
    public AkFunction? Find(string name) => _all.GetValueOrDefault(name);

    /// <summary>The families of hosts behind the functions.</summary>
    public IEnumerable<string> Families => _all.Values.Select(f => f.Family).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<AkFunction> Make(SyntheticMarket market)
    {
        var instruments = new AkInstruments(market);
        return
        [
            .. new StockFunctions(market, instruments).All,
            .. new SpotFunctions(market).All,
            .. new FundFunctions(market, instruments).All,
            .. new IndexFunctions(market, instruments).All,
            .. new FuturesFunctions(market).All,
            .. new MacroFunctions(market).All,
            .. new RateFunctions(market).All,
        ];
    }
}
