using Tidemark.Core.Yaml;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>
/// What the comments at the top of a SQL file declare: <c>-- partition: dt | month | none</c>, <c>-- key: a, b</c>, <c>-- description: …</c> and, as often
/// as wanted, <c>-- unit column, column: CNY</c> and <c>-- about column, column: what it is</c>, and <c>-- window ods.table: 60</c> for a table of which a
/// partition reads the days before it. Other comment lines are for readers.
/// </summary>
internal sealed record SqlHeader(
    TablePartitioning Partitioning,
    IReadOnlyList<string> Key,
    string? Description,
    IReadOnlyDictionary<string, (string Text, int Line)> Units,
    IReadOnlyDictionary<string, (string Text, int Line)> Abouts,
    IReadOnlyDictionary<string, (string Text, int Line)> Windows,
    int KeyLine
)
{
    /// <summary>Whether the table is built day by day.</summary>
    public bool HasDays => Partitioning != TablePartitioning.None;

    private const string UnitWord = "unit";
    private const string AboutWord = "about";
    private const string WindowWord = "window";
    private static readonly string[] s_words = ["partition", "key", "description", UnitWord, AboutWord, WindowWord];

    public static SqlHeader Read(string path, string[] lines, YamlProblems problems)
    {
        var values = new Dictionary<string, (string Value, int Line)>(StringComparer.Ordinal);
        var columns = new Dictionary<string, Dictionary<string, (string Text, int Line)>>(StringComparer.Ordinal)
        {
            [UnitWord] = new(StringComparer.Ordinal),
            [AboutWord] = new(StringComparer.Ordinal),
            [WindowWord] = new(StringComparer.Ordinal),
        };
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0)
            {
                continue;
            }

            if (!line.StartsWith("--", StringComparison.Ordinal))
            {
                break;
            }

            ReadLine(new YamlOrigin(path, i + 1), line[2..].Trim(), values, columns, problems);
        }

        return new SqlHeader(
            Partition(path, values, problems),
            KeyColumns(path, values, problems),
            values.TryGetValue("description", out var description) ? description.Value : null,
            columns[UnitWord],
            columns[AboutWord],
            columns[WindowWord],
            values.TryGetValue("key", out var key) ? key.Line : 1
        );
    }

    private static void ReadLine(
        YamlOrigin origin,
        string text,
        Dictionary<string, (string Value, int Line)> values,
        Dictionary<string, Dictionary<string, (string Text, int Line)>> columns,
        YamlProblems problems
    )
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            return;
        }

        var word = text[..colon].Trim();
        var value = text[(colon + 1)..].Trim();
        if (word.Split(' ', 2) is [var about, var names] && columns.TryGetValue(about, out var said))
        {
            foreach (var column in Names(names))
            {
                if (value.Length == 0 || !said.TryAdd(column, (value, origin.Line)))
                {
                    problems.Add(origin, $"the header '{about}' of '{column}' is empty or stands twice");
                }
            }
        }
        else if (s_words.Contains(word) && !columns.ContainsKey(word))
        {
            if (!values.TryAdd(word, (value, origin.Line)))
            {
                problems.Add(origin, $"the header '{word}' stands twice");
            }
        }
        else if (!word.Contains(' ') && NearestName.Find(word, s_words) is { } nearest)
        {
            problems.Add(origin, $"unknown header '{word}'; did you mean '{nearest}'?");
        }
    }

    private static TablePartitioning Partition(
        string path,
        Dictionary<string, (string Value, int Line)> values,
        YamlProblems problems
    )
    {
        if (!values.TryGetValue("partition", out var partition))
        {
            problems.Add(
                new YamlOrigin(path, 1),
                "the header '-- partition: dt' (a folder a day), '-- partition: month' or '-- partition: none' is missing"
            );
            return TablePartitioning.None;
        }

        switch (partition.Value)
        {
            case "dt":
                return TablePartitioning.Day;
            case "month":
                return TablePartitioning.Month;
            case "none":
                return TablePartitioning.None;
            default:
                problems.Add(
                    new YamlOrigin(path, partition.Line),
                    $"the header 'partition' is '{partition.Value}', expected dt, month or none"
                );
                return TablePartitioning.None;
        }
    }

    private static List<string> KeyColumns(
        string path,
        Dictionary<string, (string Value, int Line)> values,
        YamlProblems problems
    )
    {
        var key = values.TryGetValue("key", out var text) ? Names(text.Value).ToList() : [];
        if (key.Count == 0)
        {
            problems.Add(
                new YamlOrigin(path, Math.Max(1, text.Line)),
                "the header '-- key: column, column' is missing: it names what identifies a row (within its partition)"
            );
        }
        else if (key.Distinct(StringComparer.Ordinal).Count() != key.Count)
        {
            problems.Add(new YamlOrigin(path, text.Line), "a column stands twice in the key");
        }

        return key;
    }

    private static IEnumerable<string> Names(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
