using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>sge_basic</c> and <c>sge_daily</c>: the contracts of the Shanghai Gold Exchange. All of gold move alike, as do all
/// of silver. Volumes and amounts count both sides.
/// </summary>
internal sealed class GoldExchange
{
    private const int GramsInKilogram = 1000;

    private static readonly (string Code, string Name, double Level, int Grams, bool IsDeferred)[] s_contracts =
    [
        ("Au99.95", "黄金9995", 400, 1000, false),
        ("Au99.99", "黄金9999", 400, 10, false),
        ("Au(T+D)", "黄金延期", 400, 1000, true),
        ("Pt99.95", "铂金9995", 230, 1000, false),
        ("Ag(T+D)", "白银延期", 5.2, 1000, true),
        ("Au100g", "黄金100克", 400, 100, false),
        ("Au(T+N1)", "黄金单月", 400, 100, true),
        ("Au(T+N2)", "黄金双月", 400, 100, true),
        ("mAu(T+D)", "迷你黄金延期", 400, 100, true),
        ("iAu99.99", "国际黄金9999", 400, 1000, false),
        ("PGC30g", "熊猫金币30克", 400, 30, false),
        ("NYAuTN06", "纽约金06", 400, 100, true),
        ("NYAuTN12", "纽约金12", 400, 100, true),
    ];

    private static readonly DateOnly s_listed = new(2007, 6, 1);

    private readonly MarketDays _days;
    private readonly Instrument[] _instruments;

    public GoldExchange(MarketDays days, ulong seed)
    {
        _days = days;
        _instruments =
        [
            .. s_contracts.Select(c =>
                WorldSeries.Instrument(
                    days,
                    c.Code,
                    SeededHash.Mix(SeededHash.Mix(seed, 3737), Metal(c.Code)),
                    c.Level,
                    scale: 0.35,
                    decimals: 4,
                    volume: 2_000_000
                )
            ),
        ];
    }

    public static IEnumerable<Cell[]> List(Ask ask) =>
        from c in s_contracts
        select (Cell[])
            [
                c.Code,
                c.Name,
                c.IsDeferred ? "延期交收" : "现货实盘",
                Cell.Scaled(c.Grams, 0),
                Cell.Scaled(1, 0),
                Cell.Num(0.01, 2),
                Cell.Num(c.Level * 0.1, 2),
                1,
                500,
                c.IsDeferred ? "保证金" : "全额",
                Cell.Num(c.IsDeferred ? 10 : 100, 2),
                Cell.Num(15, 2),
                "白天：9:00至15:30，夜间:19:50至次日02:30",
                s_listed,
            ];

    public IEnumerable<Cell[]> Daily(Ask ask) =>
        from position in _days.Backwards(ask.First > s_listed ? ask.First : s_listed, ask.Last)
        from number in Enumerable.Range(0, s_contracts.Length)
        where ask.Wants("ts_code", s_contracts[number].Code)
        select Row(number, position);

    private Cell[] Row(int number, int position)
    {
        var (contract, instrument) = (s_contracts[number], _instruments[number]);
        var bar = BarMaker.At(instrument, position);
        Cell Price(long value) => Cell.Scaled(Rounding.Divide(value, 10), 3);
        double Cny(long value) => Math.Round(value / 10_000.0, 3);
        var kilograms = Math.Round(bar.Shares / 100.0 * 2) / 2 * (1 + number);
        var average = Math.Round((Cny(bar.Open) + Cny(bar.High) + Cny(bar.Low) + Cny(bar.Close)) / 4, 3);
        var wave = PricePath.SlowWave(instrument.Key + 9, position);
        return
        [
            contract.Code,
            _days[position],
            Price(bar.Close),
            Price(bar.Open),
            Price(bar.High),
            Price(bar.Low),
            Cell.Num(average, 3),
            Cell.Num(Cny(bar.Close) - Cny(bar.PreClose), 3),
            Cell.Num(100 * (Cny(bar.Close) - Cny(bar.PreClose)) / Cny(bar.PreClose), 2),
            Cell.Num(kilograms, 2),
            Cell.Num(kilograms * GramsInKilogram * average, 2),
            contract.IsDeferred ? Cell.Num((long)(90_000 * (1 + (0.5 * wave))), 0) : Cell.Null,
            contract.IsDeferred ? Cell.Num((long)(9000 * (1 + wave)), 0) : Cell.Null,
            !contract.IsDeferred ? Cell.Null : (wave > 0 ? "空支付给多" : "多支付给空"),
        ];
    }

    private static string Metal(string code) =>
        code.Contains("Ag", StringComparison.Ordinal) ? "Ag"
        : code.Contains("Pt", StringComparison.Ordinal) ? "Pt"
        : "Au";
}
