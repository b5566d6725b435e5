namespace Tidemark.Simulator.Market;

/// <summary>What the instruments of one board add up to on one day: shares, CNY, and how many there are.</summary>
internal readonly record struct BoardTotals(
    long Count,
    double Shares,
    double FloatShares,
    double Value,
    double FloatValue,
    double Volume,
    double Amount
)
{
    public static BoardTotals operator +(BoardTotals a, BoardTotals b) =>
        new(
            a.Count + b.Count,
            a.Shares + b.Shares,
            a.FloatShares + b.FloatShares,
            a.Value + b.Value,
            a.FloatValue + b.FloatValue,
            a.Volume + b.Volume,
            a.Amount + b.Amount
        );

    /// <summary>The totals of a day. A suspended instrument counts with its last close and without volume.</summary>
    public static BoardTotals Of(IEnumerable<Instrument> instruments, int position)
    {
        var total = default(BoardTotals);
        foreach (var instrument in instruments)
        {
            if (!instrument.IsAlive(position))
            {
                continue;
            }

            var shares = instrument.SharesAt(position);
            var floating = (long)(shares * instrument.FloatRatio) / 100 * 100;
            var bar = Bar(instrument, position);
            var close = bar.Close / (double)instrument.Scale;
            total += new BoardTotals(1, shares, floating, shares * close, floating * close, bar.Shares, bar.Amount);
        }

        return total;
    }

    private static Bar Bar(Instrument instrument, int position)
    {
        if (instrument.IsTraded(position))
        {
            return BarMaker.At(instrument, position);
        }

        var close = BarMaker.CloseAt(instrument, instrument.TradedBefore(position));
        return new Bar(close, close, close, close, close, 0, 0);
    }
}
