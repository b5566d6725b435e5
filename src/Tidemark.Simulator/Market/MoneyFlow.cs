using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>moneyflow</c>: the day's lots and amount, split by the size of orders, once for buyers and once for sellers. Both
/// sides sum to the bar's.
/// </summary>
internal sealed class MoneyFlow(MarketDays days)
{
    private const int Classes = 4;
    private const int TradeCount = 20;

    /// <summary>Documented: no earlier rows.</summary>
    private readonly int _first = days.OnOrAfter(new DateOnly(2010, 1, 1));

    public bool Has(Instrument instrument, int position) => position >= _first && instrument.IsTraded(position);

    public void Fill(Instrument instrument, int position, Span<Cell> row)
    {
        var bar = BarMaker.At(instrument, position);
        var key = SeededHash.Mix(instrument.Key, 2323, (ulong)position);
        var lots = Rounding.Divide(bar.Shares, 100);

        // In hundreds of CNY: the vendor sends ten thousands with two decimals.
        var amount = Rounding.Divide(bar.Amount, 100);
        row[0] = instrument.Code;
        row[1] = days[position];
        Side(row, 2, SeededHash.Mix(key, 1), lots, amount);
        Side(row, 4, SeededHash.Mix(key, 2), lots, amount);
        var net = 0.2 * SeededHash.Signed(SeededHash.Mix(key, 3));
        row[18] = (long)(lots * net);
        row[19] = Cell.Scaled((long)(amount * net), 2);
        row[TradeCount] = Math.Max(1, lots / 9);
    }

    /// <summary>Small, medium, large and very large orders; the last take what remains.</summary>
    private static void Side(Span<Cell> row, int first, ulong key, long lots, long amount)
    {
        var (lotsLeft, amountLeft) = (lots, amount);
        for (var i = 0; i < Classes; i++)
        {
            var share = 0.15 + (0.17 * SeededHash.Unit(SeededHash.Mix(key, (ulong)i)));
            var (ofLots, ofAmount) =
                i == Classes - 1 ? (lotsLeft, amountLeft) : ((long)(lots * share), (long)(amount * share));
            lotsLeft -= ofLots;
            amountLeft -= ofAmount;
            row[first + (i * Classes)] = ofLots;
            row[first + (i * Classes) + 1] = Cell.Scaled(ofAmount, 2);
        }
    }
}
