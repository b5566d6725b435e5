using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary><c>fut_daily</c>, <c>fut_settle</c> and <c>fut_mapping</c>.</summary>
internal sealed class FuturesDays(FuturesMarket market)
{
    /// <summary>Settlement parameters are there from about this day on, says a user.</summary>
    private static readonly DateOnly s_settlementsFrom = new(2012, 1, 4);

    /// <summary>The code, the contract behind it, and whether its delivery settlement is known.</summary>
    public IEnumerable<Cell[]> Daily(Ask ask) =>
        from position in market.Days.Backwards(ask.First, ask.Last)
        from product in Products(ask)
        where ask.Wants("exchange", product.Exchange)
        from named in Codes(product, position, ask)
        select Row(named.Code, named.Contract, position);

    public IEnumerable<Cell[]> Settlements(Ask ask) =>
        from position in market.Days.Backwards(ask.First, ask.Last)
        where market.Days[position] >= s_settlementsFrom
        from product in Products(ask)
        from contract in market.Traded(product, position)
        where ask.Wants("ts_code", contract.Code)
        select Settlement(contract, position);

    public IEnumerable<Cell[]> Mapping(Ask ask) =>
        from position in market.Days.Backwards(ask.First, ask.Last)
        from product in Products(ask)
        let code = $"{product.Code}.{product.Ending}"
        where ask.Wants("ts_code", code)
        let dominant = market.Dominant(product, position)
        where dominant is not null
        select (Cell[])[code, market.Days[position], dominant.Code];

    /// <summary>The products of the codes that were asked for; all when none was.</summary>
    private static IEnumerable<Product> Products(Ask ask) =>
        ask.List("ts_code") is { } codes
            ? Product.Every.Where(p => codes.Any(c => c.StartsWith(p.Code, StringComparison.Ordinal)))
            : Product.Every;

    /// <summary>The contracts of a day, then the two continuous codes over them.</summary>
    private IEnumerable<(string Code, Contract Contract)> Codes(Product product, int position, Ask ask)
    {
        foreach (var contract in market.Traded(product, position))
        {
            if (ask.Wants("ts_code", contract.Code))
            {
                yield return (contract.Code, contract);
            }
        }

        var (main, nearest) = ($"{product.Code}.{product.Ending}", $"{product.Code}L.{product.Ending}");
        if (ask.Wants("ts_code", main) && market.Dominant(product, position) is { } dominant)
        {
            yield return (main, dominant);
        }

        if (ask.Wants("ts_code", nearest) && market.Traded(product, position).FirstOrDefault() is { } first)
        {
            yield return (nearest, first);
        }
    }

    private Cell[] Row(string code, Contract contract, int position)
    {
        var day = market.At(contract, position);
        var before = market.Before(contract, position);
        return
        [
            code,
            market.Days[position],
            Cell.Num(before.Close, 4),
            Cell.Num(before.Settle, 4),
            Cell.Num(day.Open, 4),
            Cell.Num(day.High, 4),
            Cell.Num(day.Low, 4),
            Cell.Num(day.Close, 4),
            Cell.Num(day.Settle, 4),
            Cell.Num(day.Close - before.Settle, 4),
            Cell.Num(day.Settle - before.Settle, 4),
            Cell.Scaled(day.Volume, 0),
            // In ten thousands of CNY.
            Cell.Num(day.Amount / 10_000, 4),
            Cell.Scaled(day.OpenInterest, 0),
            Cell.Scaled(day.OpenInterest - before.OpenInterest, 0),
            market.Days[position] == contract.LastTraded ? Cell.Num(day.Settle, 4) : Cell.Null,
        ];
    }

    /// <summary>
    /// Some products have a fee by turnover, others one by lot. The unit of the rate is not documented; here per mille.
    /// </summary>
    private Cell[] Settlement(Contract contract, int position)
    {
        var key = SeededHash.Mix(3434, contract.Product.Code);
        var isByTurnover = key % 2 == 0;
        var margin =
            0.07
            + (0.01 * (key % 9))
            + (contract.LastTraded.DayNumber - market.Days[position].DayNumber < 14 ? 0.05 : 0);
        return
        [
            contract.Code,
            market.Days[position],
            Cell.Num(market.At(contract, position).Settle, 4),
            Cell.Num(isByTurnover ? 0.05 : 0, 4),
            Cell.Num(isByTurnover ? 0 : 3, 4),
            Cell.Num(2, 4),
            Cell.Num(margin, 4),
            Cell.Num(margin, 4),
            Cell.Num(margin + 0.01, 4),
            Cell.Num(margin + 0.01, 4),
            Cell.Num(isByTurnover ? 0 : 3, 4),
            contract.Product.Exchange,
        ];
    }
}
