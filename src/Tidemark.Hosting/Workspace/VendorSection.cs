using Tidemark.Core.Secrets;
using Tidemark.Definitions.Yaml;
using Tidemark.Vendors;

namespace Tidemark.Hosting.Workspace;

/// <summary>A vendor's section of the file, with the defaults that the vendor has declared.</summary>
internal sealed class VendorSection : IVendorSection
{
    internal const string SectionName = "vendors";

    private readonly IReadOnlyDictionary<string, VendorKey> _keys;
    private readonly YamlSection _section;
    private readonly WorkspaceValues _values;

    private VendorSection(IVendor vendor, YamlSection section, WorkspaceValues values)
    {
        _keys = vendor.Keys.ToDictionary(k => k.Name, StringComparer.Ordinal);
        (_section, _values) = (section, values);
    }

    public string Folder => _values.Folder;

    /// <summary>The dotted keys of a vendor's secrets.</summary>
    public static IEnumerable<string> SecretsOf(IVendor vendor) =>
        vendor.Keys.Where(k => k.IsSecret).Select(k => $"{SectionName}.{vendor.Name}.{k.Name}");

    /// <summary>The dotted keys of a vendor's lists.</summary>
    public static IEnumerable<string> ListsOf(IVendor vendor) =>
        vendor.Keys.Where(k => k.IsList).Select(k => $"{SectionName}.{vendor.Name}.{k.Name}");

    /// <summary>
    /// A vendor's options, and the dotted keys that differ from their defaults although nothing reads them.
    /// </summary>
    /// <param name="vendor">The vendor whose section it is.</param>
    /// <param name="root">The whole file.</param>
    /// <param name="values">Reads paths, addresses and secrets.</param>
    public static (object Options, IReadOnlyList<string> Unread) Read(
        IVendor vendor,
        YamlSection root,
        WorkspaceValues values
    )
    {
        var yaml = root.Section(SectionName).Section(vendor.Name);
        foreach (var key in vendor.Keys)
        {
            _ = yaml.Has(key.Name); // known, also where the vendor has no use for it yet
        }

        var options = vendor.ReadOptions(new VendorSection(vendor, yaml, values));
        var unread = vendor.Keys.Where(k => k.IsUnread && yaml.Text(k.Name, k.Default) != k.Default);
        return (options, [.. unread.Select(k => yaml.FullName(k.Name))]);
    }

    public string Text(string key) => _values.NotEmpty(_section, key, Default(key));

    public int Int(string key, int min = int.MinValue, int max = int.MaxValue) =>
        _section.Int(key, YamlScalars.TryInt(Default(key), out var standard) ? standard : Math.Max(min, 0), min, max);

    public bool Bool(string key) => _section.Bool(key, Default(key) == "true");

    public TimeSpan Duration(string key) =>
        _section.Duration(key, YamlScalars.TryDuration(Default(key), out var standard) ? standard : default);

    public T Word<T>(string key, IReadOnlyDictionary<string, T> words) =>
        _section.Word(key, words, words[Default(key)]);

    public Uri Url(string key) => _values.Url(_section, key, Default(key))!;

    public string LocalPath(string key) => _values.LocalPath(_section, key, Default(key));

    public SecretReference Secret(string key) => _values.Secret(_section, OfSecrets(key), Default(key));

    public IReadOnlyList<SecretReference> Secrets(string key) => _values.SecretList(_section, OfSecrets(key));

    public IReadOnlyDictionary<string, string> Entries(string key)
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_keys[key].Entry is { } standard)
        {
            entries[standard] = Default(key);
        }

        foreach (var (name, text) in _section.TextMap(key))
        {
            entries[name] = text;
        }

        return entries;
    }

    public void Problem(string key, string text) => _section.Problem(key, text);

    private string OfSecrets(string key) =>
        _keys[key].IsSecret
            ? key
            : throw new ArgumentException($"the key '{key}' is not declared as a secret", nameof(key));

    // An undeclared key is the vendor's mistake: new workspaces would lack it.
    private string Default(string key) => _keys[key].Default;
}
