using System.Text.RegularExpressions;

namespace Tidemark.Hosting.Workspace;

/// <summary>Replaces <c>${NAME}</c> in texts.</summary>
internal static partial class EnvironmentText
{
    /// <summary>The names in a text that are unset or empty in the environment.</summary>
    public static IReadOnlyList<string> Missing(string text, IReadOnlyDictionary<string, string> environment) =>
        [
            .. Reference()
                .Matches(text)
                .Select(match => match.Groups["name"].Value)
                .Where(name => !environment.TryGetValue(name, out var value) || value.Length == 0)
                .Distinct(),
        ];

    public static string Expand(string text, IReadOnlyDictionary<string, string> environment) =>
        Reference().Replace(text, match => environment[match.Groups["name"].Value]);

    /// <summary>
    /// A closing brace ends a plain text inside <c>{ … }</c>, so that <c>{ token: ${NAME} }</c> would not be YAML.
    /// References are therefore written with characters that mean nothing to YAML before the file is parsed, and
    /// restored afterwards. Line numbers stay the same.
    /// </summary>
    public static string Hide(string text) => Reference().Replace(text, "\uE000${name}\uE001");

    public static string Show(string text) => Hidden().Replace(text, "$${${name}}");

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    [GeneratedRegex("\uE000(?<name>[^\uE001]*)\uE001", RegexOptions.CultureInvariant)]
    private static partial Regex Hidden();
}
