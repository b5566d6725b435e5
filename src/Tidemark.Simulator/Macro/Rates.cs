using Tidemark.Core.Calendars;
using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Macro;

/// <summary>
/// Interest rates by day, in percent: <c>shibor</c>, <c>shibor_lpr</c>, and those of the American treasury, which has
/// its own holidays.
/// </summary>
internal sealed class Rates(TradingCalendar calendar, ulong seed)
{
    private static readonly DateOnly s_shibor = new(2006, 10, 8);
    private static readonly DateOnly s_lpr = new(2013, 10, 25);
    private static readonly DateOnly s_lprByMonth = new(2019, 8, 20);
    private static readonly DateOnly s_treasury = new(1990, 1, 2);
    private static readonly DateOnly s_twoMonths = new(2018, 10, 16);
    private static readonly DateOnly s_fourMonths = new(2022, 10, 19);

    /// <summary>The tenors of the treasury's curve, in years.</summary>
    private static readonly double[] s_curve = [1 / 12.0, 2 / 12.0, 0.25, 4 / 12.0, 0.5, 1, 2, 3, 5, 7, 10, 20, 30];

    private static readonly double[] s_bills = [4 / 52.0, 8 / 52.0, 13 / 52.0, 17 / 52.0, 26 / 52.0, 1];
    private static readonly double[] s_real = [5, 7, 10, 20, 30];
    private static readonly double[] s_shiborTenors = [1 / 365.0, 7 / 365.0, 14 / 365.0, 1 / 12.0, 0.25, 0.5, 0.75, 1];

    private readonly Wave _interbank = new(SeededHash.Mix(seed, 4040), 2.6, 1.2, 400);
    private readonly Wave _overnight = new(SeededHash.Mix(seed, 4041), 0, 0.8, 20);
    private readonly Wave _prime = new(SeededHash.Mix(seed, 4042), 4, 0.8, 900);
    private readonly Wave _short = new(SeededHash.Mix(seed, 4043), 2.6, 2.3, 900);
    private readonly Wave _slope = new(SeededHash.Mix(seed, 4044), 1.2, 1.5, 600);
    private readonly Wave _inflation = new(SeededHash.Mix(seed, 4045), 2, 0.6, 700);

    public IEnumerable<Cell[]> Shibor(Ask ask) =>
        from day in Days(ask, s_shibor, IsOpen)
        select (Cell[])
            [
                day,
                .. s_shiborTenors.Select(years =>
                    Cell.Num(
                        _interbank.At(day.DayNumber)
                            + (0.5 * Math.Sqrt(years))
                            + (_overnight.At(day.DayNumber) * Math.Exp(-20 * years)),
                        4
                    )
                ),
            ];

    /// <summary>On every open day at first; since August 2019 once a month, on the 20th or the open day after it.</summary>
    public IEnumerable<Cell[]> Prime(Ask ask) =>
        from day in Days(ask, s_lpr, d => IsOpen(d) && (d < s_lprByMonth || IsPublished(d)))
        let month = (day.Year * 12) + day.Month
        let rate = Math.Round(_prime.At(month * 30) * 20) / 20
        select (Cell[])[day, Cell.Num(rate, 2), day < s_lprByMonth ? Cell.Null : Cell.Num(rate + 0.6, 2)];

    public IEnumerable<Cell[]> Curve(Ask ask) =>
        from day in Days(ask, s_treasury, IsTreasuryDay)
        select (Cell[])[day, .. s_curve.Select((years, i) => Tenor(day, years, i, 1, 3))];

    public IEnumerable<Cell[]> RealCurve(Ask ask) =>
        from day in Days(ask, new DateOnly(2003, 1, 2), IsTreasuryDay)
        select (Cell[])[day, .. s_real.Select(years => Cell.Num(Real(day, years), 2))];

    public IEnumerable<Cell[]> Bills(Ask ask) =>
        from day in Days(ask, new DateOnly(2002, 1, 2), IsTreasuryDay)
        select (Cell[])
            [
                day,
                .. s_bills.SelectMany(
                    (years, i) =>
                        IsThere(day, i, 1, 3)
                            ? new[] { Cell.Num(Nominal(day, years), 2), Cell.Num(Nominal(day, years) * 1.02, 2) }
                            : [Cell.Null, Cell.Null]
                ),
            ];

    public IEnumerable<Cell[]> LongTerm(Ask ask) =>
        from day in Days(ask, new DateOnly(2000, 1, 3), IsTreasuryDay)
        select (Cell[])[day, Cell.Num(Nominal(day, 22), 2), Cell.Num(Nominal(day, 20), 2), Cell.Null];

    public IEnumerable<Cell[]> RealLongTerm(Ask ask) =>
        from day in Days(ask, new DateOnly(2000, 1, 3), IsTreasuryDay)
        select (Cell[])[day, Cell.Num(Real(day, 15), 2)];

    private Cell Tenor(DateOnly day, double years, int place, int twoMonths, int fourMonths) =>
        IsThere(day, place, twoMonths, fourMonths) ? Cell.Num(Nominal(day, years), 2) : Cell.Null;

    /// <summary>Two of the tenors are younger than the others.</summary>
    private static bool IsThere(DateOnly day, int place, int twoMonths, int fourMonths) =>
        (place != twoMonths || day >= s_twoMonths) && (place != fourMonths || day >= s_fourMonths);

    private double Nominal(DateOnly day, double years) =>
        Math.Max(0.01, _short.At(day.DayNumber) + (_slope.At(day.DayNumber) * (1 - Math.Exp(-years / 5))));

    private double Real(DateOnly day, double years) => Nominal(day, years) - _inflation.At(day.DayNumber);

    private static IEnumerable<DateOnly> Days(Ask ask, DateOnly since, Func<DateOnly, bool> isOpen)
    {
        for (var day = ask.Last; day >= since && day >= ask.First; day = day.AddDays(-1))
        {
            if (isOpen(day))
            {
                yield return day;
            }
        }
    }

    private bool IsOpen(DateOnly day) => day >= calendar.First && day <= calendar.Last && calendar.IsOpen(day);

    private bool IsPublished(DateOnly day)
    {
        if (day.Day < 20)
        {
            return false;
        }

        for (var before = day.AddDays(-1); before.Day >= 20; before = before.AddDays(-1))
        {
            if (IsOpen(before))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsTreasuryDay(DateOnly day) =>
        day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)
        && (day.Month, day.Day) is not ((1, 1) or (7, 4) or (11, 11) or (12, 25))
        && !(day is { Month: 11, DayOfWeek: DayOfWeek.Thursday, Day: >= 22 and <= 28 });
}
