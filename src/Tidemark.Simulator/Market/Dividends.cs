using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>dividend</c>: a row for each stage of each right that leaves a price (planned, approved by the meeting, carried
/// out), all under the day of the plan, each from its own day on. What is paid is the fall of the reference price.
/// </summary>
internal sealed class Dividends(MarketDays days, StockListing[] stocks)
{
    private const string Planned = "预案";
    private const string Approved = "股东大会通过";
    private const string Done = "实施";

    public IEnumerable<Cell[]> Rows(Ask ask)
    {
        foreach (var stock in stocks)
        {
            if (!ask.Wants("ts_code", stock.Instrument.Code))
            {
                continue;
            }

            for (var i = stock.Instrument.ExRights.Length - 1; i >= 0; i--)
            {
                var stage = new Stages(days, stock.Instrument, stock.Instrument.ExRights[i]);
                if (
                    stage.Ex.Position > 0
                    && stage.Announced <= ask.Today
                    && ask.Wants("ann_date", stage.Announced)
                    && ask.Wants("ex_date", stage.Ex.Day)
                )
                {
                    foreach (var row in Rows(stage, i, ask.Today))
                    {
                        yield return row;
                    }
                }
            }
        }
    }

    private static IEnumerable<Cell[]> Rows(Stages stage, int right, DateOnly today)
    {
        var (stocks, cash) = stage.PerShare(right);
        if (stage.Carried <= today)
        {
            yield return Row(stage, Done, stocks, cash, cash * 0.9);
        }

        if (stage.Met <= today)
        {
            yield return Row(stage, Approved, stocks, cash, 0);
        }

        yield return Row(stage, Planned, stocks, cash, 0);
    }

    /// <param name="paid">Cash after tax; nothing while it is only planned.</param>
    private static Cell[] Row(Stages stage, string stageName, double stocks, double cash, double paid)
    {
        var isDone = stageName == Done;
        DateOnly? Then(DateOnly day) => isDone ? day : null;
        return
        [
            stage.Instrument.Code,
            stage.YearEnd,
            stage.Announced,
            stageName,
            Cell.Num(stocks, 4),
            Cell.Null,
            stocks > 0 ? Cell.Num(stocks, 4) : Cell.Null,
            Cell.Num(paid, 4),
            Cell.Num(cash, 4),
            Then(stage.Record),
            Then(stage.Ex.Day),
            cash > 0 ? Then(stage.Ex.Day) : null,
            stocks > 0 ? Then(stage.Ex.Day) : null,
            Then(stage.Carried),
            stage.YearEnd,
            Cell.Scaled(stage.Instrument.SharesAt(stage.Ex.Position - 1), 4),
        ];
    }

    /// <summary>The days of one right, back from the day on which it leaves the price.</summary>
    private readonly record struct Stages(MarketDays Days, Instrument Instrument, ExRight Ex)
    {
        public DateOnly YearEnd => new(Ex.Day.Year - 1, 12, 31);

        public DateOnly Announced => Days[Math.Max(0, Ex.Position - 45 - (int)(Instrument.Key % 10))];

        public DateOnly Met => Days[Math.Max(0, Ex.Position - 22)];

        public DateOnly Carried => Days[Math.Max(0, Ex.Position - 5)];

        public DateOnly Record => Days[Ex.Position - 1];

        /// <summary>New shares and CNY for each share.</summary>
        public (double Stocks, double Cash) PerShare(int right)
        {
            var before = right == 0 ? 10_000 : Instrument.ExRights[right - 1].Factor;
            var kept = (double)before / Ex.Factor;
            if (Ex.CashYield == 0)
            {
                return (Math.Round((1 / kept) - 1, 1), 0);
            }

            var traded = Instrument.TradedBefore(Ex.Position);
            var close = traded < 0 ? Instrument.Level : BarMaker.CloseAt(Instrument, traded) / 100.0;
            return (0, close * (1 - kept));
        }
    }
}
