using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.AkTools;

/// <summary>A day, week or month as AkShare's sources show it. Prices in CNY or points.</summary>
/// <param name="Position">Of its last day of trading.</param>
/// <param name="Before">The price from which the change counts.</param>
/// <param name="Floating">Shares that may be traded.</param>
internal readonly record struct AkBar(
    int Position,
    double Open,
    double High,
    double Low,
    double Close,
    double Before,
    long Shares,
    long Amount,
    double Floating
)
{
    /// <summary>In hands of a hundred shares, rounded.</summary>
    public long Hands => Rounding.Divide(Shares, 100);

    public double Change => Close - Before;

    /// <summary>In percent.</summary>
    public double ChangePercent => 100 * Change / Before;

    /// <summary>High less low, in percent.</summary>
    public double Swing => 100 * (High - Low) / Before;

    /// <summary>Shares traded of those that may be, a ratio.</summary>
    public double Turnover => Shares / Floating;
}

/// <summary>
/// Series of bars over the market's own: another view of what a simulated Tushare sends. Adjusted prices are the
/// unadjusted ones times the factor of their day (<c>hfq</c>), over that of the last one (<c>qfq</c>), and rounded.
/// </summary>
internal sealed class AkBars(SyntheticMarket market)
{
    private readonly Periods _weeks = Periods.Weeks(market.Days);
    private readonly Periods _months = Periods.Months(market.Days);

    /// <param name="instrument">A stock, a fund or an index.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day; nothing after the market's today.</param>
    /// <param name="adjust">Empty, <c>qfq</c> or <c>hfq</c>.</param>
    /// <param name="period"><c>daily</c>, <c>weekly</c> or <c>monthly</c>.</param>
    public IEnumerable<AkBar> Of(
        Instrument instrument,
        DateOnly from,
        DateOnly to,
        string adjust = "",
        string period = "daily"
    )
    {
        var last = Math.Min(market.Days.OnOrBefore(Earlier(to, market.LastDay)), instrument.End - 1);
        var first = Math.Max(market.Days.OnOrAfter(from), instrument.First);
        var latest = instrument.FactorAt(Math.Min(market.Days.OnOrBefore(market.LastDay), instrument.End - 1));
        AkBar? open = null;
        for (var position = first; position <= last; position++)
        {
            if (!instrument.IsTraded(position))
            {
                continue;
            }

            var day = At(instrument, position, adjust, latest);
            if (open is { } bar && IsSame(period, bar.Position, position))
            {
                open = Joined(bar, day);
                continue;
            }

            if (open is { } done)
            {
                yield return done;
            }

            open = day;
        }

        if (open is { } rest)
        {
            yield return rest;
        }
    }

    private static AkBar At(Instrument instrument, int position, string adjust, long latest)
    {
        var bar = BarMaker.At(instrument, position);
        var factor = adjust switch
        {
            "hfq" => instrument.FactorAt(position) / 10_000.0,
            "qfq" => instrument.FactorAt(position) / (double)latest,
            _ => 1,
        };
        double Price(long price) => Math.Round(price * factor / instrument.Scale, instrument.Decimals);
        return new AkBar(
            position,
            Price(bar.Open),
            Price(bar.High),
            Price(bar.Low),
            Price(bar.Close),
            Price(bar.PreClose),
            bar.Shares,
            bar.Amount,
            // As Tushare's turnover_rate has it: whole hundreds.
            (long)(instrument.SharesAt(position) * instrument.FloatRatio) / 100 * 100
        );
    }

    private static AkBar Joined(AkBar bar, AkBar day) =>
        bar with
        {
            Position = day.Position,
            High = Math.Max(bar.High, day.High),
            Low = Math.Min(bar.Low, day.Low),
            Close = day.Close,
            Shares = bar.Shares + day.Shares,
            Amount = bar.Amount + day.Amount,
            Floating = day.Floating,
        };

    private bool IsSame(string period, int before, int position) =>
        period switch
        {
            "weekly" => _weeks.FirstOf(before) == _weeks.FirstOf(position),
            "monthly" => _months.FirstOf(before) == _months.FirstOf(position),
            _ => false,
        };

    private static DateOnly Earlier(DateOnly one, DateOnly other) => one < other ? one : other;
}
