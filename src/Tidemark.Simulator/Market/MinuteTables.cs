using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>stk_mins</c> (stocks and funds), <c>idx_mins</c> and <c>ft_mins</c>, newest first; <c>rt_min</c> and
/// <c>rt_idx_min</c>, the newest bar of each code, and all bars of one under their names with <c>_daily</c>.
/// </summary>
internal sealed class MinuteTables(
    MarketDays days,
    RunningSession running,
    FuturesMarket futures,
    IReadOnlyDictionary<string, Instrument> shares,
    IReadOnlyDictionary<string, Instrument> indices
)
{
    public IEnumerable<MarketTable> All =>
        [
            new RowTable("stk_mins", ask => History(ask, shares)),
            new RowTable("idx_mins", ask => History(ask, indices)),
            new RowTable("ft_mins", Futures),
            new RowTable("rt_min", ask => Live(ask, shares)),
            new RowTable("rt_min_daily", ask => SinceOpen(ask, shares)),
            new RowTable("rt_idx_min", ask => Live(ask, indices)),
            new RowTable("rt_idx_min_daily", ask => SinceOpen(ask, indices)),
        ];

    private IEnumerable<Cell[]> History(Ask ask, IReadOnlyDictionary<string, Instrument> known)
    {
        var minutes = new MinuteAsk(ask, isLive: false);
        if (!known.TryGetValue(ask["ts_code"]!, out var instrument))
        {
            yield break;
        }

        foreach (var position in days.Backwards(minutes.First, minutes.Last))
        {
            if (!instrument.IsTraded(position))
            {
                continue;
            }

            var bars = running.Bars(instrument, position, minutes.Length);
            for (var i = bars.Length - 1; i >= 0; i--)
            {
                if (minutes.Has(days[position], bars[i].Minute))
                {
                    yield return
                    [
                        instrument.Code,
                        MinuteAsk.Text(days[position], bars[i].Minute),
                        Cell.Scaled(bars[i].Close, instrument.Decimals),
                        Cell.Scaled(bars[i].Open, instrument.Decimals),
                        Cell.Scaled(bars[i].High, instrument.Decimals),
                        Cell.Scaled(bars[i].Low, instrument.Decimals),
                        Cell.Scaled(bars[i].Volume, 0),
                        Cell.Num(bars[i].Amount, 0),
                    ];
                }
            }
        }
    }

    /// <summary>The newest bar of each code.</summary>
    private IEnumerable<Cell[]> Live(Ask ask, IReadOnlyDictionary<string, Instrument> known)
    {
        var minutes = new MinuteAsk(ask, isLive: true);
        var (position, now) = running.At(ask.Today);
        foreach (var code in ask.List("ts_code")!.Order(StringComparer.Ordinal))
        {
            if (
                known.TryGetValue(code, out var instrument)
                && instrument.IsTraded(position)
                && running.Bars(instrument, position, minutes.Length, now) is [.., var bar]
            )
            {
                yield return [code, .. Values(instrument, position, bar)];
            }
        }
    }

    /// <summary>All bars of one code since the open, oldest first; of several codes none.</summary>
    private IEnumerable<Cell[]> SinceOpen(Ask ask, IReadOnlyDictionary<string, Instrument> known)
    {
        var minutes = new MinuteAsk(ask, isLive: true);
        var (position, now) = running.At(ask.Today);
        if (!known.TryGetValue(ask["ts_code"]!, out var instrument) || !instrument.IsTraded(position))
        {
            yield break;
        }

        foreach (var bar in running.Bars(instrument, position, minutes.Length, now))
        {
            yield return [instrument.Code, ask["freq"]!, .. Values(instrument, position, bar)];
        }
    }

    private Cell[] Values(Instrument instrument, int position, MinuteBar bar) =>
        [
            MinuteAsk.Text(days[position], bar.Minute),
            Cell.Scaled(bar.Open, instrument.Decimals),
            Cell.Scaled(bar.Close, instrument.Decimals),
            Cell.Scaled(bar.High, instrument.Decimals),
            Cell.Scaled(bar.Low, instrument.Decimals),
            Cell.Scaled(bar.Volume, 0),
            Cell.Num(bar.Amount, 0),
        ];

    /// <summary>Contracts only: continuous codes have no minutes.</summary>
    private IEnumerable<Cell[]> Futures(Ask ask)
    {
        var minutes = new MinuteAsk(ask, isLive: false);
        if (futures.Find(ask["ts_code"]!) is not { } contract)
        {
            yield break;
        }

        var session = contract.Product.IsFinancial ? Session.Financial : Session.Commodity;
        foreach (var position in days.Backwards(minutes.First, minutes.Last))
        {
            if (!contract.IsTraded(position))
            {
                continue;
            }

            var day = futures.At(contract, position);
            var tick = contract.Product.Tick;
            long Ticks(double price) => (long)Math.Round(price / tick);
            Cell Price(long ticks) => Cell.Num(ticks * tick, 4);
            var whole = new Bar(Ticks(day.Open), Ticks(day.High), Ticks(day.Low), Ticks(day.Close), 0, day.Volume, 0);
            var key = futures.Key(contract, position);
            var cny = contract.Product.PerUnit * tick;
            var bars = MinuteMaker.Longer(
                session,
                MinuteMaker.Minutes(session, whole, key, cny, hasClosingAuction: false),
                minutes.Length
            );
            for (var i = bars.Length - 1; i >= 0; i--)
            {
                if (minutes.Has(days[position], bars[i].Minute))
                {
                    yield return
                    [
                        contract.Code,
                        MinuteAsk.Text(days[position], bars[i].Minute),
                        Price(bars[i].Open),
                        Price(bars[i].Close),
                        Price(bars[i].High),
                        Price(bars[i].Low),
                        Cell.Scaled(bars[i].Volume, 0),
                        Cell.Num(bars[i].Amount, 0),
                        Cell.Scaled(day.OpenInterest, 0),
                    ];
                }
            }
        }
    }
}
