namespace Tidemark.Simulator.Options;

/// <summary>
/// Bars from the same paths as quotes. A bar that is not over ends at the requested moment, so that no bar knows more
/// than a quote did. Bars begin at whole multiples of their size in the exchange's time, the first of a session with
/// the session. There is no trade bar without a trade. Only sessions have bars: nothing is traded outside them.
/// </summary>
internal sealed class OptionBars(
    UnderlyingQuotes quotes,
    OptionQuotes optionQuotes,
    TradingDays days,
    TimeZoneInfo timeZone
)
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    /// <summary>
    /// The number of moments in a bar from which its high and low are taken, except for trades of a stock.
    /// </summary>
    private const int Samples = 12;

    public IEnumerable<HistoryBar> OfUnderlying(
        Underlying underlying,
        DateTimeOffset from,
        DateTimeOffset to,
        BarRequest request
    ) => Bars(from, to, request, (session, begin, end) => OfUnderlying(underlying, session, begin, end, request.Price));

    public IEnumerable<HistoryBar> OfOption(
        ListedContract option,
        Underlying underlying,
        DateTimeOffset from,
        DateTimeOffset to,
        BarRequest request
    )
    {
        var terms = optionQuotes.Terms(option, underlying);
        return request.Price is BarPrice.ImpliedVolatility or BarPrice.HistoricalVolatility
            ? []
            : Bars(
                from,
                to,
                request,
                (session, begin, end) =>
                    session.Day > option.LastTradeDate ? null
                    : request.Price == BarPrice.Trades ? TradesOf(option.ConId, terms, session, begin, end)
                    : SidesOf(terms, session, begin, end, request.Price)
            );
    }

    /// <param name="make">
    /// Makes a bar from a session and times within it (the end excluded unless it is the session's).
    /// </param>
    private IEnumerable<HistoryBar> Bars(
        DateTimeOffset from,
        DateTimeOffset to,
        BarRequest request,
        Func<TradingDay, int, int, HistoryBar?> make
    )
    {
        return request.Size >= s_day ? Daily(from, to, make) : Intraday(from, to, request.Size, make);
    }

    private IEnumerable<TradingDay> Sessions(DateTimeOffset from, DateTimeOffset to)
    {
        var fromMs = from.ToUnixTimeMilliseconds();
        var index = days.At(Math.Max(fromMs, days[1].OpenMs)).Index;
        for (; index < days.Count && days[index].Open < to; index++)
        {
            yield return days[index];
        }
    }

    private IEnumerable<HistoryBar> Daily(
        DateTimeOffset from,
        DateTimeOffset to,
        Func<TradingDay, int, int, HistoryBar?> make
    )
    {
        foreach (var session in Sessions(from, to))
        {
            if (session.Open >= from && make(session, 0, Until(session, to)) is { } bar)
            {
                yield return bar;
            }
        }
    }

    private IEnumerable<HistoryBar> Intraday(
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan size,
        Func<TradingDay, int, int, HistoryBar?> make
    )
    {
        var length = (int)size.TotalMilliseconds;
        foreach (var session in Sessions(from, to))
        {
            var midnight = (int)TimeZoneInfo.ConvertTime(session.Open, timeZone).TimeOfDay.TotalMilliseconds;
            var until = Until(session, to);
            var begin = 0;
            while (begin < Math.Min(until + 1, session.LengthMs))
            {
                var end = Math.Min(((midnight + begin) / length * length) + length - midnight, session.LengthMs);
                var start = session.Open.AddMilliseconds(begin);
                if (start >= to)
                {
                    break;
                }

                if (start >= from && make(session, begin, Math.Min(end, until)) is { } bar)
                {
                    yield return bar;
                }

                begin = end;
            }
        }
    }

    /// <summary>How far into a session a moment is; the session's length when it is over.</summary>
    private static int Until(TradingDay session, DateTimeOffset to) =>
        (int)Math.Clamp(to.ToUnixTimeMilliseconds() - session.OpenMs, 0, session.LengthMs);

    /// <summary>The last millisecond of a bar: the session's last bar includes the closing moment.</summary>
    private static int LastOf(TradingDay session, int end) => end >= session.LengthMs ? session.LengthMs : end - 1;

    private HistoryBar? OfUnderlying(Underlying underlying, TradingDay session, int begin, int end, BarPrice price)
    {
        var day = quotes.Day(underlying, session);
        var start = session.Open.AddMilliseconds(begin);
        if (price is BarPrice.ImpliedVolatility or BarPrice.HistoricalVolatility)
        {
            var level = price == BarPrice.ImpliedVolatility ? day.Level : Historical(underlying, session.Weekday);
            return new HistoryBar(start, level, level, level, level, -1, -1, -1);
        }

        // Only whole ticks that begin within the bar.
        var first = (begin + UnderlyingPath.TickMs - 1) / UnderlyingPath.TickMs;
        var last = LastOf(session, end) / UnderlyingPath.TickMs;
        var (low, high) = day.Range(first, last);
        var (open, close) = (Math.Exp(day.LogAt(first)), Math.Exp(day.LogAt(last)));
        (low, high) = (Math.Exp(low), Math.Exp(high));
        if (price != BarPrice.Trades)
        {
            return underlying.Kind == UnderlyingKind.Index
                ? null
                : SidesOf(underlying, start, price, open, high, low, close);
        }

        var volume = underlying.DailyVolume > 0 ? day.VolumeAt(last) - day.VolumeAt(first - 1) : 0;
        if (underlying.DailyVolume > 0 && volume == 0)
        {
            return null;
        }

        return new HistoryBar(
            start,
            UnderlyingQuotes.Cents(open),
            UnderlyingQuotes.Cents(high),
            UnderlyingQuotes.Cents(low),
            UnderlyingQuotes.Cents(close),
            volume,
            Math.Round((open + high + low + close) / 4, 3),
            (int)Math.Min(int.MaxValue, (volume + 149) / 150)
        );
    }

    private static HistoryBar SidesOf(
        Underlying underlying,
        DateTimeOffset start,
        BarPrice price,
        double open,
        double high,
        double low,
        double close
    )
    {
        double Side(double at)
        {
            var (bid, ask) = UnderlyingQuotes.Sides(underlying, at);
            return price switch
            {
                BarPrice.Bid => bid,
                BarPrice.Ask => ask,
                _ => Math.Round((bid + ask) / 2, 3),
            };
        }

        // Bid and ask: open is the average bid, high the highest ask, low the lowest bid, close the average ask.
        return price == BarPrice.BidAsk
            ? new HistoryBar(
                start,
                UnderlyingQuotes.Sides(underlying, (open + close) / 2).Bid,
                UnderlyingQuotes.Sides(underlying, high).Ask,
                UnderlyingQuotes.Sides(underlying, low).Bid,
                UnderlyingQuotes.Sides(underlying, (open + close) / 2).Ask,
                -1,
                -1,
                -1
            )
            : new HistoryBar(start, Side(open), Side(high), Side(low), Side(close), -1, -1, -1);
    }

    private HistoryBar? TradesOf(int conId, in OptionTerms terms, TradingDay session, int begin, int end)
    {
        var trades = optionQuotes.Day(conId, terms, quotes.Day(terms.Underlying, session));
        var first = trades.LastAt(begin - 1) + 1;
        var last = trades.LastAt(LastOf(session, end));
        if (last < first)
        {
            return null;
        }

        var (high, low, turnover) = (double.NegativeInfinity, double.PositiveInfinity, 0.0);
        for (var i = first; i <= last; i++)
        {
            high = Math.Max(high, trades.Price(i));
            low = Math.Min(low, trades.Price(i));
            turnover += trades.Price(i) * trades.Size(i);
        }

        var volume = trades.Volume(last) - trades.Volume(first - 1);
        return new HistoryBar(
            session.Open.AddMilliseconds(begin),
            trades.Price(first),
            high,
            low,
            trades.Price(last),
            volume,
            Math.Round(turnover / volume, 3),
            last - first + 1
        );
    }

    private HistoryBar? SidesOf(in OptionTerms terms, TradingDay session, int begin, int end, BarPrice price)
    {
        var day = quotes.Day(terms.Underlying, session);
        var final = LastOf(session, end);
        var (open, high, low, close) = (double.NaN, double.NegativeInfinity, double.PositiveInfinity, double.NaN);
        var (bids, asks, counted) = (0.0, 0.0, 0);
        for (var i = 0; i <= Samples; i++)
        {
            var time = (int)(begin + ((final - begin) * (long)i / Samples)) / OptionQuotes.StepMs * OptionQuotes.StepMs;
            var spot = Math.Exp(day.LogAt(time / UnderlyingPath.TickMs));
            var sides = OptionQuotes.SidesAt(terms, day, spot, time);
            var bid = double.IsNaN(sides.Bid) ? 0 : sides.Bid;
            (bids, asks, counted) = (bids + bid, asks + sides.Ask, counted + 1);
            close = price switch
            {
                BarPrice.Bid => bid,
                BarPrice.Ask => sides.Ask,
                _ => Math.Round((bid + sides.Ask) / 2, 3),
            };
            open = i == 0 ? close : open;
            high = Math.Max(high, price == BarPrice.BidAsk ? sides.Ask : close);
            low = Math.Min(low, price == BarPrice.BidAsk ? bid : close);
        }

        var start = session.Open.AddMilliseconds(begin);
        return price == BarPrice.BidAsk
            ? new HistoryBar(start, Math.Round(bids / counted, 3), high, low, Math.Round(asks / counted, 3), -1, -1, -1)
            : new HistoryBar(start, open, high, low, close, -1, -1, -1);
    }

    /// <summary>Annual volatility of the closes of the last thirty weekdays.</summary>
    private static double Historical(Underlying underlying, int weekday)
    {
        const int Count = 30;
        var (sum, squares) = (0.0, 0.0);
        for (var i = 0; i < Count; i++)
        {
            var move =
                UnderlyingPath.LogClose(underlying, weekday - i) - UnderlyingPath.LogClose(underlying, weekday - i - 1);
            sum += move;
            squares += move * move;
        }

        return Math.Sqrt((squares - (sum * sum / Count)) / (Count - 1) * 252);
    }
}
