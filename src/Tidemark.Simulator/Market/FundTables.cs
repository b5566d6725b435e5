using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>The APIs of exchange-traded funds.</summary>
internal static class FundTables
{
    /// <summary>How far the units in issue swing around those at the beginning.</summary>
    private const double Swing = 0.3;

    /// <summary>Units of other funds than ETFs are reported on the days on which they change: one day in so many.</summary>
    private const int OtherDays = 20;

    public static IEnumerable<MarketTable> Of(MarketDays days, FundListing[] funds, Instrument[] units)
    {
        yield return new FundTable(funds);
        yield return new BarTable("fund_daily", days, units);
        yield return new FactorTable("fund_adj", days, units);
        yield return new RowTable("etf_basic", ask => Etfs(ask, funds));
        yield return Shares(days, funds, units);
        yield return Sizes(days, funds);
    }

    private static IEnumerable<Cell[]> Etfs(Ask ask, FundListing[] funds) =>
        from fund in funds
        where fund.Index is not null && fund.Instrument.ListDate <= ask.Today
        let instrument = fund.Instrument
        let isAbroad = fund.Theme is "纳指" or "恒生" or "港股通"
        select (Cell[])
            [
                instrument.Code,
                fund.Name,
                fund.Name,
                $"{fund.Manager}{fund.Theme}交易型开放式指数证券投资基金",
                fund.Index!.Instrument.Code,
                $"{fund.Index.Name}指数",
                instrument.ListDate.AddDays(-12),
                instrument.ListDate,
                "L",
                instrument.Code[^2..],
                $"{fund.Manager}基金",
                fund.Custodian,
                Cell.Scaled(fund.ManagementFee, 2),
                isAbroad ? "QDII" : "境内",
            ];

    private static CellSeries Shares(MarketDays days, FundListing[] funds, Instrument[] units)
    {
        var etfs = funds.Where(f => f.Index is not null).Select(f => f.Instrument.Code).ToHashSet();
        return new CellSeries(
            "fund_share",
            days,
            units,
            (instrument, position) =>
                instrument.IsAlive(position)
                && (etfs.Contains(instrument.Code) || (position + (int)(instrument.Key % OtherDays)) % OtherDays == 0),
            (instrument, position, row) =>
            {
                row[0] = instrument.Code;
                row[1] = days[position];
                row[2] = Cell.Scaled(UnitsAt(instrument, position), 4);
            },
            (request, instrument) =>
                request.Parameters.GetValueOrDefault("market") is not { } market
                || instrument.Code.EndsWith(market, StringComparison.Ordinal)
        );
    }

    /// <summary><c>etf_share_size</c>: the same units, and what they are worth in ten thousands of CNY.</summary>
    private static CellSeries Sizes(MarketDays days, FundListing[] funds)
    {
        var etfs = funds.Where(f => f.Index is not null).ToDictionary(f => f.Instrument.Code);
        return new CellSeries(
            "etf_share_size",
            days,
            etfs.Values.Select(f => f.Instrument).OrderBy(i => i.Code, StringComparer.Ordinal),
            (instrument, position) => instrument.IsAlive(position),
            (instrument, position, row) =>
            {
                var close = BarMaker.CloseAt(instrument, position);
                var units = UnitsAt(instrument, position);
                row[0] = days[position];
                row[1] = instrument.Code;
                row[2] = etfs[instrument.Code].Name;
                row[3] = Cell.Scaled(units, 4);
                row[4] = Cell.Num(units / 10_000.0 * close / instrument.Scale, 4);
                row[5] = Cell.Scaled(close, instrument.Decimals);
                row[6] = Cell.Scaled(close, instrument.Decimals);
                row[7] = ExchangeNames.Of(instrument.Code);
            }
        );
    }

    private static long UnitsAt(Instrument instrument, int position)
    {
        var wave = PricePath.SlowWave(SeededHash.Mix(instrument.Key, 2626), position);
        return (long)(instrument.SharesAt(position) * (1 + (Swing * wave)));
    }
}
