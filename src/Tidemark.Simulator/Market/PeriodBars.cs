using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>weekly</c> and <c>monthly</c>: the days of a period as one bar, in shares and CNY, labelled with the period's
/// last open day. <c>pct_chg</c> is a fraction, and <c>pre_close</c> the close before it, not adjusted.
/// </summary>
internal sealed class PeriodBars(MarketDays days, Periods periods)
{
    public bool Has(Instrument instrument, int position)
    {
        if (!periods.IsLast(position) || periods.FirstOf(position) >= instrument.End)
        {
            return false;
        }

        for (var day = position; day >= periods.FirstOf(position); day--)
        {
            if (instrument.IsTraded(day))
            {
                return true;
            }
        }

        return false;
    }

    public void Fill(Instrument instrument, int position, Span<Cell> row)
    {
        var whole = default(Bar);
        for (var day = periods.FirstOf(position); day <= position; day++)
        {
            if (!instrument.IsTraded(day))
            {
                continue;
            }

            var bar = BarMaker.At(instrument, day);
            whole =
                whole.Open == 0
                    ? bar with
                    {
                        PreClose = CloseBefore(instrument, day, bar),
                    }
                    : whole with
                    {
                        High = Math.Max(whole.High, bar.High),
                        Low = Math.Min(whole.Low, bar.Low),
                        Close = bar.Close,
                        Shares = whole.Shares + bar.Shares,
                        Amount = whole.Amount + bar.Amount,
                    };
        }

        row[0] = instrument.Code;
        row[1] = days[position];
        row[2] = Cell.Scaled(whole.Close, instrument.Decimals);
        row[3] = Cell.Scaled(whole.Open, instrument.Decimals);
        row[4] = Cell.Scaled(whole.High, instrument.Decimals);
        row[5] = Cell.Scaled(whole.Low, instrument.Decimals);
        row[6] = Cell.Scaled(whole.PreClose, instrument.Decimals);
        row[7] = Cell.Scaled(whole.Change, instrument.Decimals);
        row[8] = Cell.Scaled(Rounding.Divide(whole.Change * 10_000, whole.PreClose), 4);
        row[9] = Cell.Scaled(whole.Shares, 0);
        row[10] = Cell.Scaled(whole.Amount, 0);
    }

    private static long CloseBefore(Instrument instrument, int day, Bar bar)
    {
        var before = instrument.TradedBefore(day);
        return before < instrument.First ? bar.PreClose : BarMaker.CloseAt(instrument, before);
    }
}
