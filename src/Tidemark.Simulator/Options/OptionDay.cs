namespace Tidemark.Simulator.Options;

/// <summary>
/// The trades of one option on one day, made when it is first asked for. Most options have few or none.
/// </summary>
internal sealed class OptionDay
{
    private const int MostTrades = 390;

    /// <summary>Times in milliseconds since the open, ascending.</summary>
    private readonly int[] _times;
    private readonly double[] _prices;
    private readonly double[] _highs;
    private readonly double[] _lows;
    private readonly int[] _volumes;

    public OptionDay(int conId, in OptionTerms terms, UnderlyingDay day, TradingDay before, double levelBefore)
    {
        ConId = conId;
        Day = day;
        var underlying = day.Underlying;
        var inputs = OptionPricing.Inputs(terms, Math.Exp(day.LogBefore), before.CloseMs);
        var volatility = OptionPricing.Volatility(inputs, underlying, levelBefore);
        Close = OptionPricing.Round(BlackScholes.Price(inputs, volatility), underlying);
        var key = SeededHash.Mix(terms.Key, 50, (ulong)day.Session.Weekday);
        var count = Count(inputs, volatility, underlying, key);
        if (count == 0)
        {
            (_times, _volumes) = ([], []);
            _prices = _highs = _lows = [];
            return;
        }

        _times = new int[count];
        _prices = new double[count];
        _highs = new double[count];
        _lows = new double[count];
        _volumes = new int[count];
        var (high, low, volume, kept) = (double.NegativeInfinity, double.PositiveInfinity, 0, 0);
        for (var i = 0; i < count; i++)
        {
            var draw = SeededHash.Mix(key, 60, (ulong)i);
            var time =
                (int)((i + SeededHash.Unit(draw)) / count * day.Session.LengthMs)
                / OptionQuotes.StepMs
                * OptionQuotes.StepMs;
            var tick = time / UnderlyingPath.TickMs;
            if (day.IsHalted(tick))
            {
                continue;
            }

            var sides = OptionQuotes.SidesAt(terms, day, Math.Exp(day.LogAt(tick)), time);
            var side = SeededHash.Unit(SeededHash.Mix(draw, 1));
            var price =
                side < 0.42 && !double.IsNaN(sides.Bid) ? sides.Bid
                : side < 0.84 ? sides.Ask
                : OptionPricing.Round(sides.Mid, underlying);
            var size = SeededHash.Unit(SeededHash.Mix(draw, 2));
            volume += 1 + (int)(size * size * size * underlying.Activity * 3);
            high = Math.Max(high, price);
            low = Math.Min(low, price);
            _times[kept] = time;
            (_prices[kept], _highs[kept], _lows[kept], _volumes[kept]) = (price, high, low, volume);
            kept++;
        }

        Trades = kept;
    }

    public int ConId { get; }

    public UnderlyingDay Day { get; }

    /// <summary>The option's value at the close of the session before.</summary>
    public double Close { get; }

    public int Trades { get; }

    public double Open => Trades > 0 ? _prices[0] : double.NaN;

    public int Time(int trade) => _times[trade];

    public double Price(int trade) => _prices[trade];

    /// <summary>The highest price up to and including a trade; lows and volumes are counted the same way.</summary>
    public double High(int trade) => _highs[trade];

    public double Low(int trade) => _lows[trade];

    public int Volume(int trade) => trade < 0 ? 0 : _volumes[trade];

    public int Size(int trade) => Volume(trade) - Volume(trade - 1);

    /// <summary>The last trade at or before a time; −1 when there was none.</summary>
    public int LastAt(int time)
    {
        var index = _times.AsSpan(0, Trades).BinarySearch(time);
        if (index < 0)
        {
            return ~index - 1;
        }

        while (index + 1 < Trades && _times[index + 1] == time)
        {
            index++;
        }

        return index;
    }

    private static int Count(in PricingInputs inputs, double volatility, Underlying underlying, ulong key)
    {
        var x = inputs.LogMoneyness / (volatility * inputs.Root);
        var isInTheMoney = inputs.IsCall ? x > 0 : x < 0;
        var expected =
            underlying.Activity * Math.Exp(-Math.Abs(x) * (isInTheMoney ? 2.2 : 1.0)) / (1 + (5 * inputs.Years)) / 3;
        var draw = SeededHash.Unit(SeededHash.Mix(key, 1));
        return Math.Min(
            MostTrades,
            (int)((expected * 3 * draw * draw) + (0.9 * SeededHash.Unit(SeededHash.Mix(key, 2))))
        );
    }
}
