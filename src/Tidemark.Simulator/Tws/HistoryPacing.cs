using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// The vendor's limits for small bars: no repeated question within 15 seconds, fewer than 6 questions about one
/// contract, exchange and price within 2 seconds, at most 60 within 10 minutes; bid and ask together count twice.
/// </summary>
internal sealed class HistoryPacing(TimeProvider clock)
{
    private const int MostOfOneContract = 6;
    private const int MostOfAll = 60;

    private static readonly TimeSpan s_sameQuestion = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, DateTimeOffset> _questions = [];
    private readonly Dictionary<string, SlidingWindow> _contracts = [];
    private readonly SlidingWindow _all = new(TimeSpan.FromMinutes(10));

    /// <summary>Counts a question; false when it comes too soon, and then it does not count.</summary>
    /// <param name="question">The whole question except its id.</param>
    /// <param name="contract">Contract, exchange and price.</param>
    public bool TryAsk(string question, string contract, BarPrice price)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, _) in _questions.Where(asked => asked.Value + s_sameQuestion <= now).ToList())
        {
            _questions.Remove(old);
        }

        if (!_contracts.TryGetValue(contract, out var recent))
        {
            _contracts[contract] = recent = new SlidingWindow(TimeSpan.FromSeconds(2));
        }

        var weight = price == BarPrice.BidAsk ? 2 : 1;
        if (
            _questions.ContainsKey(question)
            || recent.Count(now) + weight >= MostOfOneContract
            || _all.Count(now) + weight > MostOfAll
        )
        {
            return false;
        }

        _questions[question] = now;
        for (var i = 0; i < weight; i++)
        {
            recent.Add(now);
            _all.Add(now);
        }

        return true;
    }
}
