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
    /// The same of an address: where user and password stand, a value is taken as it is, whatever characters it has.
    /// </summary>
    public static string ExpandAddress(string text, IReadOnlyDictionary<string, string> environment)
    {
        var head = text.IndexOf("://", StringComparison.Ordinal) + 3;
        // Variables have no @ in their names, and the last one before the path ends the password.
        var path = text.IndexOfAny(['/', '?'], head);
        var at = head < 3 ? -1 : text.LastIndexOf('@', (path < 0 ? text.Length : path) - 1);
        return at < head
            ? Expand(text, environment)
            : Expand(text[..head], environment)
                + Reference()
                    .Replace(text[head..at], match => Uri.EscapeDataString(environment[match.Groups["name"].Value]))
                + Expand(text[at..], environment);
    }

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
