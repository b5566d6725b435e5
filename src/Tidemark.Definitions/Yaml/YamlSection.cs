using Tidemark.Core;

namespace Tidemark.Definitions.Yaml;

/// <summary>
/// Reads one mapping by typed getters. A getter that finds a fault notes it and returns its fallback, so that reading
/// goes on and every fault of a file is reported at once. Every key that a getter asked for is known;
/// <see cref="RejectUnknownKeys()"/> then reports the rest, here and in the sections below. A key with nothing behind it
/// counts as absent. Not thread-safe.
/// </summary>
public sealed partial class YamlSection
{
    private readonly YamlMapping _mapping;
    private readonly YamlProblems _problems;
    private readonly HashSet<string> _known = [];
    private readonly List<YamlSection> _children = [];
    private readonly Dictionary<string, YamlSection> _sections = [];
    private readonly string _path;
    private readonly string _schema;

    /// <param name="mapping">What it reads.</param>
    /// <param name="path">The keys around it, for messages.</param>
    /// <param name="schema">The same where a <c>*</c> stands for every name that users choose.</param>
    /// <param name="problems">Takes every fault.</param>
    private YamlSection(YamlMapping mapping, string path, string schema, YamlProblems problems)
    {
        _mapping = mapping;
        _path = path;
        _schema = schema;
        _problems = problems;
    }

    /// <summary>Where the section begins.</summary>
    public YamlOrigin Origin => _mapping.Origin;

    /// <summary>All keys, in the order of the file.</summary>
    public IEnumerable<string> Keys => _mapping.Entries.Select(entry => entry.Key);

    /// <summary>
    /// Parses a file whose root is a mapping. An empty file is an empty section. A file that cannot be read as a
    /// mapping is one problem and an empty section that notes no others: that every key is missing would only hide the
    /// cause.
    /// </summary>
    public static YamlSection Parse(string file, string text, YamlProblems problems)
    {
        var before = problems.Items.Count;
        var root = YamlText.Parse(file, text, problems);
        if (root is YamlMapping mapping)
        {
            return new YamlSection(mapping, "", "", problems);
        }

        if (root is not (null or YamlScalar { Text: null }))
        {
            problems.Add(root.Origin, $"the file must hold keys and values, found {root.Describe()}");
        }

        var isReadable = problems.Items.Count == before;
        var empty = new YamlMapping(new YamlOrigin(file, 1), []);
        return new YamlSection(empty, "", "", isReadable ? problems : new YamlProblems());
    }

    /// <summary>Parses a file whose root is a list of mappings, for example fault rules.</summary>
    public static IReadOnlyList<YamlSection> ParseList(string file, string text, YamlProblems problems)
    {
        switch (YamlText.Parse(file, text, problems))
        {
            case null or YamlScalar { Text: null }:
                return [];
            case YamlSequence sequence:
                return SectionsOf(sequence, "", "", problems);
            case { } root:
                problems.Add(root.Origin, $"the file must hold a list ('- …'), found {root.Describe()}");
                return [];
        }
    }

    /// <summary>
    /// The same root section with values from outside the file put over it; each value keeps its own origin. Call
    /// before reading.
    /// </summary>
    public YamlSection With(IEnumerable<(string[] Path, YamlValue Value)> overrides)
    {
        var mapping = _mapping;
        foreach (var (path, value) in overrides)
        {
            mapping = mapping.With(path, value);
        }

        return new YamlSection(mapping, _path, _schema, _problems);
    }

    /// <summary>
    /// The same root section with every text replaced; the first argument is its dotted path. Call before reading.
    /// </summary>
    public YamlSection MapScalars(Func<string, YamlScalar, YamlScalar> replace) =>
        new(_mapping.MapScalars(replace), _path, _schema, _problems);

    /// <summary>Whether the key is there with something behind it. Makes the key known.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>
    /// Whether plain text stands behind the key, for keys that may also hold a section. Makes the key known.
    /// </summary>
    public bool HoldsText(string key) => Find(key) is YamlScalar;

    /// <summary>Where a key's value stands, or where the section begins when the key is absent.</summary>
    public YamlOrigin OriginOf(string key) => _mapping.Find(key)?.Origin ?? Origin;

    /// <summary>
    /// Where one text of a key's list, or one name of its mapping, stands; where the key does when it has none such.
    /// </summary>
    public YamlOrigin OriginOf(string key, string item) =>
        _mapping.Find(key)?.Value switch
        {
            YamlSequence list => list.Items.FirstOrDefault(i => i is YamlScalar scalar && scalar.Text == item)?.Origin,
            YamlMapping map => map.Find(item)?.Origin,
            _ => null,
        } ?? OriginOf(key);

    /// <summary>Notes a fault that the caller found in a key's value.</summary>
    public void Problem(string key, string text) => _problems.Add(OriginOf(key), $"'{FullName(key)}' {text}");

    /// <summary>Notes that a key names a definition that is left out.</summary>
    public void LeftOut(string key, string id) => _problems.Add(LeftOut(OriginOf(key), FullName(key), id));

    /// <inheritdoc cref="LeftOut(string, string)"/>
    public static YamlProblem LeftOut(YamlOrigin origin, string fullName, string id) =>
        new(origin, $"'{fullName}' is '{id}', which is left out: its file has faults") { IsConsequence = true };

    /// <summary>The key with the sections around it: <c>vendors.tushare.url</c>.</summary>
    public string FullName(string key) => Below(_path, key);

    /// <summary>Notes a fault for every key that no getter asked for, with the nearest known one.</summary>
    public void RejectUnknownKeys()
    {
        foreach (var entry in _mapping.Entries)
        {
            if (!_known.Contains(entry.Key))
            {
                _problems.Add(
                    entry.Origin,
                    $"unknown key '{FullName(entry.Key)}'{NearestName.Hint(entry.Key, _known)}"
                );
            }
        }

        foreach (var child in _children)
        {
            child.RejectUnknownKeys();
        }
    }

    /// <summary>The same for a kind of file whose keys are declared: its reader may ask for no other.</summary>
    /// <param name="keys">Every key of the kind.</param>
    /// <exception cref="InvalidOperationException">
    /// A getter asked for a key that is not declared, so no page tells of it: a fault of the program.
    /// </exception>
    public void RejectUnknownKeys(KeyTable keys)
    {
        EnsureDeclared(keys);
        RejectUnknownKeys();
    }

    private void EnsureDeclared(KeyTable keys)
    {
        foreach (var path in _known.Select(key => Below(_schema, key)).Where(path => !keys.Has(path)))
        {
            throw new InvalidOperationException($"the key '{path}' is read and not declared");
        }

        foreach (var child in _children)
        {
            child.EnsureDeclared(keys);
        }
    }

    private static string Below(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>
    /// The mapping behind a key; an empty section when the key is absent. The same section each time.
    /// </summary>
    public YamlSection Section(string key)
    {
        if (!_sections.TryGetValue(key, out var section))
        {
            section = Child(key, Find(key), FullName(key), Below(_schema, key));
            _sections[key] = section;
        }

        return section;
    }

    /// <summary>
    /// A mapping of names that the caller does not know beforehand to mappings, in the order of the file.
    /// </summary>
    public IReadOnlyList<(string Name, YamlSection Section)> SectionMap(string key)
    {
        var sections = new List<(string, YamlSection)>();
        foreach (var entry in EntriesOf(key))
        {
            var path = $"{FullName(key)}.{entry.Key}";
            sections.Add((entry.Key, Child(entry.Key, entry.Value, path, $"{Below(_schema, key)}.*")));
        }

        return sections;
    }

    /// <summary>A list of mappings; empty when the key is absent.</summary>
    public IReadOnlyList<YamlSection> Sections(string key)
    {
        if (Find(key) is not { } value)
        {
            return [];
        }

        if (value is not YamlSequence sequence)
        {
            Expected(key, value, "a list of mappings");
            return [];
        }

        var sections = SectionsOf(sequence, FullName(key), $"{Below(_schema, key)}.*", _problems);
        _children.AddRange(sections);
        return sections;
    }

    private static List<YamlSection> SectionsOf(
        YamlSequence sequence,
        string path,
        string schema,
        YamlProblems problems
    )
    {
        var sections = new List<YamlSection>();
        for (var i = 0; i < sequence.Items.Count; i++)
        {
            var name = $"{path}[{i + 1}]";
            if (sequence.Items[i] is YamlMapping mapping)
            {
                sections.Add(new YamlSection(mapping, name, schema, problems));
            }
            else
            {
                problems.Add(
                    sequence.Items[i].Origin,
                    $"'{name}' is {sequence.Items[i].Describe()}, expected keys and values"
                );
            }
        }

        return sections;
    }

    private YamlSection Child(string key, YamlValue? value, string path, string schema)
    {
        if (value is not (null or YamlMapping or YamlScalar { Text: null }))
        {
            _problems.Add(value.Origin, $"'{path}' is {value.Describe()}, expected keys and values");
        }

        var mapping = value as YamlMapping ?? new YamlMapping(OriginOf(key), []);
        var child = new YamlSection(mapping, path, schema, _problems);
        _children.Add(child);
        return child;
    }

    /// <summary>The value behind a key, or null when the key is absent or empty.</summary>
    private YamlValue? Find(string key)
    {
        _known.Add(key);
        return _mapping.Find(key)?.Value is { } value and not YamlScalar { Text: null } ? value : null;
    }

    private IReadOnlyList<YamlEntry> EntriesOf(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlMapping mapping:
                return mapping.Entries;
            case { } value:
                Expected(key, value, "keys and values");
                return [];
        }
    }

    private void Expected(string key, YamlValue value, string expected) =>
        _problems.Add(value.Origin, $"'{FullName(key)}' is {value.Describe()}, expected {expected}");

    private void Missing(string key, string expected)
    {
        var where = _path.Length == 0 ? "" : $" in '{_path}'";
        _problems.Add(Origin, $"the required key '{key}' is missing{where}; expected {expected}");
    }
}
