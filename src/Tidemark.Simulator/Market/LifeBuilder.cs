namespace Tidemark.Simulator.Market;

/// <summary>
/// Makes the suspensions and rights of one instrument over its whole life, year by year from its key: a few dozen facts
/// that answer for any day. A longer calendar only adds later ones.
/// </summary>
internal static class LifeBuilder
{
    private const double SuspendedYears = 0.08;
    private const int LastSuspensionStart = 225;

    /// <summary>Below this, a year's right is carried over to the next.</summary>
    private const double SmallestRight = 0.003;

    /// <summary>A right of this size or more is bonus shares in tenths, a smaller one is cash.</summary>
    private const double SmallestBonus = 0.1;

    /// <summary>The longest stretch before delisting without trading.</summary>
    private const int HaltDays = 60;

    /// <summary>Suspensions in order; the last one may be the halt before delisting.</summary>
    public static Suspension[] Suspensions(Instrument instrument, MarketDays days)
    {
        if (instrument.Board is Board.Fund or Board.Index || days.Count == 0)
        {
            return [];
        }

        var list = new List<Suspension>();
        var total = 0;
        var stop = Math.Min(instrument.End, instrument.HaltedFrom);
        for (var year = days[0].Year; year <= days[^1].Year; year++)
        {
            var key = SeededHash.Mix(instrument.Key, 404, (ulong)year);
            if (SeededHash.Unit(key) >= SuspendedYears)
            {
                continue;
            }

            var yearStart = days.OnOrAfter(new DateOnly(year, 1, 1));
            var yearEnd = days.OnOrAfter(new DateOnly(year + 1, 1, 1));
            var start = yearStart + SeededHash.Index(SeededHash.Mix(key, 1), LastSuspensionStart);
            var end = Math.Min(start + Length(SeededHash.Mix(key, 2)), yearEnd);
            if (start >= end || start < instrument.First + 5 || end > stop)
            {
                continue;
            }

            list.Add(new Suspension(start, end, total));
            total += end - start;
        }

        if (stop < instrument.End)
        {
            list.Add(new Suspension(stop, instrument.End, total));
        }

        return [.. list];
    }

    /// <summary>Rights in order, those before the calendar at position −1.</summary>
    /// <param name="yield">The average payout of a year, as a logarithm of the price.</param>
    public static ExRight[] ExRights(Instrument instrument, MarketDays days, double yield)
    {
        var list = new List<ExRight>();
        if (yield <= 0)
        {
            return [.. list];
        }

        var (paid, factor, shares) = (0.0, 10_000L, 1.0);
        for (var year = instrument.ListDate.Year + 1; year <= days.Calendar.Last.Year; year++)
        {
            var key = SeededHash.Mix(instrument.Key, 505, (ulong)year);

            // The plan varies around the average and never drifts from it, so that raw prices stay in the market's
            // range.
            var planned =
                (yield * (year - instrument.ListDate.Year)) + (yield * 1.5 * SeededHash.Signed(SeededHash.Mix(key, 1)));
            var right = planned - paid;
            if (right < SmallestRight)
            {
                continue;
            }

            var day = new DateOnly(year, 1, 1).AddDays(120 + SeededHash.Index(SeededHash.Mix(key, 2), 100));
            var position = day < days.Calendar.First ? -1 : days.OnOrAfter(day);
            if (position >= Math.Min(instrument.End, days.Count))
            {
                break;
            }

            var isBonus = right >= SmallestBonus;
            var ratio = isBonus ? 1 + (Math.Round((Math.Exp(right) - 1) * 10) / 10) : Math.Exp(right);
            paid += Math.Log(ratio);
            factor = (long)Math.Round(factor * ratio);
            shares *= isBonus ? ratio : 1;
            list.Add(
                new ExRight(
                    position,
                    position < 0 ? day : days[position],
                    factor,
                    shares,
                    isBonus ? 0 : 1 - (1 / ratio)
                )
            );
        }

        return [.. list];
    }

    /// <summary>The position since which an instrument that is delisted no longer trades.</summary>
    public static int HaltedFrom(ulong key, int first, int end) =>
        Math.Max(first + 1, end - SeededHash.Index(SeededHash.Mix(key, 606), HaltDays));

    private static int Length(ulong key)
    {
        var draw = SeededHash.Unit(key);
        var spread = SeededHash.Mix(key, 1);
        return draw switch
        {
            < 0.3 => 1,
            < 0.7 => 2 + SeededHash.Index(spread, 4),
            < 0.95 => 6 + SeededHash.Index(spread, 10),
            _ => 16 + SeededHash.Index(spread, 25),
        };
    }
}
