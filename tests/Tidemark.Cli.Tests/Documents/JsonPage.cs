using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tidemark.Cli.Tests.Documents;

/// <summary>
/// What docs/reference/json.md says of one command's document, held against documents that the command wrote.
/// </summary>
internal sealed partial class JsonPage
{
    private readonly IReadOnlyList<Field> _fields;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];

    private JsonPage(IReadOnlyList<Field> fields) => _fields = fields;

    /// <summary>The page's sections by command.</summary>
    public static IReadOnlyDictionary<string, JsonPage> Read(string file) =>
        Section()
            .Matches(File.ReadAllText(file))
            .ToDictionary(
                m => m.Groups["command"].Value,
                m => new JsonPage([
                    .. Row().Matches(m.Value).Select(r => new Field(r.Groups["path"].Value, r.Groups["type"].Value)),
                ])
            );

    /// <summary>What differs, over all documents.</summary>
    public IReadOnlyList<string> Compare(IEnumerable<JsonElement> documents)
    {
        foreach (var document in documents)
        {
            Walk(document, "");
        }

        return
        [
            .. _faults.Distinct(),
            .. _fields.Where(f => !_seen.Contains(f.Path) && !f.IsElsewhere).Select(f => $"{f.Path}: in no document"),
        ];
    }

    private void Walk(JsonElement value, string path)
    {
        if (_fields.FirstOrDefault(f => f.Path == path) is { } leaf)
        {
            Check(value, leaf);
        }
        else if (_fields.FirstOrDefault(f => f.Path == path + ".*") is { } map)
        {
            CheckMap(value, map);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in value.EnumerateArray())
            {
                Walk(element, path + "[]");
            }
        }
        else if (value.ValueKind == JsonValueKind.Object && (path.Length == 0 || Below(path + ".").Any()))
        {
            WalkObject(value, path.Length == 0 ? "" : path + ".");
        }
        else
        {
            _faults.Add($"{path}: not on the page");
        }
    }

    private void WalkObject(JsonElement value, string prefix)
    {
        foreach (var member in value.EnumerateObject())
        {
            Walk(member.Value, prefix + member.Name);
        }

        foreach (var name in Below(prefix).Where(f => !f.IsOptional).Select(f => f.NameAfter(prefix)).Distinct())
        {
            if (!value.TryGetProperty(name, out _))
            {
                _faults.Add($"{prefix}{name}: is not always there");
            }
        }
    }

    private IEnumerable<Field> Below(string prefix) =>
        _fields.Where(f => f.Path.StartsWith(prefix, StringComparison.Ordinal));

    private void CheckMap(JsonElement value, Field map)
    {
        if (value.ValueKind == JsonValueKind.Null && map.IsNullable)
        {
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            Check(member.Value, map);
        }
    }

    private void Check(JsonElement value, Field field)
    {
        if (value.ValueKind == JsonValueKind.Null && field.IsNullable)
        {
            return;
        }

        _seen.Add(field.Path);
        if (!field.Fits(value))
        {
            _faults.Add($"{field.Path}: {value} is no {field.Type}");
        }
    }

    private sealed partial record Field(string Path, string Type)
    {
        public bool IsNullable => Type.Contains("null", StringComparison.Ordinal) && Type != "null";

        public bool IsOptional => Type.Contains("not always there", StringComparison.Ordinal);

        /// <summary>Described by another field.</summary>
        public bool IsElsewhere => Type.StartsWith("as ", StringComparison.Ordinal);

        public string NameAfter(string prefix) => Name().Match(Path[prefix.Length..]).Value;

        public bool Fits(JsonElement value) =>
            Type.Split(',')[0].Replace(" or null", "", StringComparison.Ordinal) switch
            {
                "text" => value.ValueKind == JsonValueKind.String,
                "whole number" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
                "number" => value.ValueKind == JsonValueKind.Number,
                "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
                "day" => DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", out _),
                "moment" => Moment().IsMatch(value.GetString() ?? "")
                    && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, out _),
                "null" => value.ValueKind == JsonValueKind.Null,
                "any" => true,
                _ => IsElsewhere,
            };

        [GeneratedRegex("^[^.[]+")]
        private static partial Regex Name();

        [GeneratedRegex(@"T.*(Z|[+-]\d\d:\d\d)$")]
        private static partial Regex Moment();
    }

    [GeneratedRegex(@"^## `(?<command>[a-z -]+)`\n(?:(?!^## ).*\n?)*", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^\| `(?<path>[^`]+)` \| (?<type>[^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
