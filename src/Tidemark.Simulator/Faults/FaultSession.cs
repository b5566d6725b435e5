using System.Collections.Concurrent;

namespace Tidemark.Simulator.Faults;

/// <summary>
/// Fault rules at work in one server: counts calls by rule and decides which fault strikes each. Thread-safe.
/// </summary>
internal sealed class FaultSession(IReadOnlyList<FaultRule> rules, int seed, string vendor, TimeProvider clock)
{
    private static readonly TimeSpan s_beijing = TimeSpan.FromHours(8);

    private readonly Lock _gate = new();
    private readonly int[] _calls = new int[rules.Count];
    private readonly ConcurrentDictionary<string, ReadOnlyMemory<byte>> _previous = new();

    /// <summary>Counts a call and returns the fault that strikes it, or null.</summary>
    public Fault? Next(string api, IReadOnlyDictionary<string, string> parameters)
    {
        var beijing = TimeOnly.FromTimeSpan((clock.GetUtcNow() + s_beijing).UtcDateTime.TimeOfDay);
        Fault? struck = null;
        var delay = TimeSpan.Zero;
        lock (_gate)
        {
            for (var i = 0; i < rules.Count; i++)
            {
                var rule = rules[i];
                if (!rule.Matches(vendor, api, parameters) || !rule.When.Fires(++_calls[i], seed, i, beijing))
                {
                    continue;
                }

                delay += rule.Do.Delay ?? TimeSpan.Zero;
                if (struck is null || struck.Kind == FaultKind.Delay)
                {
                    struck = rule.Do;
                }
            }
        }

        return struck is null ? null : struck with { Delay = delay == TimeSpan.Zero ? null : delay };
    }

    /// <summary>The answer after the fault. Remembers the true answer for later stale ones.</summary>
    public ReadOnlyMemory<byte> Apply(Fault? fault, string api, ReadOnlyMemory<byte> answer)
    {
        var result = fault?.Kind == FaultKind.Stale ? _previous.GetValueOrDefault(api, answer) : answer;
        _previous[api] = answer;
        return fault is null ? result : FaultBodies.Apply(fault, result);
    }
}
