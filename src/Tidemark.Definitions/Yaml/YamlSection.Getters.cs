using Tidemark.Core;

namespace Tidemark.Definitions.Yaml;

/// <summary>
/// The typed getters. The overload with a fallback is for optional keys; <c>Required…</c> notes a problem when the key
/// is absent.
/// </summary>
public sealed partial class YamlSection
{
    private const string ADate = "a date like 2022-06-01";
    private const string ADuration = "a duration like 30m, 2h or 7d";
    private const string ATime = "a quoted time like \"16:30\"";

    private delegate bool Parser<T>(string text, out T value);

    /// <summary>Text that may be empty; null when the key is absent.</summary>
    public string? Text(string key) => Scalar(key, "text");

    public string Text(string key, string fallback) => Scalar(key, "text") ?? fallback;

    /// <summary>Text that is not empty; "" after a problem.</summary>
    public string RequiredText(string key)
    {
        if (!Has(key))
        {
            Missing(key, "text");
            return "";
        }

        var text = Scalar(key, "text");
        if (text is not null && string.IsNullOrWhiteSpace(text))
        {
            Problem(key, "must not be empty");
        }

        return text ?? "";
    }

    public int Int(string key, int fallback, int min = int.MinValue, int max = int.MaxValue) =>
        Read(key, YamlScalars.TryInt, fallback, Whole(min, max), value => value >= min && value <= max);

    public int RequiredInt(string key, int min = int.MinValue, int max = int.MaxValue) =>
        Require(key, Whole(min, max)) ? Int(key, Math.Max(min, 0), min, max) : Math.Max(min, 0);

    public double Double(string key, double fallback, double min = double.MinValue, double max = double.MaxValue) =>
        Read(key, YamlScalars.TryDouble, fallback, Number(min, max), value => value >= min && value <= max);

    public bool Bool(string key, bool fallback) => Read(key, YamlScalars.TryBool, fallback, "true or false");

    public TimeOnly Time(string key, TimeOnly fallback) => Read(key, YamlScalars.TryTime, fallback, ATime);

    public TimeOnly RequiredTime(string key) => Require(key, ATime) ? Time(key, default) : default;

    public TimeSpan Duration(string key, TimeSpan fallback) => Read(key, YamlScalars.TryDuration, fallback, ADuration);

    public DateOnly? Date(string key)
    {
        var fallback = DateOnly.MinValue;
        var date = Read(key, TradeDate.TryParseIso, fallback, ADate);
        return date == fallback ? null : date;
    }

    /// <summary>A member of an enum in snake case.</summary>
    public T Word<T>(string key, T fallback)
        where T : struct, Enum => Word(key, YamlScalars.Words<T>(), fallback);

    public T RequiredWord<T>(string key)
        where T : struct, Enum
    {
        var words = YamlScalars.Words<T>();
        return Require(key, OneOf(words.Keys)) ? Word(key, words, default(T)) : default;
    }

    /// <summary>One of the given words.</summary>
    public T Word<T>(string key, IReadOnlyDictionary<string, T> words, T fallback)
    {
        var text = Scalar(key, OneOf(words.Keys));
        if (text is null)
        {
            return fallback;
        }

        if (words.TryGetValue(text, out var value))
        {
            return value;
        }

        Problem(key, $"is '{text}', expected {OneOf(words.Keys)}");
        return fallback;
    }

    /// <summary>A list of non-empty texts; null when the key is absent.</summary>
    public IReadOnlyList<string>? TextList(string key)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        return ListOf(FullName(key), value);
    }

    public IReadOnlyList<string> RequiredTextList(string key)
    {
        const string expected = "a list like [a, b]";
        if (!Require(key, expected) || TextList(key) is not { } list)
        {
            return [];
        }

        if (list.Count == 0)
        {
            Problem(key, "must name at least one");
        }

        return list;
    }

    /// <summary>Names to texts, for names that the caller does not know beforehand.</summary>
    public IReadOnlyDictionary<string, string> TextMap(string key)
    {
        var map = new Dictionary<string, string>();
        foreach (var entry in EntriesOf(key))
        {
            if (entry.Value is YamlScalar { Text: { } text })
            {
                map[entry.Key] = text;
            }
            else
            {
                _problems.Add(
                    entry.Origin,
                    $"'{FullName(key)}.{entry.Key}' is {entry.Value.Describe()}, expected text"
                );
            }
        }

        return map;
    }

    /// <summary>Names to lists of texts.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> TextListMap(string key)
    {
        var map = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var entry in EntriesOf(key))
        {
            map[entry.Key] = ListOf($"{FullName(key)}.{entry.Key}", entry.Value);
        }

        return map;
    }

    private List<string> ListOf(string name, YamlValue value)
    {
        var list = new List<string>();
        if (value is not YamlSequence sequence)
        {
            _problems.Add(value.Origin, $"'{name}' is {value.Describe()}, expected a list like [a, b]");
            return list;
        }

        foreach (var item in sequence.Items)
        {
            if (item is YamlScalar { Text: { Length: > 0 } text })
            {
                list.Add(text);
            }
            else
            {
                _problems.Add(item.Origin, $"'{name}' holds {item.Describe()}, expected text");
            }
        }

        return list;
    }

    private T Read<T>(string key, Parser<T> parse, T fallback, string expected, Func<T, bool>? isLegal = null)
    {
        var text = Scalar(key, expected);
        if (text is null)
        {
            return fallback;
        }

        if (parse(text, out var value) && (isLegal is null || isLegal(value)))
        {
            return value;
        }

        Problem(key, $"is '{text}', expected {expected}");
        return fallback;
    }

    private string? Scalar(string key, string expected)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlScalar scalar:
                return scalar.Text;
            case { } value:
                Expected(key, value, expected);
                return null;
        }
    }

    private bool Require(string key, string expected)
    {
        if (Has(key))
        {
            return true;
        }

        Missing(key, expected);
        return false;
    }

    private static string Whole(int min, int max) =>
        (min, max) switch
        {
            (int.MinValue, int.MaxValue) => "a whole number",
            (_, int.MaxValue) => $"a whole number, {min} or more",
            _ => $"a whole number from {min} to {max}",
        };

    private static string Number(double min, double max) =>
        min == double.MinValue ? "a number" : FormattableString.Invariant($"a number from {min} to {max}");

    private static string OneOf(IEnumerable<string> words) => $"one of {string.Join(", ", words)}";
}
