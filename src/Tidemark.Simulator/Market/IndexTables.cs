using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>The APIs of indices.</summary>
internal static class IndexTables
{
    /// <summary>Shares behind an index of a whole exchange, and behind one of some hundred stocks.</summary>
    private const double WholeExchange = 4e12;

    private const double Chosen = 6e11;

    /// <summary>The indices that the vendor values, by its documentation and samples.</summary>
    private static readonly string[] s_valued =
    [
        "000001.SH",
        "399001.SZ",
        "000016.SH",
        "000905.SH",
        "399005.SZ",
        "399006.SZ",
        "000300.SH",
        "399300.SZ",
    ];

    public static IEnumerable<MarketTable> Of(
        MarketDays days,
        MarketDays weekdays,
        IndexListing[] indices,
        StockListing[] stocks,
        ulong seed
    )
    {
        var bars = indices.Select(i => i.Instrument).ToArray();
        yield return new IndexTable(indices);
        yield return new BarTable("index_daily", days, bars);
        yield return new RowTable("index_weight", new IndexWeights(days, indices, stocks).Rows);
        yield return Values(days, bars);
        var industries = new Industries(days, stocks);
        yield return new RowTable("index_classify", Industries.Tree);
        yield return new RowTable("index_member_all", industries.Members);
        yield return new RowTable("index_global", new GlobalIndices(weekdays, seed).Rows);
    }

    /// <summary>
    /// <c>index_dailybasic</c>, in CNY and shares: the members' value follows the index, the shares change slowly.
    /// </summary>
    private static CellSeries Values(MarketDays days, Instrument[] bars) =>
        new(
            "index_dailybasic",
            days,
            bars.Where(i => s_valued.Contains(i.Code)),
            (instrument, position) => instrument.IsTraded(position) && days[position].Year >= 2004,
            (instrument, position, row) =>
            {
                var bar = BarMaker.At(instrument, position);
                var points = bar.Close / (double)instrument.Scale / instrument.Level;
                var shares =
                    (instrument.Code is "000001.SH" or "399001.SZ" ? WholeExchange : Chosen)
                    * (1 + (0.1 * PricePath.SlowWave(instrument.Key + 7, position >> 3)));
                var (floating, free) = (shares * instrument.FloatRatio, shares * instrument.FloatRatio * 0.6);
                var price = 9 * points;
                row[0] = instrument.Code;
                row[1] = days[position];
                row[2] = Cell.Num(shares * price, 0);
                row[3] = Cell.Num(floating * price, 0);
                row[4] = Cell.Num(shares, 0);
                row[5] = Cell.Num(floating, 0);
                row[6] = Cell.Num(free, 0);
                row[7] = Cell.Num(100.0 * bar.Shares / floating, 2);
                row[8] = Cell.Num(100.0 * bar.Shares / free, 2);
                row[9] = Cell.Num(14 * points, 2);
                row[10] = Cell.Num(13.5 * points, 2);
                row[11] = Cell.Num(1.5 * points, 2);
            }
        );
}
