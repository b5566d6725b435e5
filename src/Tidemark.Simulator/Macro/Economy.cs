using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Macro;

/// <summary>
/// China's economy by month and quarter: <c>cn_gdp</c>, <c>cn_cpi</c>, <c>cn_ppi</c>, <c>cn_pmi</c>, <c>cn_m</c> and
/// <c>sf_month</c>. A figure appears on the day of its publication; some are revised later, so that an earlier today
/// sees an earlier value. Months are counted from the year 0.
/// </summary>
internal sealed class Economy(ulong seed)
{
    private const int PriceSeries = 3;
    private const int ProducerSeries = 10;
    private const int ManagerSeries = 59;

    private readonly Wave _growth = new(SeededHash.Mix(seed, 4140), 6, 2.5, 12);
    private readonly Money _money = new(seed);

    /// <summary>
    /// Cumulated over the year, in 100 million CNY. Published on the 17th after the quarter, revised at the end of the
    /// next year.
    /// </summary>
    public IEnumerable<Cell[]> Product(Ask ask)
    {
        for (var quarter = (ask.Today.Year * 4) + 3; quarter >= 1992 * 4; quarter--)
        {
            var (year, part) = (quarter / 4, quarter % 4);
            if (new DateOnly(year, (part * 3) + 1, 17).AddMonths(3) <= ask.Today)
            {
                yield return Quarter(year, part, ask.Today >= new DateOnly(year + 1, 12, 29));
            }
        }
    }

    public IEnumerable<Cell[]> ConsumerPrices(Ask ask) =>
        from month in Months(ask, since: 1996, publishedOn: 10)
        select (Cell[])[Name(month), .. Enumerable.Range(0, PriceSeries).SelectMany(i => Consumer(i, month))];

    public IEnumerable<Cell[]> ProducerPrices(Ask ask) =>
        from month in Months(ask, since: 1996, publishedOn: 10)
        let series = Enumerable.Range(0, ProducerSeries).ToArray()
        select (Cell[])
            [
                Name(month),
                .. series.Select(i => Cell.Num(Yearly(4200, i).At(month), 2)),
                .. series.Select(i => Cell.Num(Monthly(4200, i).At(month), 2)),
                .. series.Select(i => Cell.Num(YearSoFar(Yearly(4200, i), month), 2)),
            ];

    /// <summary>Published on the last day of the month itself.</summary>
    public IEnumerable<Cell[]> Managers(Ask ask) =>
        from month in Months(ask, since: 2005, publishedOn: 0)
        select (Cell[])
            [
                Name(month),
                .. Enumerable
                    .Range(0, ManagerSeries)
                    .Select(i => Cell.Num(Math.Round(new Wave(Key(4300, i), 50.3, 3.5, 9).At(month), 1), 2)),
            ];

    public IEnumerable<Cell[]> MoneySupply(Ask ask) =>
        from month in Months(ask, since: 1990, publishedOn: Money.PublishedOn)
        select _money.Supply(month, ask.Today);

    public IEnumerable<Cell[]> SocialFinancing(Ask ask) =>
        from month in Months(ask, since: 2002, publishedOn: Money.PublishedOn)
        select _money.Financing(month, ask.Today);

    /// <summary>The month as the vendor writes it.</summary>
    internal static string Name(int month) => $"{month / 12:D4}{(month % 12) + 1:D2}";

    /// <summary>The day on which a month's figure is published: a day of the next month, or its own last one.</summary>
    internal static DateOnly Published(int month, int on) =>
        new DateOnly(month / 12, (month % 12) + 1, 1).AddMonths(1).AddDays(on - 1);

    /// <summary>The months that are published by today, newest first.</summary>
    private static IEnumerable<int> Months(Ask ask, int since, int publishedOn)
    {
        for (var month = (ask.Today.Year * 12) + ask.Today.Month; month >= since * 12; month--)
        {
            if (Published(month, publishedOn) <= ask.Today)
            {
                yield return month;
            }
        }
    }

    private Cell[] Quarter(int year, int part, bool isRevised)
    {
        double First(int share) => Sum(year, part, share);
        double Shown(int share) =>
            First(share)
            * (isRevised ? 1 + (0.006 * SeededHash.Signed(SeededHash.Mix(Key(4400, share), (ulong)year))) : 1);
        var parts = Enumerable.Range(0, 3).Select(Shown).Select(v => Math.Round(v, 1)).ToArray();
        Cell Growth(int share) =>
            Cell.Num(new Wave(Key(4500, share), 0, 1.5, 8).At((year * 4) + part) + _growth.At(year), 2);
        return
        [
            $"{year}Q{part + 1}",
            Cell.Num(parts.Sum(), 1),
            Growth(3),
            Cell.Num(parts[0], 1),
            Growth(0),
            Cell.Num(parts[1], 1),
            Growth(1),
            Cell.Num(parts[2], 1),
            Growth(2),
        ];
    }

    /// <summary>The year so far of one part: farms, industry, services.</summary>
    private static double Sum(int year, int part, int share)
    {
        var whole =
            240_000
            * Math.Pow(1.065, year - 2019)
            * (
                share == 0 ? 0.07
                : share == 1 ? 0.39
                : 0.54
            );
        var sum = 0.0;
        for (var quarter = 0; quarter <= part; quarter++)
        {
            sum += whole * (0.9 + (0.07 * quarter));
        }

        return sum;
    }

    private IEnumerable<Cell> Consumer(int series, int month)
    {
        var yearly = Math.Round(Yearly(4600, series).At(month), 2);
        yield return Cell.Num(100 + yearly, 2);
        yield return Cell.Num(yearly, 2);
        yield return Cell.Num(Monthly(4600, series).At(month), 2);
        yield return Cell.Num(100 + YearSoFar(Yearly(4600, series), month), 2);
    }

    private Wave Yearly(int family, int series) => new(Key(family, series), 1.5, family == 4200 ? 8 : 3, 14);

    private Wave Monthly(int family, int series) => new(Key(family + 1, series), 0.1, 1, 3);

    private static double YearSoFar(Wave wave, int month)
    {
        var sum = 0.0;
        for (var m = month / 12 * 12; m <= month; m++)
        {
            sum += wave.At(m);
        }

        return sum / ((month % 12) + 1);
    }

    private ulong Key(int family, int series) => SeededHash.Mix(seed, (ulong)family, (ulong)series);
}
