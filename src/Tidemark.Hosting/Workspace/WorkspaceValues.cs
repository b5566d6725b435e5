using Tidemark.Core.Secrets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Hosting.Workspace;

/// <summary>
/// Reads the kinds of values that only <c>tidemark.yaml</c> has: paths of a workspace, addresses and secrets. Remembers
/// which of them must be masked. Not thread-safe.
/// </summary>
/// <param name="folder">The workspace's folder, absolute.</param>
/// <param name="environment">The variables with the values of secrets.</param>
internal sealed class WorkspaceValues(string folder, IReadOnlyDictionary<string, string> environment)
{
    private readonly List<SecretReference> _secrets = [];
    private readonly List<Uri> _addresses = [];

    public string Folder => folder;

    /// <summary>Every secret that was read.</summary>
    public IReadOnlyList<SecretReference> Secrets => _secrets;

    /// <summary>Every address that was read.</summary>
    public IReadOnlyList<Uri> Addresses => _addresses;

    public SecretReference Secret(YamlSection section, string key, string fallback) =>
        SecretOf(section, key, section.Text(key, fallback));

    public IReadOnlyList<SecretReference> SecretList(YamlSection section, string key) =>
        [.. (section.TextList(key) ?? []).Select(template => SecretOf(section, key, template))];

    /// <param name="section">The section with the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="fallback">The address when the key is absent; null for none.</param>
    public Uri? Url(YamlSection section, string key, string? fallback)
    {
        var text = section.Text(key, fallback ?? "");
        if (text.Length == 0 && fallback is null)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            _addresses.Add(url);
            return url;
        }

        section.Problem(key, $"is '{text}', expected an address like {fallback ?? "https://s3.example.org"}");
        return new Uri(fallback ?? "http://invalid.invalid");
    }

    public string NotEmpty(YamlSection section, string key, string fallback)
    {
        var text = section.Text(key, fallback);
        if (string.IsNullOrWhiteSpace(text))
        {
            section.Problem(key, "must not be empty");
        }

        return text;
    }

    public string LocalPath(YamlSection section, string key, string fallback)
    {
        var text = NotEmpty(section, key, fallback);
        if (text.StartsWith('~'))
        {
            section.Problem(key, $"is '{text}', but '~' is not expanded; write ${{HOME}} instead");
        }

        return text.Contains('\0') ? text : Absolute(text.Length == 0 ? fallback : text);
    }

    public string Absolute(string path) => Path.GetFullPath(path, folder);

    private SecretReference SecretOf(YamlSection section, string key, string template)
    {
        var missing = EnvironmentText.Missing(template, environment);
        var secret = new SecretReference(
            section.FullName(key),
            WorkspaceOverrides.NameOf(section.FullName(key)),
            template.Length > 0 && missing.Count == 0 ? EnvironmentText.Expand(template, environment) : null,
            missing
        );
        _secrets.Add(secret);
        return secret;
    }
}
