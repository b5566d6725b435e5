using Microsoft.AspNetCore.WebUtilities;

namespace Tidemark.Simulator.AkTools;

/// <summary>
/// Turns a query into keyword arguments as AKTools does, which writes it as Python source and evaluates that: hence what
/// breaks in a value.
/// </summary>
internal static class AkArguments
{
    /// <param name="query">With its question mark, as it came.</param>
    /// <param name="isPublic">Whether a plus sign becomes a blank, even an encoded one; else a blank becomes a plus.</param>
    /// <exception cref="AkFailureException">The source would be no Python.</exception>
    public static IReadOnlyDictionary<string, string> Read(string? query, bool isPublic)
    {
        var pairs = new List<(string Name, string Value)>();
        foreach (var pair in new QueryStringEnumerable(query))
        {
            pairs.Add((pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        }

        var whole = string.Join('&', pairs.Select(p => $"{p.Name}={p.Value}"));
        if (isPublic && whole.Contains("cookie", StringComparison.Ordinal))
        {
            // All after the first sign is one value.
            var sign = whole.IndexOf('=', StringComparison.Ordinal);
            pairs = [(whole[..sign], whole[(sign + 1)..])];
        }
        else if (pairs.Exists(p => p.Value.AsSpan().ContainsAny('&', '=', '"')))
        {
            throw new AkFailureException("the value is no Python text");
        }

        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            var text = isPublic ? value.Replace('+', ' ') : value.Replace(' ', '+');
            if (!arguments.TryAdd(name, text))
            {
                throw new AkFailureException($"the keyword argument '{name}' is repeated");
            }
        }

        return arguments;
    }
}
