using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>rt_idx_k</c> and <c>rt_etf_k</c>: the running day as far as it has come, in shares and CNY. Codes may be patterns
/// (<c>5*.SH</c>); funds of Shanghai need the vendor's <c>topic</c>.
/// </summary>
internal sealed class LiveTables(MarketDays days, RunningSession running, FundListing[] funds, IndexListing[] indices)
{
    private const string ShanghaiTopic = "HQ_FND_TICK";

    public IEnumerable<MarketTable> All => [new RowTable("rt_idx_k", Indices), new RowTable("rt_etf_k", Funds)];

    private IEnumerable<Cell[]> Indices(Ask ask)
    {
        var (position, now) = running.At(ask.Today);
        foreach (var index in indices)
        {
            var instrument = index.Instrument;
            if (!instrument.IsTraded(position) || !IsMeant(ask, instrument.Code))
            {
                continue;
            }

            var (bar, minute) = running.SoFar(instrument, position, now);
            Cell Points(long value) => Cell.Scaled(value, instrument.Decimals);
            yield return
            [
                instrument.Code,
                index.Name,
                MinuteAsk.Text(days[position], minute),
                Points(bar.Close),
                Points(bar.PreClose),
                Points(bar.High),
                Points(bar.Open),
                Points(bar.Low),
                Cell.Scaled(bar.Shares, 0),
                Cell.Scaled(bar.Amount, 0),
            ];
        }
    }

    private IEnumerable<Cell[]> Funds(Ask ask)
    {
        var (position, now) = running.At(ask.Today);
        foreach (var fund in funds)
        {
            var instrument = fund.Instrument;
            var isServed = instrument.Code.EndsWith(".SZ", StringComparison.Ordinal) || ask["topic"] == ShanghaiTopic;
            if (!isServed || !instrument.IsTraded(position) || !IsMeant(ask, instrument.Code))
            {
                continue;
            }

            var (bar, minute) = running.SoFar(instrument, position, now);
            Cell Price(long value) => Cell.Scaled(value, instrument.Decimals);
            yield return
            [
                instrument.Code,
                fund.Name,
                Price(bar.PreClose),
                Price(bar.High),
                Price(bar.Open),
                Price(bar.Low),
                Price(bar.Close),
                bar.Shares,
                bar.Amount,
                1 + (bar.Shares / 20_000),
                bar.Shares % 10_000,
                bar.Shares % 7000,
                MinuteAsk.Text(days[position], minute),
            ];
        }
    }

    private static bool IsMeant(Ask ask, string code)
    {
        foreach (var wanted in ask.List("ts_code")!)
        {
            var star = wanted.IndexOf('*', StringComparison.Ordinal);
            if (
                star < 0
                    ? wanted == code
                    : code.StartsWith(wanted[..star], StringComparison.Ordinal)
                        && code.EndsWith(wanted[(star + 1)..], StringComparison.Ordinal)
            )
            {
                return true;
            }
        }

        return false;
    }
}
