using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>daily_info</c> and <c>sz_daily_info</c>: totals by board. Boards contain each other (a market its main board),
/// so rows must not be summed; stocks and funds add up to the market's own bars, bonds and repos are invented.
/// </summary>
internal sealed class ExchangeStatistics
{
    private const double HundredMillion = 1e8;

    /// <summary>The first day of each of Shenzhen's and Shanghai's own figures.</summary>
    private static readonly DateOnly s_shenzhenFrom = new(2008, 1, 2);

    private static readonly DateOnly s_shanghaiFrom = new(2019, 1, 2);

    private readonly MarketDays _days;
    private readonly BoardOf[] _boards;
    private readonly (string Label, string Board)[] _shenzhen =
    [
        ("股票", "SZ_MARKET"),
        ("主板A股", "SZ_MAIN"),
        ("创业板A股", "SZ_GEM"),
        ("基金", "SZ_FUND"),
        ("ETF", "SZ_FUND_ETF"),
        ("LOF", "SZ_FUND_LOF"),
    ];

    public ExchangeStatistics(MarketDays days, StockListing[] stocks, FundListing[] funds)
    {
        _days = days;
        Instrument[] Stocks(string exchange, params Board[] boards) =>
            [
                .. stocks
                    .Where(s => s.Exchange == exchange && boards.Contains(s.Instrument.Board))
                    .Select(s => s.Instrument),
            ];
        Instrument[] Funds(string ending, bool etfs) =>
            [
                .. funds
                    .Where(f => f.Instrument.Code.EndsWith(ending, StringComparison.Ordinal) && f.Market == "E")
                    .Where(f => f.Index is not null == etfs)
                    .Select(f => f.Instrument),
            ];
        var (main, gem) = (Stocks("SZSE", Board.Main), Stocks("SZSE", Board.ChiNext));
        var (shanghai, star) = (Stocks("SSE", Board.Main), Stocks("SSE", Board.Star));
        var (etfs, lofs, shanghaiEtfs) = (Funds(".SZ", true), Funds(".SZ", false), Funds(".SH", true));
        _boards =
        [
            new("SZ_MARKET", "深圳市场", "SZ", [main, gem]),
            new("SZ_MAIN", "深圳主板", "SZ", [main]),
            new("SZ_A", "深圳A股", "SZ", [main, gem]),
            new("SZ_GEM", "创业板", "SZ", [gem]),
            new("SZ_FUND", "深圳基金", "SZ", [etfs, lofs]),
            new("SZ_FUND_ETF", "深圳ETF", "SZ", [etfs]),
            new("SZ_FUND_LOF", "深圳LOF", "SZ", [lofs]),
            new("SH_MARKET", "上海市场", "SH", [shanghai, star]),
            new("SH_A", "上海A股", "SH", [shanghai, star]),
            new("SH_STAR", "科创板", "SH", [star]),
            new("SH_FUND", "上海基金", "SH", [shanghaiEtfs]),
            new("SH_FUND_ETF", "上海ETF", "SH", [shanghaiEtfs]),
        ];
    }

    /// <summary>In hundreds of millions of shares and CNY.</summary>
    public IEnumerable<Cell[]> DailyInfo(Ask ask)
    {
        foreach (var position in _days.Backwards(Later(ask.First, s_shenzhenFrom), ask.Last))
        {
            var totals = new Dictionary<Instrument[], BoardTotals>(ReferenceEqualityComparer.Instance);
            foreach (var board in _boards)
            {
                if (
                    ask.Wants("ts_code", board.Code)
                    && ask.Wants("exchange", board.Exchange)
                    && (board.Exchange == "SZ" || _days[position] >= s_shanghaiFrom)
                    && Total(board, position, totals) is { Count: > 0 } total
                )
                {
                    yield return Info(board, total, position);
                }
            }

            foreach (var (label, board, name) in BondTotals.Kinds)
            {
                if (board is not null && ask.Wants("ts_code", board) && ask.Wants("exchange", "SZ"))
                {
                    yield return BondInfo(label, board, name, position);
                }
            }
        }
    }

    /// <summary>In shares and CNY, Shenzhen only.</summary>
    public IEnumerable<Cell[]> Shenzhen(Ask ask)
    {
        foreach (var position in _days.Backwards(Later(ask.First, s_shenzhenFrom), ask.Last))
        {
            var totals = new Dictionary<Instrument[], BoardTotals>(ReferenceEqualityComparer.Instance);
            foreach (var (label, code) in _shenzhen)
            {
                if (
                    ask.Wants("ts_code", label)
                    && Total(_boards.First(b => b.Code == code), position, totals) is { Count: > 0 } total
                )
                {
                    yield return
                    [
                        _days[position],
                        label,
                        total.Count,
                        Cell.Num(total.Amount, 2),
                        (long)total.Volume,
                        Cell.Num(total.Shares, 0),
                        Cell.Num(total.Value, 2),
                        Cell.Num(total.FloatShares, 0),
                        Cell.Num(total.FloatValue, 2),
                    ];
                }
            }

            foreach (var (label, _, _) in BondTotals.Kinds)
            {
                if (ask.Wants("ts_code", label))
                {
                    yield return Bonds(label, position);
                }
            }
        }
    }

    private Cell[] Info(BoardOf board, BoardTotals total, int position)
    {
        var isWhole = board.Code == "SZ_MARKET";
        return
        [
            _days[position],
            board.Code,
            board.Name,
            total.Count,
            Hundreds(total.Shares),
            Hundreds(total.FloatShares),
            Hundreds(total.Value),
            Hundreds(total.FloatValue),
            Hundreds(total.Amount),
            isWhole ? Cell.Null : Hundreds(total.Volume),
            // In ten thousands of trades; the whole of Shenzhen has neither volume nor trades.
            isWhole ? Cell.Null : Cell.Num(total.Volume / 900 / 10_000, 2),
            board.Code.Contains("FUND", StringComparison.Ordinal)
                ? Cell.Null
                : Cell.Num(15 + (10 * SeededHash.Unit(SeededHash.Mix(3030, board.Code))), 2),
            Cell.Num(100 * total.Volume / total.FloatShares, 2),
            board.Exchange,
        ];
    }

    private Cell[] BondInfo(string label, string board, string name, int position)
    {
        var (count, volume, amount) = BondTotals.Of(label, position);
        var nothing = Cell.Null;
        return
        [
            _days[position],
            board,
            name,
            count,
            nothing,
            nothing,
            nothing,
            nothing,
            Hundreds(amount),
            Hundreds(volume),
            nothing,
            nothing,
            nothing,
            "SZ",
        ];
    }

    private Cell[] Bonds(string label, int position)
    {
        var (count, volume, amount) = BondTotals.Of(label, position);
        var nothing = Cell.Null;
        return [_days[position], label, count, Cell.Num(amount, 2), volume, nothing, nothing, nothing, nothing];
    }

    private static BoardTotals Total(BoardOf board, int position, Dictionary<Instrument[], BoardTotals> known)
    {
        var sum = default(BoardTotals);
        foreach (var part in board.Parts)
        {
            if (!known.TryGetValue(part, out var total))
            {
                total = BoardTotals.Of(part, position);
                known.Add(part, total);
            }

            sum += total;
        }

        return sum;
    }

    private static Cell Hundreds(double value) => Cell.Num(value / HundredMillion, 2);

    private static DateOnly Later(DateOnly a, DateOnly b) => a > b ? a : b;

    /// <summary>A board and the instruments that it consists of.</summary>
    private sealed record BoardOf(string Code, string Name, string Exchange, Instrument[][] Parts);
}
