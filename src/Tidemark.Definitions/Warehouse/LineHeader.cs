using Tidemark.Core;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Warehouse;

/// <summary>
/// The header as it was written before: comment lines <c>-- partition: dt | month | none</c>, <c>-- key: a, b</c>,
/// <c>-- description: …</c>, <c>-- unit column, column: CNY</c>, <c>-- about column, column: what it is</c> and
/// <c>-- window ods.table: 60</c> for so many calendar days of a table. Read for one release, with a warning
/// (<see cref="SqlHeader.NewForm"/>).
/// </summary>
internal static class LineHeader
{
    private const string UnitWord = "unit";
    private const string AboutWord = "about";
    private const string WindowWord = "window";
    private static readonly string[] s_words = ["partition", "key", "description", UnitWord, AboutWord, WindowWord];

    public static SqlHeader Read(string path, string[] lines, YamlProblems problems)
    {
        var values = new Dictionary<string, (string Value, int Line)>(StringComparer.Ordinal);
        var columns = new Dictionary<string, Dictionary<string, HeaderText>>(StringComparer.Ordinal)
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

        if (values.Count == 0 && columns.Values.All(c => c.Count == 0))
        {
            problems.Add(
                new YamlOrigin(path, 1),
                "the header is missing: begin the file with a comment like /* { partition: dt, key: [symbol] } */ (docs/reference/warehouse-header.md)"
            );
            return new SqlHeader
            {
                PartitionColumn = null,
                Key = [],
                KeyLine = 1,
                IsReadable = false,
            };
        }

        return new SqlHeader
        {
            PartitionColumn = Partition(path, values, problems),
            Key = KeyColumns(path, values, problems),
            KeyLine = values.TryGetValue("key", out var key) ? key.Line : 1,
            Description = values.TryGetValue("description", out var description) ? description.Value : null,
            Units = columns[UnitWord],
            Abouts = columns[AboutWord],
            Reaches = columns[WindowWord],
            OldLine = values
                .Values.Select(v => v.Line)
                .Concat(columns.Values.SelectMany(c => c.Values).Select(c => c.Line))
                .Min(),
        };
    }

    /// <summary>How such a header is to be written now.</summary>
    public static string NewForm(SqlHeader header)
    {
        var partition = header.PartitionColumn ?? "none";
        var more = header.Reaches.Count > 0 ? ", 'reach' in trading days for 'window'" : "";
        var columns = header.Units.Count + header.Abouts.Count > 0 ? ", 'columns' for 'unit' and 'about'" : "";
        var key = string.Join(", ", header.Key);
        return $"write the header as YAML in the file's first comment, /* {{ partition: {partition}, key: [{key}] }} */"
            + $"{columns}{more} (docs/reference/warehouse-header.md): lines like '-- partition: {partition}' "
            + "are not read by the next release";
    }

    private static void ReadLine(
        YamlOrigin origin,
        string text,
        Dictionary<string, (string Value, int Line)> values,
        Dictionary<string, Dictionary<string, HeaderText>> columns,
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
                if (value.Length == 0 || !said.TryAdd(column, new HeaderText(value, origin.Line)))
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

    private static string? Partition(
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
            return null;
        }

        switch (partition.Value)
        {
            case "dt" or "month":
                return partition.Value;
            case "none":
                return null;
            default:
                problems.Add(
                    new YamlOrigin(path, partition.Line),
                    $"the header 'partition' is '{partition.Value}', expected dt, month or none"
                );
                return null;
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
