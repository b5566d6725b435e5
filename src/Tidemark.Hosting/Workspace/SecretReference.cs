using System.Text.RegularExpressions;
using Tidemark.Core.Errors;

namespace Tidemark.Hosting.Workspace;

/// <summary>
/// A secret of the workspace file, read when it is needed. So a workspace whose secrets are not set still serves
/// commands that need none, and a missing one is an error with its name, never an empty string. Its text is always
/// <c>***</c>.
/// </summary>
public sealed class SecretReference
{
    private readonly string _key;
    private readonly string _template;
    private readonly IReadOnlyDictionary<string, string> _environment;

    /// <param name="key">The key in the workspace file, for messages.</param>
    /// <param name="template">The value as written, with <c>${NAME}</c> still in it; empty = not configured.</param>
    /// <param name="environment">Where the names are looked up.</param>
    public SecretReference(string key, string template, IReadOnlyDictionary<string, string> environment)
    {
        _key = key;
        _template = template;
        _environment = environment;
    }

    /// <summary>Whether <see cref="Read"/> would succeed.</summary>
    public bool IsAvailable => _template.Length > 0 && EnvironmentText.Missing(_template, _environment).Count == 0;

    /// <summary>
    /// What to do where it is not available, as the workspace file has it; a sentence without its end.
    /// </summary>
    public string HowToSet =>
        _template.Length == 0
            ? $"Set `{_key}` in tidemark.yaml"
            : $"Set the environment variable {string.Join(", ", EnvironmentText.Missing(_template, _environment))}";

    /// <summary>The secret.</summary>
    /// <exception cref="TidemarkException">
    /// Code <c>SECRET_MISSING</c>: not configured, or its environment variable is not set.
    /// </exception>
    public string Read()
    {
        if (_template.Length == 0)
        {
            throw Missing($"'{_key}' is not configured. Set it in tidemark.yaml");
        }

        var missing = EnvironmentText.Missing(_template, _environment);
        return missing.Count == 0
            ? EnvironmentText.Expand(_template, _environment)
            : throw Missing(
                $"'{_key}' needs the environment variable {string.Join(", ", missing)}, which is not set. Set it"
            );
    }

    public override string ToString() => "***";

    private TidemarkException Missing(string problem) =>
        new(ErrorKind.Configuration, "SECRET_MISSING", $"{problem}, or in the environment as {OverrideName}.");

    private string OverrideName => WorkspaceOverrides.Prefix + _key.Replace(".", "__").ToUpperInvariant();
}

/// <summary><c>${NAME}</c> in texts.</summary>
internal static partial class EnvironmentText
{
    /// <summary>The names in a text that the environment lacks (or has empty).</summary>
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
    /// Braces end a plain text inside <c>{ … }</c>, so that <c>{ token: ${NAME} }</c> would not be YAML. References are
    /// therefore hidden behind characters that mean nothing to YAML before the file is parsed, and shown again
    /// afterwards. Lines stay as they are.
    /// </summary>
    public static string Hide(string text) => Reference().Replace(text, "\uE000${name}\uE001");

    public static string Show(string text) => Hidden().Replace(text, "$${${name}}");

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    [GeneratedRegex("\uE000(?<name>[^\uE001]*)\uE001", RegexOptions.CultureInvariant)]
    private static partial Regex Hidden();
}
