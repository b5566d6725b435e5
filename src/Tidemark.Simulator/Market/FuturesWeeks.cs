using System.Globalization;
using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>fut_weekly_detail</c>: the days of a week summed over a product's contracts. Weeks of 2019 are not padded
/// (<c>20199</c>), so that a range of texts misses some, as at the vendor.
/// </summary>
internal sealed class FuturesWeeks(FuturesMarket market)
{
    private const double HundredMillion = 1e8;
    private const int Unpadded = 2019;

    private static readonly DateOnly s_since = new(2010, 3, 1);

    private readonly Periods _weeks = Periods.Weeks(market.Days);

    public IEnumerable<Cell[]> Rows(Ask ask)
    {
        // A request asks for the same week up to four times: itself, next year's, and the sums of both years.
        var known = new Dictionary<(Product, int), Week>();
        foreach (var position in market.Days.Backwards(s_since, ask.Last))
        {
            if (!_weeks.IsLast(position) || !ask.Wants("week", Name(position)))
            {
                continue;
            }

            foreach (var product in Product.Every)
            {
                if (
                    ask.Wants("prd", product.Code)
                    && ask.Wants("exchange", product.Exchange)
                    && Of(product, position, known) is { OpenInterest: > 0 } week
                )
                {
                    yield return Row(product, position, week, known);
                }
            }
        }
    }

    private Cell[] Row(Product product, int position, Week week, Dictionary<(Product, int), Week> known)
    {
        var yearBefore = SameWeekBefore(position);
        var then = yearBefore < 0 ? default : Of(product, yearBefore, known);
        var sum = YearSoFar(product, position, known);
        var sumThen = yearBefore < 0 ? default : YearSoFar(product, yearBefore, known);
        var weekBefore = _weeks.FirstOf(position) - 1;
        var last = weekBefore < 0 ? default : Of(product, weekBefore, known);
        return
        [
            product.Exchange,
            product.Code,
            product.Name,
            week.Volume,
            Growth(week.Volume, then.Volume),
            Cell.Num(week.Amount / HundredMillion, 2),
            Growth(week.Amount, then.Amount),
            sum.Volume,
            Growth(sum.Volume, sumThen.Volume),
            Cell.Num(sum.Amount / HundredMillion, 2),
            Growth(sum.Amount, sumThen.Amount),
            week.OpenInterest,
            Growth(week.OpenInterest, last.OpenInterest),
            Cell.Num(week.Close, 4),
            Growth(week.Close, last.Close),
            Name(position),
            market.Days[position],
        ];
    }

    private string Name(int position)
    {
        var day = market.Days[position].ToDateTime(TimeOnly.MinValue);
        var (year, week) = (ISOWeek.GetYear(day), ISOWeek.GetWeekOfYear(day));
        return year == Unpadded ? $"{year}{week}" : $"{year}{week:D2}";
    }

    /// <summary>The last open day of the week 52 weeks before; −1 when nothing was traded in it.</summary>
    private int SameWeekBefore(int position)
    {
        var monday = market.Days[position].DayNumber / 7 * 7;
        var before = market.Days.OnOrBefore(DateOnly.FromDayNumber(monday + 6 - 364));
        return before >= 0 && market.Days[before].DayNumber >= monday - 364 ? before : -1;
    }

    private Week YearSoFar(Product product, int position, Dictionary<(Product, int), Week> known)
    {
        var sum = default(Week);
        for (
            var end = position;
            end >= 0 && market.Days[end].Year == market.Days[position].Year;
            end = _weeks.FirstOf(end) - 1
        )
        {
            var week = Of(product, end, known);
            sum = sum with { Volume = sum.Volume + week.Volume, Amount = sum.Amount + week.Amount };
        }

        return sum;
    }

    private Week Of(Product product, int end, Dictionary<(Product, int), Week> known)
    {
        if (known.TryGetValue((product, end), out var week))
        {
            return week;
        }

        for (var position = _weeks.FirstOf(end); position <= end; position++)
        {
            var interest = 0L;
            foreach (var contract in market.Traded(product, position))
            {
                var day = market.At(contract, position);
                week = week with { Volume = week.Volume + day.Volume, Amount = week.Amount + day.Amount };
                interest += day.OpenInterest;
            }

            week = week with { OpenInterest = interest };
        }

        if (market.Dominant(product, end) is { } dominant)
        {
            week = week with { Close = market.At(dominant, end).Close };
        }

        known.Add((product, end), week);
        return week;
    }

    private static Cell Growth(double now, double then) =>
        then == 0 ? Cell.Null : Cell.Num(100 * ((now / then) - 1), 2);

    private readonly record struct Week(long Volume, double Amount, long OpenInterest, double Close);
}
