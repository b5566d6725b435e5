using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.AkTools;

/// <summary>Futures from Sina, gold from its exchange, and the open days.</summary>
internal sealed class FuturesFunctions(SyntheticMarket market)
{
    /// <summary>The exchange's site has nothing earlier.</summary>
    private static readonly DateOnly s_goldFrom = new(2016, 12, 19);

    private static readonly DateOnly s_firstDay = new(1990, 12, 19);

    /// <summary>An open day that Sina lacks, and AkShare adds by hand.</summary>
    private static readonly DateOnly s_addedByHand = new(1992, 5, 4);

    private readonly Dictionary<string, Contract> _contracts = market.Futures.Every.ToDictionary(c => c.Symbol);

    public IEnumerable<AkFunction> All =>
        [
            AkFunction.Of(
                "futures_zh_daily_sina",
                "sina",
                "symbol=RB0",
                "date~ open# high# low# close# volume! hold! settle#",
                Futures
            ),
            AkFunction.Of("spot_hist_sge", "sge", "symbol=Au99.99", "date@ open# close# low# high#", Gold),
            AkFunction.Of("tool_trade_date_hist_sina", "sina", "", "trade_date@", OpenDays),
        ];

    /// <summary>A contract (RB2410), or the one with the greatest open interest of each day (RB0).</summary>
    private IEnumerable<Cell[]> Futures(AkCall call)
    {
        var symbol = call["symbol"];
        var last = market.Days.OnOrBefore(call.Today);
        if (_contracts.TryGetValue(symbol, out var contract))
        {
            return from position in Enumerable.Range(contract.Start, Math.Max(0, contract.End - contract.Start))
                where position <= last
                select Row(contract, position);
        }

        var product =
            Product.Every.FirstOrDefault(p => symbol == $"{p.Code}0")
            ?? throw new AkFailureException($"Sina has no future '{symbol}'");
        return from position in Enumerable.Range(0, last + 1)
            let dominant = market.Futures.Dominant(product, position)
            where dominant is not null
            select Row(dominant, position);
    }

    private Cell[] Row(Contract contract, int position)
    {
        var day = market.Futures.At(contract, position);
        return
        [
            market.Days[position],
            Cell.Num(day.Open, 3),
            Cell.Num(day.High, 3),
            Cell.Num(day.Low, 3),
            Cell.Num(day.Close, 3),
            day.Volume,
            day.OpenInterest,
            Cell.Num(day.Settle, 3),
        ];
    }

    private IEnumerable<Cell[]> Gold(AkCall call)
    {
        var rows = market.RowsOf("sge_daily", ("ts_code", call["symbol"])).Reverse().ToArray();
        return rows.Length == 0
            ? throw new AkFailureException($"The exchange has no contract '{call["symbol"]}'")
            // Tushare's order is close, open, high, low.
            : rows.Where(row => row[1].AsDay() >= s_goldFrom)
                .Select(row => (Cell[])[row[1], row[3], row[2], row[5], row[4]]);
    }

    /// <summary>To the end of the current year, as far as the calendar goes.</summary>
    private IEnumerable<Cell[]> OpenDays(AkCall call) =>
        from day in market
            .Days.Calendar.OpenDaysBetween(market.Days.Calendar.First, market.Days.Calendar.Last)
            .ToArray()
            .Append(s_addedByHand)
            .Distinct()
            .Order()
        where day >= s_firstDay && day.Year <= call.Today.Year
        select (Cell[])[day];
}
