using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// What happens to some stocks on some days: <c>block_trade</c>, <c>repurchase</c>, <c>namechange</c>, <c>st</c>, and
/// the list <c>bse_mapping</c>. Rows that are equal in everything are legal and do occur.
/// </summary>
internal sealed class StockEvents(MarketDays days, StockListing[] stocks)
{
    private const double BlockShare = 0.02;
    private const double RepurchaseShare = 0.002;
    private const int TwiceInHundred = 8;

    private static readonly string[] s_seats =
    [
        "机构专用",
        "东方路证券营业部",
        "长江路证券营业部",
        "深南路证券营业部",
        "北京路证券营业部",
        "人民路证券营业部",
    ];

    private static readonly string[] s_stages = ["预案", "股东大会通过", "实施", "完成"];

    /// <summary>The day on which the Beijing exchange gave its older stocks new codes.</summary>
    private static readonly DateOnly s_newCodes = new(2025, 10, 9);

    public IEnumerable<Cell[]> BlockTrades(Ask ask)
    {
        // Chosen once, because one stock's history has thousands of days.
        var wanted = stocks.Select(s => s.Instrument).Where(i => ask.Wants("ts_code", i.Code)).ToArray();
        return from position in days.Backwards(ask.First, ask.Last)
            from instrument in wanted
            where instrument.IsTraded(position)
            let key = SeededHash.Mix(instrument.Key, 2424, (ulong)position)
            where SeededHash.Unit(key) < BlockShare
            from row in Blocks(instrument, position, key)
            select row;
    }

    public IEnumerable<Cell[]> Repurchases(Ask ask) =>
        from position in days.Backwards(ask.First, ask.Last)
        from stock in stocks
        let instrument = stock.Instrument
        where instrument.IsTraded(position)
        let key = SeededHash.Mix(instrument.Key, 2525, (ulong)position)
        where SeededHash.Unit(key) < RepurchaseShare
        from row in Enumerable.Repeat(Repurchase(instrument, position, key), Times(key))
        select row;

    /// <summary>All names ever; a range bounds the day of the announcement, which the first name lacks.</summary>
    public IEnumerable<Cell[]> Names(Ask ask) =>
        from stock in stocks
        where stock.Instrument.ListDate <= ask.Today && ask.Wants("ts_code", stock.Instrument.Code)
        from name in StockNames.Of(stock, days, ask.Today).Reverse()
        from copy in Enumerable.Repeat(0, name.Announced is null ? Times(stock.Instrument.Key) : 1)
        select (Cell[])[stock.Instrument.Code, name.Name, name.From, name.Until, name.Announced, name.Reason];

    /// <summary>Beginnings and ends of special treatment, newest first within a stock.</summary>
    public IEnumerable<Cell[]> SpecialTreatments(Ask ask) =>
        from stock in stocks
        where stock.Instrument.Spells.Length > 0 && ask.Wants("ts_code", stock.Instrument.Code)
        from name in StockNames.Of(stock, days, ask.Today).Reverse()
        where name.Announced is not null
        select (Cell[])
            [
                stock.Instrument.Code,
                name.Name,
                name.Announced,
                name.From,
                name.Reason,
                name.Name == stock.Name.Short ? "情形消除" : "经审计净利润为负",
                $"{name.Name}自{name.From.Year}年起",
            ];

    /// <summary>Stocks of the Beijing exchange that were listed under a code of the older kind.</summary>
    public IEnumerable<Cell[]> NewCodes(Ask ask)
    {
        var number = 0;
        foreach (var stock in stocks)
        {
            if (stock.Instrument.Board == Board.Beijing && stock.Instrument.ListDate < s_newCodes)
            {
                var old = $"{(number % 3 == 0 ? 43 : 83)}{number++:D4}.BJ";
                if (ask.Today >= s_newCodes)
                {
                    yield return [stock.Name.Short, old, stock.Instrument.Code, stock.Instrument.ListDate];
                }
            }
        }
    }

    /// <summary>One to three trades below the close, in ten thousands of shares and of CNY.</summary>
    private IEnumerable<Cell[]> Blocks(Instrument instrument, int position, ulong key)
    {
        var close = BarMaker.CloseAt(instrument, position);
        var price = close - (long)(close * 0.08 * SeededHash.Unit(SeededHash.Mix(key, 1)));
        for (var i = 0; i <= SeededHash.Index(SeededHash.Mix(key, 2), 3); i++)
        {
            var draw = SeededHash.Mix(key, 3, (ulong)i);
            var volume = 1000 + SeededHash.Index(draw, 100_000);
            Cell[] row =
            [
                instrument.Code,
                days[position],
                Cell.Scaled(price, 2),
                Cell.Scaled(volume, 2),
                Cell.Scaled(Rounding.Divide(price * volume, 100), 2),
                s_seats[SeededHash.Index(SeededHash.Mix(draw, 1), s_seats.Length)],
                s_seats[SeededHash.Index(SeededHash.Mix(draw, 2), s_seats.Length)],
            ];
            for (var copy = Times(draw); copy > 0; copy--)
            {
                yield return row;
            }
        }
    }

    private Cell[] Repurchase(Instrument instrument, int position, ulong key)
    {
        var stage = SeededHash.Index(SeededHash.Mix(key, 1), s_stages.Length);
        var close = BarMaker.CloseAt(instrument, position);
        var shares = 1000 + SeededHash.Index(SeededHash.Mix(key, 2), 5_000_000);
        var isBought = stage >= 2;
        return
        [
            instrument.Code,
            days[position],
            isBought ? days[Math.Max(0, position - 1)] : Cell.Null,
            s_stages[stage],
            days[position].AddDays(365),
            isBought ? Cell.Scaled(shares, 0) : Cell.Null,
            isBought ? Cell.Scaled(shares * close, 2) : Cell.Null,
            Cell.Scaled(close + (close / 20), 2),
            isBought ? Cell.Scaled(close - (close / 20), 2) : Cell.Null,
        ];
    }

    private static int Times(ulong key) => SeededHash.Index(SeededHash.Mix(key, 9), 100) < TwiceInHundred ? 2 : 1;
}
