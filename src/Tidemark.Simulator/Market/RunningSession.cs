namespace Tidemark.Simulator.Market;

/// <summary>
/// How far the market's today has come, for the calls that show the running day: without a moment it is over. Before
/// its first bar these calls show the session before. Thread-safe.
/// </summary>
internal sealed class RunningSession(MarketDays days)
{
    private const int Over = 24 * 60;

    /// <summary>Since this day funds of Shanghai close by an auction, too.</summary>
    private static readonly DateOnly s_fundAuction = new(2026, 7, 6);

    private int _now = Over;

    public void MoveTo(TimeOnly? moment) =>
        Volatile.Write(ref _now, moment is { } of ? (of.Hour * 60) + of.Minute : Over);

    /// <summary>The session that is shown, and the last minute of it that has been.</summary>
    public (int Position, int Minute) At(DateOnly today)
    {
        var now = Volatile.Read(ref _now);
        var position = days.OnOrBefore(today);
        return position > 0 && (now < Session.Shares.Minutes[0] && days[position] == today)
            ? (position - 1, Over)
            : (position, days[position] == today ? now : Over);
    }

    /// <summary>The bars of a day that have ended by a minute.</summary>
    public MinuteBar[] Bars(Instrument instrument, int position, int length, int until = Over) =>
        [.. Day(instrument, position, length).TakeWhile(bar => bar.Minute <= until)];

    /// <summary>The day as far as it has come by a minute, and that minute.</summary>
    public (Bar Bar, int Minute) SoFar(Instrument instrument, int position, int until)
    {
        var day = BarMaker.At(instrument, position);
        var minutes = Day(instrument, position, length: 1);
        var bars = Bars(instrument, position, length: 1, until);
        if (bars.Length == minutes.Length)
        {
            return (day, minutes[^1].Minute);
        }

        var bar = day with
        {
            Open = bars[0].Open,
            High = bars.Max(b => b.High),
            Low = bars.Min(b => b.Low),
            Close = bars[^1].Close,
            Shares = bars.Sum(b => b.Volume),
            Amount = (long)bars.Sum(b => b.Amount),
        };
        return (bar, bars[^1].Minute);
    }

    private MinuteBar[] Day(Instrument instrument, int position, int length)
    {
        var day = BarMaker.At(instrument, position);
        var isContinuous =
            instrument.Board == Board.Fund
            && instrument.Code.EndsWith(".SH", StringComparison.Ordinal)
            && days[position] < s_fundAuction;

        // An index's points are no prices: its amount is spread like its volume.
        var cny =
            instrument.Board == Board.Index ? (double)day.Amount / day.Shares / day.Close : 1.0 / instrument.Scale;
        var key = SeededHash.Mix(instrument.Key, 5050, (ulong)position);
        var minutes = MinuteMaker.Minutes(Session.Shares, day, key, cny, !isContinuous);
        return MinuteMaker.Longer(Session.Shares, minutes, length);
    }
}
