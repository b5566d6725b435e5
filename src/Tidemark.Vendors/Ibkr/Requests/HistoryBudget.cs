using Tidemark.Vendors.Ibkr.Connections;

namespace Tidemark.Vendors.Ibkr.Requests;

/// <summary>
/// IBKR's rules for bars up to 30 seconds, and for the first moment of a history: not the same question within 15
/// seconds, fewer than 6 about one series within 2 seconds, at most 60 within 10 minutes. Who would break one waits.
/// Thread-safe.
/// </summary>
internal sealed class HistoryBudget(TimeProvider clock)
{
    private const int MostOfAll = 60;
    private const int MostOfSeries = 5;

    private static readonly TimeSpan s_all = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_series = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_question = TimeSpan.FromSeconds(15);

    /// <summary>What is left for the way to the gateway: what left in order arrives within these of it.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly long _start = clock.GetTimestamp();

    /// <summary>The last ten minutes, oldest first.</summary>
    private readonly List<(TimeSpan At, HistoryPace Pace)> _asked = [];

    /// <summary>Waits until the rules allow it, and counts it.</summary>
    public async ValueTask TakeAsync(HistoryPace pace, CancellationToken cancellationToken)
    {
        while (TryTake(pace) is var wait && wait > TimeSpan.Zero)
        {
            // Whole milliseconds: less would not be waited for at all.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), clock, cancellationToken);
        }
    }

    private TimeSpan TryTake(HistoryPace pace)
    {
        lock (_lock)
        {
            var now = clock.GetElapsedTime(_start);
            _asked.RemoveAll(asked => asked.At + s_all + s_margin <= now);
            var free = Max(
                FreeAt(pace.Weight, MostOfAll, s_all, static (_, _) => true, pace),
                FreeAt(pace.Weight, MostOfSeries, s_series, static (asked, mine) => asked.Series == mine.Series, pace),
                FreeAt(
                    1,
                    1,
                    s_question,
                    static (asked, mine) => asked.Question == mine.Question,
                    pace with
                    {
                        Weight = 1,
                    }
                )
            );
            if (free <= now)
            {
                _asked.Add((now, pace));
            }

            return free - now;
        }
    }

    /// <summary>
    /// The moment at which so much more fits into a span: when enough of the earlier requests have left it.
    /// </summary>
    private TimeSpan FreeAt(
        int weight,
        int most,
        TimeSpan span,
        Func<HistoryPace, HistoryPace, bool> counts,
        HistoryPace mine
    )
    {
        for (var i = _asked.Count - 1; i >= 0; i--)
        {
            var (at, asked) = _asked[i];
            if (!counts(asked, mine))
            {
                continue;
            }

            // The weights of the same question do not matter: one is too much.
            weight += most == 1 ? 1 : asked.Weight;
            if (weight > most)
            {
                return at + span + s_margin;
            }
        }

        return TimeSpan.Zero;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b, TimeSpan c) => a > b ? (a > c ? a : c) : (b > c ? b : c);
}
