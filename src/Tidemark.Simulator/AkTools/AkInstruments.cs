using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.AkTools;

/// <summary>Finds instruments by the codes that AkShare's sources use.</summary>
internal sealed class AkInstruments(SyntheticMarket market)
{
    private readonly Dictionary<string, Instrument> _stocks = market.Stocks.ToDictionary(
        s => s.Instrument.Code,
        s => s.Instrument
    );

    private readonly Dictionary<string, Instrument> _funds = market
        .Funds.Where(f => f.Market == "E")
        .ToDictionary(f => f.Instrument.Code, f => f.Instrument);

    private readonly Dictionary<string, Instrument> _indices = market.Indices.ToDictionary(
        i => i.Instrument.Code,
        i => i.Instrument
    );

    /// <summary>A stock that East Money has: six digits, of which a leading 6 alone means Shanghai.</summary>
    public Instrument? StockOfEastMoney(string symbol) =>
        symbol.StartsWith('6')
            ? Listed(_stocks, $"{symbol}.SH")
            : Listed(_stocks, $"{symbol}.SZ") ?? Listed(_stocks, $"{symbol}.BJ");

    /// <summary>
    /// A fund that East Money has: 0 to 3 are looked for in Shenzhen, all others in Shanghai, and nowhere else.
    /// </summary>
    public Instrument? FundOfEastMoney(string symbol) =>
        Listed(_funds, symbol is ['0' or '1' or '2' or '3', ..] ? $"{symbol}.SZ" : $"{symbol}.SH");

    /// <summary>A stock by its code with the exchange before it: <c>sh600519</c>.</summary>
    public Instrument? PrefixedStock(string symbol) => Prefixed(_stocks, symbol);

    /// <summary>The same of a fund.</summary>
    public Instrument? PrefixedFund(string symbol) => Prefixed(_funds, symbol);

    /// <summary>The same of an index; the company of indices is <c>csi</c>.</summary>
    public Instrument? PrefixedIndex(string symbol) => Prefixed(_indices, symbol);

    private Instrument? Prefixed(Dictionary<string, Instrument> all, string symbol)
    {
        var digits = symbol.AsSpan().IndexOfAnyInRange('0', '9');
        return digits <= 0 ? null : Listed(all, $"{symbol[digits..]}.{symbol[..digits].ToUpperInvariant()}");
    }

    private Instrument? Listed(Dictionary<string, Instrument> all, string code) =>
        all.GetValueOrDefault(code) is { } found && found.ListDate <= market.LastDay ? found : null;
}
