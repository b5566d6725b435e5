using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>The APIs of stocks.</summary>
internal static class StockTables
{
    /// <summary>Documented: no earlier lists.</summary>
    private static readonly DateOnly s_listsOfSpecialTreatment = new(2016, 1, 1);

    /// <summary>More open days than a month has.</summary>
    private const int PeriodDays = 31;

    public static IEnumerable<MarketTable> Of(MarketDays days, StockListing[] stocks, Instrument[] shares)
    {
        var weeks = new PeriodBars(days, Periods.Weeks(days));
        var months = new PeriodBars(days, Periods.Months(days));
        var flow = new MoneyFlow(days);
        var events = new StockEvents(days, stocks);
        yield return new StockTable(days, stocks);
        yield return new BarTable("daily", days, shares);
        yield return new CellSeries("weekly", days, shares, weeks.Has, weeks.Fill, daysAfterEnd: PeriodDays);
        yield return new CellSeries("monthly", days, shares, months.Has, months.Fill, daysAfterEnd: PeriodDays);
        yield return new FactorTable("adj_factor", days, shares);
        yield return new ValuationTable(days, shares);
        yield return new SuspensionTable(days, shares);
        yield return new CellSeries("moneyflow", days, shares, flow.Has, flow.Fill);
        yield return new RowTable("dividend", new Dividends(days, stocks).Rows);
        yield return new RowTable("block_trade", events.BlockTrades);
        yield return new RowTable("repurchase", events.Repurchases);
        yield return new RowTable("namechange", events.Names);
        yield return new RowTable("st", events.SpecialTreatments);
        yield return new RowTable("bse_mapping", events.NewCodes);
        yield return SpecialTreatmentList(days, stocks, shares);
        yield return Premarket(days, shares);
    }

    private static CellSeries SpecialTreatmentList(MarketDays days, StockListing[] stocks, Instrument[] shares)
    {
        var listings = stocks.ToDictionary(s => s.Instrument.Code);
        return new CellSeries(
            "stock_st",
            days,
            shares.Where(i => i.Spells.Length > 0),
            (instrument, position) =>
                instrument.IsAlive(position)
                && instrument.SpellAt(position) is not null
                && days[position] >= s_listsOfSpecialTreatment,
            (instrument, position, row) =>
            {
                row[0] = instrument.Code;
                row[1] = StockNames.At(listings[instrument.Code], days, position);
                row[2] = days[position];
                row[3] = "ST";
                row[4] = "风险警示板";
            }
        );
    }

    private static CellSeries Premarket(MarketDays days, Instrument[] shares) =>
        new(
            "stk_premarket",
            days,
            shares,
            (instrument, position) => instrument.IsAlive(position),
            (instrument, position, row) =>
            {
                var (limits, reference) = BarMaker.LimitsAt(instrument, position);
                var total = instrument.SharesAt(position);
                row[0] = days[position];
                row[1] = instrument.Code;
                row[2] = Cell.Scaled(total, 4);
                row[3] = Cell.Scaled((long)(total * instrument.FloatRatio) / 100 * 100, 4);
                row[4] =
                    days[position] == instrument.ListDate ? Cell.Null : Cell.Scaled(reference, instrument.Decimals);
                row[5] = Cell.Scaled(limits.Up, instrument.Decimals);
                row[6] = Cell.Scaled(limits.Down, instrument.Decimals);
            }
        );
}
