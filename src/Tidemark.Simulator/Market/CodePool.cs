using System.Globalization;
using Tidemark.Core.Errors;

namespace Tidemark.Simulator.Market;

/// <summary>Hands out six-digit codes by prefix; takes other prefixes when one is full. Not thread-safe.</summary>
internal sealed class CodePool(int step, params string[] prefixes)
{
    private readonly Dictionary<string, int> _next = [];

    /// <param name="wanted">The preferred prefix of three digits.</param>
    public string Take(string wanted)
    {
        var order = prefixes.SkipWhile(p => p != wanted).Concat(prefixes.TakeWhile(p => p != wanted));
        foreach (var prefix in order)
        {
            var number = _next.GetValueOrDefault(prefix, step);
            if (number < 1000)
            {
                _next[prefix] = number + step;
                return prefix + number.ToString("D3", CultureInfo.InvariantCulture);
            }
        }

        throw new TidemarkException(
            ErrorKind.Configuration,
            "SIMULATED_MARKET_TOO_LARGE",
            $"The simulated market has no code left beside {wanted}. Ask for fewer instruments."
        );
    }
}
