namespace Tidemark.Simulator.Options;

/// <summary>Days and prices of underlyings, kept while in use, and the quotes of stocks, ETFs and indices.</summary>
internal sealed class UnderlyingQuotes(Underlying[] underlyings, TradingDays days)
{
    private const int DaysKept = 8;

    private readonly UnderlyingDay?[] _days = new UnderlyingDay?[underlyings.Length * DaysKept];
    private readonly Spot?[] _spots = new Spot?[underlyings.Length];

    public UnderlyingDay Day(Underlying underlying, TradingDay day)
    {
        ref var place = ref _days[(underlying.Ordinal * DaysKept) + (day.Index % DaysKept)];
        var kept = Volatile.Read(ref place);
        if (kept is null || kept.Session != day)
        {
            // Two threads may make the same day; both results are equal.
            kept = new UnderlyingDay(underlying, day, days.Before(day).Weekday);
            Volatile.Write(ref place, kept);
        }

        return kept;
    }

    /// <summary>
    /// The unrounded price at a tick. The last price of each underlying is kept, because a chain asks for it thousands
    /// of times.
    /// </summary>
    public double PriceAt(UnderlyingDay day, int tick)
    {
        ref var place = ref _spots[day.Underlying.Ordinal];
        var kept = Volatile.Read(ref place);
        if (kept is null || kept.Tick != tick || kept.Day != day)
        {
            kept = new Spot(day, tick, Math.Exp(day.LogAt(tick)));
            Volatile.Write(ref place, kept);
        }

        return kept.Price;
    }

    public ContractQuote Quote(Underlying underlying, long ms)
    {
        var session = days.At(ms);
        var day = Day(underlying, session);
        var tick = (int)Math.Min((ms - session.OpenMs) / UnderlyingPath.TickMs, day.Ticks);
        var state =
            ms >= session.CloseMs ? TradingState.Closed
            : day.IsHalted(tick) ? TradingState.Halted
            : TradingState.Open;
        return At(day, tick, state, ms >= session.MidnightMs);
    }

    /// <param name="isPast">Whether the session's date is over, so that its own close is the previous close.</param>
    private static ContractQuote At(UnderlyingDay day, int tick, TradingState state, bool isPast)
    {
        var underlying = day.Underlying;
        var moving = state == TradingState.Halted ? day.HaltFrom : tick;
        var price = Math.Exp(day.LogAt(moving));
        var last = Cents(price);
        var (low, high) = day.Range(0, moving);
        var (bid, ask) = Sides(underlying, price);
        var volume = underlying.DailyVolume > 0 ? day.VolumeAt(moving) : 0;
        var sizes = SeededHash.Mix(day.OwnKey, 20, (ulong)(moving / 4));
        var (bidSize, askSize) =
            underlying.Kind == UnderlyingKind.Index ? (0, 0) : (Size(sizes), Size(SeededHash.Mix(sizes, 1)));
        var close = isPast ? last : Cents(Math.Exp(day.LogBefore));
        var unknown = Unknown;
        return new ContractQuote(
            state,
            bid,
            bidSize,
            ask,
            askSize,
            last,
            underlying.DailyVolume > 0 ? Size(SeededHash.Mix(sizes, 2)) : 0,
            day.Session.Open.AddMilliseconds((long)moving * UnderlyingPath.TickMs),
            Cents(Math.Exp(day.LogOpen)),
            Cents(Math.Exp(high)),
            Cents(Math.Exp(low)),
            close,
            volume,
            unknown,
            unknown,
            unknown,
            unknown,
            Step(bid, bidSize, ask, askSize, last, close, volume)
        );
    }

    /// <summary>Bid and ask around a price; an index has none.</summary>
    public static (double Bid, double Ask) Sides(Underlying underlying, double price)
    {
        if (underlying.Kind == UnderlyingKind.Index)
        {
            return (double.NaN, double.NaN);
        }

        var half = 0.003 + (price * 0.00008 * underlying.Width);
        return (Math.Floor((price - half) * 100) / 100, Math.Ceiling((price + half) * 100) / 100);
    }

    public static double Cents(double price) => Math.Round(price * 100) / 100;

    public static OptionComputation Unknown { get; } =
        new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>A number that differs whenever one of the arguments does.</summary>
    public static long Step(double bid, long bidSize, double ask, long askSize, double last, double close, long volume)
    {
        var hash = SeededHash.Mix((ulong)BitConverter.DoubleToInt64Bits(bid), (ulong)bidSize);
        hash = SeededHash.Mix(hash, (ulong)BitConverter.DoubleToInt64Bits(ask), (ulong)askSize);
        hash = SeededHash.Mix(hash, (ulong)BitConverter.DoubleToInt64Bits(last), (ulong)volume);
        return (long)SeededHash.Mix(hash, (ulong)BitConverter.DoubleToInt64Bits(close));
    }

    private static int Size(ulong hash)
    {
        var draw = SeededHash.Unit(hash);
        return 100 * (1 + (int)(20 * draw * draw));
    }

    private sealed record Spot(UnderlyingDay Day, int Tick, double Price);
}
