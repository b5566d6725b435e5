using Tidemark.Definitions.Yaml;

namespace Tidemark.Hosting.Workspace;

/// <summary>
/// <c>TIDEMARK__SECTION__KEY</c> in the environment wins over the file. Lists are written with commas. An empty value
/// means the default.
/// </summary>
internal static class WorkspaceOverrides
{
    public const string Prefix = "TIDEMARK__";

    private static readonly string[] s_own = ["off", "on", "pools.targets.symbols"];

    /// <summary>The variable that overrides a dotted key.</summary>
    public static string NameOf(string key) => Prefix + key.Replace(".", "__").ToUpperInvariant();

    /// <param name="environment">The variables.</param>
    /// <param name="lists">The dotted keys of the vendors' lists.</param>
    /// <param name="problems">Takes every fault.</param>
    public static IEnumerable<(string[] Path, YamlValue Value)> From(
        IReadOnlyDictionary<string, string> environment,
        IEnumerable<string> lists,
        YamlProblems problems
    )
    {
        var overrides = new List<(string[], YamlValue)>();
        string[] all = [.. s_own, .. lists];
        foreach (var (name, text) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                continue;
            }

            var origin = new YamlOrigin($"environment variable {name}", 0);
            var path = name[Prefix.Length..].ToLowerInvariant().Split("__");
            if (path.Contains(""))
            {
                problems.Add(origin, $"is not a name like {Prefix}SECTION__KEY");
                continue;
            }

            overrides.Add((path, Value(all.Contains(string.Join('.', path)), text, origin)));
        }

        return overrides;
    }

    private static YamlValue Value(bool isList, string text, YamlOrigin origin)
    {
        if (!isList)
        {
            return new YamlScalar(origin, text.Length == 0 ? null : text);
        }

        var items = text.Trim()
            .TrimStart('[')
            .TrimEnd(']')
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new YamlSequence(origin, [.. items.Select(item => new YamlScalar(origin, item))]);
    }
}
