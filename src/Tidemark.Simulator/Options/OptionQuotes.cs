namespace Tidemark.Simulator.Options;

/// <summary>Makes the quotes of options. Days of options are kept in slots until another one takes the slot.</summary>
internal sealed class OptionQuotes(ulong seed, UnderlyingQuotes quotes, TradingDays days)
{
    /// <summary>An option changes at most this often.</summary>
    public const int StepMs = 100;

    private const int Kept = 1 << 16;

    private readonly OptionDay?[] _kept = new OptionDay?[Kept];

    public OptionTerms Terms(ListedContract option, Underlying underlying)
    {
        var last = option.LastTradeDate!.Value;
        var expiration = option.Expiration!.Value;
        return new OptionTerms(
            underlying,
            option.Strike,
            option.Right == OptionRight.Call,
            expiration > last ? days.OpenMs(expiration) : days.CloseMs(last),
            SeededHash.Mix(seed, (ulong)option.ConId)
        );
    }

    public ContractQuote Quote(ListedContract option, Underlying underlying, long ms)
    {
        var session = days.At(ms);
        var isPast = ms >= session.MidnightMs;
        if (session.Day > option.LastTradeDate)
        {
            session = days.OnOrBefore(option.LastTradeDate!.Value);
            (ms, isPast) = (session.CloseMs, true);
        }

        var day = quotes.Day(underlying, session);
        var time = (int)Math.Min(ms - session.OpenMs, session.LengthMs) / StepMs * StepMs;
        var state = ms >= session.CloseMs ? TradingState.Closed : TradingState.Open;
        if (state == TradingState.Open && day.IsHalted(time / UnderlyingPath.TickMs))
        {
            state = TradingState.Halted;
            time = day.HaltFrom * UnderlyingPath.TickMs;
        }

        return At(option.ConId, Terms(option, underlying), day, time, state, isPast);
    }

    public OptionDay Day(int conId, in OptionTerms terms, UnderlyingDay day)
    {
        ref var place = ref _kept[SeededHash.Mix((ulong)conId, (ulong)day.Session.Index) & (Kept - 1)];
        var kept = Volatile.Read(ref place);
        if (kept is null || kept.ConId != conId || kept.Day.Session != day.Session)
        {
            var before = days.Before(day.Session);
            kept = new OptionDay(conId, terms, day, before, UnderlyingDay.LevelOn(day.Underlying, before.Weekday));
            Volatile.Write(ref place, kept);
        }

        return kept;
    }

    /// <summary>Bid and ask at a time of day.</summary>
    public static OptionSides SidesAt(in OptionTerms terms, UnderlyingDay day, double spot, int time)
    {
        var inputs = OptionPricing.Inputs(terms, spot, day.Session.OpenMs + time);
        return OptionPricing.Sides(terms, inputs, day.Level, Epoch(terms, day, time) >> 4);
    }

    private ContractQuote At(
        int conId,
        in OptionTerms terms,
        UnderlyingDay day,
        int time,
        TradingState state,
        bool isPast
    )
    {
        var spot = quotes.PriceAt(day, time / UnderlyingPath.TickMs);
        var inputs = OptionPricing.Inputs(terms, spot, day.Session.OpenMs + time);
        var epoch = Epoch(terms, day, time);
        var sides = OptionPricing.Sides(terms, inputs, day.Level, epoch >> 4);
        var trades = Day(conId, terms, day);
        var trade = trades.LastAt(time);
        var last = trade < 0 ? double.NaN : trades.Price(trade);
        var sizes = SeededHash.Mix(terms.Key, 30, (ulong)epoch);
        var bidSize = double.IsNaN(sides.Bid) ? 0 : Size(sizes, terms.Underlying);
        var askSize = Size(SeededHash.Mix(sizes, 1), terms.Underlying);
        var volume = trades.Volume(trade);
        var close = isPast ? OptionPricing.Round(sides.Mid, terms.Underlying) : trades.Close;
        return new ContractQuote(
            state,
            sides.Bid,
            bidSize,
            sides.Ask,
            askSize,
            last,
            trade < 0 ? 0 : trades.Size(trade),
            trade < 0 ? null : day.Session.Open.AddMilliseconds(trades.Time(trade)),
            trades.Trades > 0 && trade >= 0 ? trades.Open : double.NaN,
            trade < 0 ? double.NaN : trades.High(trade),
            trade < 0 ? double.NaN : trades.Low(trade),
            close,
            volume,
            Implied(inputs, sides.Bid, sides.Volatility),
            Implied(inputs, sides.Ask, sides.Volatility),
            Implied(inputs, last, sides.Volatility),
            BlackScholes.Compute(inputs, sides.Volatility),
            UnderlyingQuotes.Step(sides.Bid, bidSize, sides.Ask, askSize, last, close, volume)
        );
    }

    /// <summary>
    /// What a price implies. Without a price or a volatility, only dividends and the underlying's price are set.
    /// </summary>
    private static OptionComputation Implied(in PricingInputs inputs, double price, double guess)
    {
        var volatility = double.IsNaN(price) ? double.NaN : BlackScholes.ImpliedVolatility(inputs, price, guess);
        return double.IsNaN(volatility)
            ? new OptionComputation(
                double.NaN,
                double.NaN,
                price,
                inputs.Spot * (1 - inputs.YieldDiscount),
                double.NaN,
                double.NaN,
                double.NaN,
                inputs.Spot
            )
            : BlackScholes.Compute(inputs, volatility, price);
    }

    /// <summary>
    /// Sizes change with it, spreads with every sixteenth; it changes more often for options with many trades.
    /// </summary>
    private static long Epoch(in OptionTerms terms, UnderlyingDay day, int time)
    {
        var length = StepMs * (5 + (int)(1_500 / terms.Underlying.Activity));
        var phase = (int)(terms.Key % (ulong)length) / StepMs * StepMs;
        return (day.Session.Weekday * 1_000_000L) + ((time + phase) / length);
    }

    private static int Size(ulong hash, Underlying underlying)
    {
        var draw = SeededHash.Unit(hash);
        return 1 + (int)(draw * draw * draw * (20 + (3 * underlying.Activity)));
    }
}
