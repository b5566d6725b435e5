using System.Buffers;
using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.Options;

/// <summary>
/// One session of one underlying: its path, its volume, its halt. Ticks count from the open; the last one is the close.
/// </summary>
internal sealed class UnderlyingDay
{
    private const int TicksPerMinute = 60_000 / UnderlyingPath.TickMs;

    /// <summary>The share of a day's movement that happens in trading hours.</summary>
    private const double IntradayShare = 0.8;

    /// <summary>The opening auction's share of the volume.</summary>
    private const double OpeningShare = 0.01;

    private readonly ulong _key;
    private readonly double _volatility;
    private Minutes? _minutes;

    public UnderlyingDay(Underlying underlying, TradingDay day, int weekdayBefore)
    {
        Underlying = underlying;
        Session = day;
        Ticks = day.LengthMs / UnderlyingPath.TickMs;
        LogBefore = UnderlyingPath.LogClose(underlying, weekdayBefore);
        LogClose = UnderlyingPath.LogClose(underlying, day.Weekday);
        _key = SeededHash.Mix(underlying.PathKey, 7_001, (ulong)day.Weekday);
        _volatility = underlying.DailyVolatility * IntradayShare;
        LogOpen =
            LogBefore
            + (0.3 * (LogClose - LogBefore))
            + (0.35 * underlying.DailyVolatility * UnderlyingPath.Normal(SeededHash.Mix(_key, 7_003_000)));
        var own = SeededHash.Mix(underlying.Key, 7_002, (ulong)day.Weekday);
        Volume = (long)(
            underlying.DailyVolume
            * (0.6 + (0.4 * SeededHash.Unit(own)) + (12 * Math.Abs(LogClose - LogBefore)))
            * (day.LengthMs / 23_400_000.0)
        );
        OwnKey = own;
        Level = LevelOn(underlying, day.Weekday);
        var halt = SeededHash.Mix(own, 1);
        if (underlying.Kind == UnderlyingKind.Stock && SeededHash.Unit(halt) < 0.004)
        {
            HaltFrom = TicksPerMinute * (15 + SeededHash.Index(SeededHash.Mix(own, 2), (day.LengthMs / 60_000) - 45));
            HaltTo = HaltFrom + (TicksPerMinute * (5 + SeededHash.Index(SeededHash.Mix(own, 3), 6)));
        }
    }

    /// <summary>The at-the-money volatility of short options on a day.</summary>
    public static double LevelOn(Underlying underlying, int weekday) =>
        underlying.Volatility * (1 + (0.25 * PricePath.SlowWave(SeededHash.Mix(underlying.PathKey, 7_004), weekday)));

    public Underlying Underlying { get; }

    public TradingDay Session { get; }

    public int Ticks { get; }

    public double LogBefore { get; }

    public double LogOpen { get; }

    public double LogClose { get; }

    /// <summary>Shares traded by the close.</summary>
    public long Volume { get; }

    public double Level { get; }

    public ulong OwnKey { get; }

    /// <summary>First halted tick, and the first after it; equal when there is no halt.</summary>
    public int HaltFrom { get; }

    public int HaltTo { get; }

    public bool IsHalted(int tick) => tick >= HaltFrom && tick < HaltTo;

    /// <summary>Logarithm of the price at a tick; it stays the same during a halt.</summary>
    public double LogAt(int tick) => UnderlyingPath.At(_key, _volatility, LogOpen, LogClose, Ticks, Effective(tick));

    /// <summary>Highest and lowest logarithm between two ticks, both included.</summary>
    public (double Low, double High) Range(int first, int last)
    {
        var minutes = _minutes ??= Measure();
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        var minute = first / TicksPerMinute;
        if (first == 0)
        {
            var whole = Math.Min((last + 1) / TicksPerMinute, minutes.Low.Length);
            if (whole > 0)
            {
                (low, high) = (minutes.LowUntil[whole - 1], minutes.HighUntil[whole - 1]);
            }

            minute = whole;
        }

        for (; minute <= last / TicksPerMinute; minute++)
        {
            var from = Math.Max(first, minute * TicksPerMinute);
            var to = Math.Min(last, ((minute + 1) * TicksPerMinute) - 1);
            if (to - from == TicksPerMinute - 1)
            {
                low = Math.Min(low, minutes.Low[minute]);
                high = Math.Max(high, minutes.High[minute]);
            }
            else
            {
                Scan(from, to, ref low, ref high);
            }
        }

        return (low, high);
    }

    /// <summary>Shares traded up to and including a tick.</summary>
    public long VolumeAt(int tick)
    {
        if (tick >= Ticks || tick < 0)
        {
            return tick < 0 ? 0 : Volume;
        }

        var minutes = _minutes ??= Measure();
        var minute = tick / TicksPerMinute;
        var within = (double)(tick % TicksPerMinute) / TicksPerMinute;
        var share =
            minutes.VolumeUntil[minute] + (within * (minutes.VolumeUntil[minute + 1] - minutes.VolumeUntil[minute]));
        return (long)(Volume * (OpeningShare + ((1 - OpeningShare) * share)));
    }

    private int Effective(int tick) => IsHalted(tick) ? HaltFrom : tick;

    private void Scan(int from, int to, ref double low, ref double high)
    {
        Span<double> values = stackalloc double[TicksPerMinute];
        values = values[..(to - from + 1)];
        if (IsHalted(from))
        {
            // Halts begin and end on a full minute.
            values = values[..1];
            values[0] = LogAt(from);
        }
        else
        {
            UnderlyingPath.Fill(_key, _volatility, LogOpen, LogClose, Ticks, from, values);
        }

        foreach (var value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }
    }

    private Minutes Measure()
    {
        var count = Ticks / TicksPerMinute;
        var minutes = new Minutes(count);
        var path = ArrayPool<double>.Shared.Rent(Ticks + 1);
        UnderlyingPath.Fill(_key, _volatility, LogOpen, LogClose, Ticks, 0, path.AsSpan(0, Ticks + 1));
        var (lowest, highest, sum) = (double.PositiveInfinity, double.NegativeInfinity, 0.0);
        for (var minute = 0; minute < count; minute++)
        {
            var halted = IsHalted(minute * TicksPerMinute);
            var ticks = halted ? path.AsSpan(HaltFrom, 1) : path.AsSpan(minute * TicksPerMinute, TicksPerMinute);
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var value in ticks)
            {
                // Plain comparisons, because this loops over all ticks of a day.
                low = value < low ? value : low;
                high = value > high ? value : high;
            }

            minutes.Low[minute] = low;
            minutes.High[minute] = high;
            minutes.LowUntil[minute] = lowest = Math.Min(lowest, low);
            minutes.HighUntil[minute] = highest = Math.Max(highest, high);
            var centred = (2.0 * minute / count) - 1;
            sum += halted
                ? 0
                : (0.5 + (1.5 * centred * centred))
                    * (0.5 + SeededHash.Unit(SeededHash.Mix(OwnKey, 10, (ulong)minute)));
            minutes.VolumeUntil[minute + 1] = sum;
        }

        ArrayPool<double>.Shared.Return(path);
        for (var minute = 1; minute <= count; minute++)
        {
            minutes.VolumeUntil[minute] /= sum;
        }

        return minutes;
    }

    /// <summary>
    /// The values of every minute and of the day until then: lows and highs as logarithms, volume as a share of the
    /// day's.
    /// </summary>
    private sealed class Minutes(int count)
    {
        public double[] Low { get; } = new double[count];

        public double[] High { get; } = new double[count];

        public double[] LowUntil { get; } = new double[count];

        public double[] HighUntil { get; } = new double[count];

        public double[] VolumeUntil { get; } = new double[count + 1];
    }
}
