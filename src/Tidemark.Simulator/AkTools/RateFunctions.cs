using Tidemark.Simulator.Macro;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.AkTools;

/// <summary>Interest rates from East Money and jin10.</summary>
internal sealed class RateFunctions(SyntheticMarket market)
{
    private static readonly string[] s_tenors = ["O/N", "1W", "2W", "1M", "3M", "6M", "9M", "1Y"];

    /// <summary>The first row of jin10's table.</summary>
    private static readonly DateOnly s_shiborFrom = new(2015, 5, 8);

    /// <summary>Bank lending rates before there was an LPR: the day, then those of up to one and over five years.</summary>
    private static readonly (DateOnly Day, double Short, double Long)[] s_lending =
    [
        (new(1991, 4, 21), 8.64, 9.72),
        (new(1999, 6, 10), 5.85, 6.21),
        (new(2008, 12, 23), 5.31, 5.94),
    ];

    /// <summary>The lending rates since October 2015, which never changed again.</summary>
    private static readonly (double Short, double Long) s_lendingNow = (4.35, 4.9);

    /// <summary>Chinese treasury yields, which Tushare does not have: 2, 5, 10 and 30 years.</summary>
    private static readonly Wave[] s_chinese =
    [
        new(9101, 2.2, 0.6, 500),
        new(9102, 2.5, 0.6, 500),
        new(9103, 2.8, 0.6, 500),
        new(9104, 3.3, 0.5, 500),
    ];

    public IEnumerable<AkFunction> All =>
        [
            AkFunction.Of(
                "macro_china_lpr",
                "eastmoney",
                "",
                "TRADE_DATE@ LPR1Y# LPR5Y# RATE_1# RATE_2#",
                _ => Prime()
            ),
            AkFunction.Of(
                "macro_china_shibor_all",
                "jin10",
                "",
                $"日期~ {string.Join(' ', s_tenors.Select(t => $"{t}-定价# {t}-涨跌幅#"))}",
                _ => Shibor()
            ),
            AkFunction.Of(
                "bond_zh_us_rate",
                "eastmoney",
                "start_date=19901219",
                $"日期@ {Yields("中国")} {Yields("美国")}",
                Bonds
            ),
        ];

    private static string Yields(string country) =>
        $"{country}国债收益率2年# {country}国债收益率5年# {country}国债收益率10年# {country}国债收益率30年# {country}国债收益率10年-2年# "
        + $"{country}GDP年增率#";

    private IEnumerable<Cell[]> Prime() =>
        s_lending
            .Select(l => (Cell[])[l.Day, Cell.Null, Cell.Null, Cell.Num(l.Short, 2), Cell.Num(l.Long, 2)])
            .Concat(
                market
                    .RowsOf("shibor_lpr")
                    .Reverse()
                    .Select(row => (Cell[])[.. row, Cell.Num(s_lendingNow.Short, 2), Cell.Num(s_lendingNow.Long, 2)])
            );

    /// <summary>Ascending, each rate with its change in basis points since the row before.</summary>
    private IEnumerable<Cell[]> Shibor()
    {
        Cell[]? before = null;
        foreach (var row in market.RowsOf("shibor", ("start_date", "20150508")).Reverse())
        {
            if (row[0].AsDay() >= s_shiborFrom)
            {
                var previous = before;
                yield return [row[0], .. Enumerable.Range(1, s_tenors.Length).SelectMany(i => Rate(row, previous, i))];
            }

            before = row;
        }
    }

    private static Cell[] Rate(Cell[] row, Cell[]? before, int tenor) =>
        [
            row[tenor],
            before is null ? Cell.Null : Cell.Num(100 * (row[tenor].AsNumber() - before[tenor].AsNumber()), 2),
        ];

    /// <summary>Days on which either country has a rate; the other's are null then.</summary>
    private IEnumerable<Cell[]> Bonds(AkCall call)
    {
        var from = call.Day("start_date");
        var american = market.RowsOf("us_tycr").ToDictionary(row => row[0].AsDay()!.Value);
        var calendar = market.Days.Calendar;
        for (var day = Later(from, calendar.First); day <= call.Today; day = day.AddDays(1))
        {
            var isOpen = calendar.IsOpen(day);
            if (isOpen || american.ContainsKey(day))
            {
                yield return
                [
                    day,
                    .. isOpen ? Chinese(day) : Nothing,
                    // Tushare's order is 1, 2, 3, 4, 6 months, 1, 2, 3, 5, 7, 10, 20, 30 years.
                    .. american.TryGetValue(day, out var row) ? Six(row[7], row[9], row[11], row[13]) : Nothing,
                ];
            }
        }
    }

    private static Cell[] Nothing { get; } = [.. Enumerable.Repeat(Cell.Null, 6)];

    private static Cell[] Chinese(DateOnly day)
    {
        var yields = s_chinese.Select(wave => Cell.Num(wave.At(day.DayNumber), 4)).ToArray();
        return Six(yields[0], yields[1], yields[2], yields[3]);
    }

    /// <summary>The growth of the year is told once a year at most; it is never told here.</summary>
    private static Cell[] Six(Cell two, Cell five, Cell ten, Cell thirty) =>
        [two, five, ten, thirty, Cell.Num(ten.AsNumber() - two.AsNumber(), 4), Cell.Null];

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;
}
