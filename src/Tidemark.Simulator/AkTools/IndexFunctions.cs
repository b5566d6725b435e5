using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.AkTools;

/// <summary>Bars of indices from East Money and Sina.</summary>
internal sealed class IndexFunctions(SyntheticMarket market, AkInstruments instruments)
{
    /// <summary>In the order in which AkShare looks for them, anywhere in the symbol.</summary>
    private static readonly string[] s_prefixes = ["sz", "bj", "sh", "csi"];

    private readonly AkBars _bars = new(market);

    public IEnumerable<AkFunction> All =>
        [
            AkFunction.Of(
                "stock_zh_index_daily_em",
                "eastmoney",
                "symbol=csi931151 start_date=19900101 end_date=20500101",
                "date~ open# close# high# low# volume! amount#",
                EastMoney
            ),
            AkFunction.Of(
                "stock_zh_index_daily",
                "sina",
                "symbol=sh000922",
                "date@ open# high# low# close# volume!",
                Sina
            ),
        ];

    private IEnumerable<Cell[]> EastMoney(AkCall call)
    {
        var symbol = call["symbol"];
        if (Array.Find(s_prefixes, p => symbol.Contains(p, StringComparison.Ordinal)) is not { } prefix)
        {
            return [];
        }

        var code = symbol.Replace(prefix, "", StringComparison.Ordinal);
        var index =
            instruments.PrefixedIndex(prefix + code)
            ?? throw new AkFailureException($"East Money has no data of '{symbol}'");
        return from bar in _bars.Of(index, call.Day("start_date"), call.Day("end_date"))
            select (Cell[])
                [
                    market.Days[bar.Position],
                    Points(bar.Open),
                    Points(bar.Close),
                    Points(bar.High),
                    Points(bar.Low),
                    bar.Hands,
                    Cell.Num(bar.Amount, 1),
                ];
    }

    private IEnumerable<Cell[]> Sina(AkCall call)
    {
        var index =
            instruments.PrefixedIndex(call["symbol"])
            ?? throw new AkFailureException($"No index is '{call["symbol"]}'");
        return from bar in _bars.Of(index, DateOnly.MinValue, DateOnly.MaxValue)
            select (Cell[])
                [
                    market.Days[bar.Position],
                    Points(bar.Open),
                    Points(bar.High),
                    Points(bar.Low),
                    Points(bar.Close),
                    bar.Shares,
                ];
    }

    private static Cell Points(double value) => Cell.Num(value, 3);
}
