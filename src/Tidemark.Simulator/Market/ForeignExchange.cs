using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary><c>fx_obasic</c> and <c>fx_daily</c>: bid and ask on every weekday of Greenwich; there is no mid price.</summary>
internal sealed class ForeignExchange
{
    /// <summary>Code, class, name, level, and the decimals that are quoted.</summary>
    private static readonly (string Code, string Class, string Name, double Level, int Decimals)[] s_pairs =
    [
        ("EURUSD", "FX", "欧元美元", 1.1, 4),
        ("USDCNH", "FX", "美元人民币", 6.9, 4),
        ("USDJPY", "FX", "美元日元", 120, 3),
        ("GBPUSD", "FX", "英镑美元", 1.3, 4),
        ("AUDUSD", "FX", "澳元美元", 0.7, 4),
        ("USDCAD", "FX", "美元加元", 1.3, 4),
        ("USDCHF", "FX", "美元瑞郎", 0.95, 4),
        ("NZDUSD", "FX", "纽元美元", 0.65, 4),
        ("USDHKD", "FX", "美元港元", 7.8, 4),
        ("SPX500", "INDEX", "标普500指数", 4000, 2),
        ("US30", "INDEX", "道琼斯指数", 33_000, 1),
        ("JPN225", "INDEX", "日经225指数", 28_000, 1),
        ("CHN50", "INDEX", "富时中国A50指数", 13_000, 1),
        ("USOIL", "COMMODITY", "美国原油", 70, 2),
        ("NGAS", "COMMODITY", "天然气", 3, 3),
        ("XAUUSD", "METAL", "黄金美元", 1800, 2),
        ("XAGUSD", "METAL", "白银美元", 22, 3),
        ("BUND", "BUND", "德国国债", 160, 2),
        ("USDOLLAR", "FX_BASKET", "美元篮子", 12_000, 1),
    ];

    private readonly MarketDays _days;
    private readonly Instrument[] _instruments;

    public ForeignExchange(MarketDays weekdays, ulong seed)
    {
        _days = weekdays;
        _instruments =
        [
            .. s_pairs.Select(p =>
                WorldSeries.Instrument(
                    weekdays,
                    p.Code,
                    SeededHash.Mix(SeededHash.Mix(seed, 3838), p.Code),
                    p.Level,
                    scale: p.Class is "FX" or "FX_BASKET" or "BUND" ? 0.12 : 0.4,
                    decimals: 4,
                    volume: 200_000
                )
            ),
        ];
    }

    public static IEnumerable<Cell[]> List(Ask ask) =>
        from p in s_pairs
        select (Cell[])
            [
                $"{p.Code}.FXCM",
                p.Name,
                p.Class,
                "FXCM",
                Cell.Scaled(1, 0),
                Cell.Scaled(2000, 0),
                Cell.Num(Math.Pow(10, -p.Decimals), 4),
                Cell.Num(0.1, 1),
                Cell.Num(1.5, 1),
                Cell.Num(0.1, 1),
                "周一 06:00 - 周六 05:00",
                Cell.Null,
            ];

    public IEnumerable<Cell[]> Daily(Ask ask) =>
        from position in _days.Backwards(ask.First, ask.Last)
        from number in Enumerable.Range(0, s_pairs.Length)
        where ask.Wants("ts_code", $"{s_pairs[number].Code}.FXCM")
        select Row(number, position);

    private Cell[] Row(int number, int position)
    {
        var (pair, instrument) = (s_pairs[number], _instruments[number]);
        var bar = BarMaker.At(instrument, position);
        var spread = Math.Pow(10, -pair.Decimals) * 3;
        Cell Bid(long value) => Cell.Num(value / 10_000.0, pair.Decimals);
        Cell Offer(long value) => Cell.Num((value / 10_000.0) + spread, pair.Decimals);
        return
        [
            $"{pair.Code}.FXCM",
            _days[position],
            Bid(bar.Open),
            Bid(bar.Close),
            Bid(bar.High),
            Bid(bar.Low),
            Offer(bar.Open),
            Offer(bar.Close),
            Offer(bar.High),
            Offer(bar.Low),
            1000 + (bar.Shares % 200_000),
            "FXCM",
        ];
    }
}
