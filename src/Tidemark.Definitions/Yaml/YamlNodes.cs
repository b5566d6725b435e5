namespace Tidemark.Definitions.Yaml;

/// <summary>
/// Where a value was written: a line of a file, or (line 0) something without lines such as an environment variable.
/// </summary>
public readonly record struct YamlOrigin(string Source, int Line)
{
    public override string ToString() => Line > 0 ? $"{Source}:{Line}" : Source;
}

/// <summary>A value of a YAML document with the place where it stands.</summary>
public abstract class YamlValue(YamlOrigin origin)
{
    public YamlOrigin Origin { get; } = origin;

    /// <summary>The value as a message shows it: the text itself, or what kind of thing it is.</summary>
    public abstract string Describe();
}

/// <summary>Text, or null when nothing (or <c>~</c>, <c>null</c>) stands after the key.</summary>
public sealed class YamlScalar(YamlOrigin origin, string? text) : YamlValue(origin)
{
    public string? Text { get; } = text;

    public override string Describe() => Text is null ? "nothing" : $"'{Text}'";
}

/// <summary>An ordered list of values.</summary>
public sealed class YamlSequence(YamlOrigin origin, IReadOnlyList<YamlValue> items) : YamlValue(origin)
{
    public IReadOnlyList<YamlValue> Items { get; } = items;

    public override string Describe() => "a list";
}

/// <summary>One key of a mapping.</summary>
public sealed record YamlEntry(string Key, YamlOrigin Origin, YamlValue Value);

/// <summary>Keys and values in the order of the file; no key stands twice.</summary>
public sealed class YamlMapping : YamlValue
{
    private readonly List<YamlEntry> _entries;

    public YamlMapping(YamlOrigin origin, IEnumerable<YamlEntry> entries)
        : base(origin) => _entries = [.. entries];

    public IReadOnlyList<YamlEntry> Entries => _entries;

    public override string Describe() => "a mapping";

    public YamlEntry? Find(string key)
    {
        foreach (var entry in _entries)
        {
            if (entry.Key == key)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>
    /// The same mapping with one value replaced or added, mappings on the way made as needed. This is how a setting
    /// from outside the file (an environment variable) joins it; <paramref name="value"/> keeps its own origin.
    /// </summary>
    public YamlMapping With(ReadOnlySpan<string> path, YamlValue value)
    {
        var key = path[0];
        var next = value;
        if (path.Length > 1)
        {
            var inner = Find(key)?.Value as YamlMapping ?? new YamlMapping(value.Origin, []);
            next = inner.With(path[1..], value);
        }

        var entries = new List<YamlEntry>(_entries);
        var index = entries.FindIndex(entry => entry.Key == key);
        var replaced = new YamlEntry(key, path.Length > 1 && index >= 0 ? entries[index].Origin : value.Origin, next);
        if (index >= 0)
        {
            entries[index] = replaced;
        }
        else
        {
            entries.Add(replaced);
        }

        return new YamlMapping(Origin, entries);
    }

    /// <summary>The same mapping with every text in it replaced; the first argument is its dotted path.</summary>
    public YamlMapping MapScalars(Func<string, YamlScalar, YamlScalar> replace) => MapScalars("", replace);

    private YamlMapping MapScalars(string path, Func<string, YamlScalar, YamlScalar> replace) =>
        new(
            Origin,
            _entries.Select(entry =>
                entry with
                {
                    Value = Map(path.Length == 0 ? entry.Key : $"{path}.{entry.Key}", entry.Value, replace),
                }
            )
        );

    private static YamlValue Map(string path, YamlValue value, Func<string, YamlScalar, YamlScalar> replace) =>
        value switch
        {
            YamlScalar scalar => replace(path, scalar),
            YamlMapping mapping => mapping.MapScalars(path, replace),
            YamlSequence list => new YamlSequence(
                list.Origin,
                [.. list.Items.Select(item => Map(path, item, replace))]
            ),
            _ => value,
        };
}
