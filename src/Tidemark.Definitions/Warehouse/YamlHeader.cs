using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Warehouse;

/// <summary>
/// The header of a SQL file as YAML between <c>/*</c> and <c>*/</c>, before anything else in the file. Every key is in
/// docs/reference/warehouse-header.md; one that is not known is a fault.
/// </summary>
internal static class YamlHeader
{
    private const string Begin = "/*";
    private const string End = "*/";

    private static readonly Dictionary<string, string?> s_partitions = new(StringComparer.Ordinal)
    {
        ["dt"] = "dt",
        ["month"] = "month",
        ["none"] = null,
    };

    private static readonly Dictionary<string, bool> s_modes = new(StringComparer.Ordinal)
    {
        ["day"] = false,
        ["range"] = true,
    };

    /// <summary>Null when the file does not begin with such a comment.</summary>
    public static SqlHeader? TryRead(string path, string text, YamlProblems problems)
    {
        var begin = text.Length - text.AsSpan().TrimStart().Length;
        if (!text.AsSpan(begin).StartsWith(Begin, StringComparison.Ordinal))
        {
            return null;
        }

        var line = 1 + text.AsSpan(0, begin).Count('\n');
        var bodyBegin = begin + Begin.Length;
        var end = text.IndexOf(End, bodyBegin, StringComparison.Ordinal);
        if (end < 0)
        {
            problems.Add(new YamlOrigin(path, line), "the header's '/*' has no '*/'");
            return Unreadable(text.Length) with { HidesSql = true };
        }

        var body = text[bodyBegin..end];
        if (body.Contains(Begin, StringComparison.Ordinal))
        {
            // SQL's comments nest: the engine would see another end than we do.
            problems.Add(new YamlOrigin(path, line), "'/*' within the header: say it in other words");
            return Unreadable(text.Length) with { HidesSql = true };
        }

        var before = problems.Items.Count;
        var root = YamlSection.Parse(path, Placed(line, body), problems);
        return problems.Items.Count > before ? Unreadable(end + End.Length) : Read(root, end + End.Length, problems);
    }

    private static SqlHeader Read(YamlSection root, int sqlStart, YamlProblems problems)
    {
        Require(root, "partition", "dt (a folder a day), month or none");
        Require(root, "key", "the columns that identify a row (within its partition), like [symbol]");
        var key = root.Has("key") ? root.RequiredTextList("key") : [];
        if (key.Distinct(StringComparer.Ordinal).Count() != key.Count)
        {
            root.Problem("key", "names a column twice");
        }

        var isKnown = s_partitions.ContainsKey(root.Text("partition", ""));
        var partition = root.Word("partition", s_partitions, fallback: null);
        var isByRange = root.Word("mode", s_modes, false);
        if (isByRange && isKnown && partition is null)
        {
            root.Problem("mode", "is 'range', which a table with 'partition: none' cannot be: it has no days");
            isKnown = false;
        }

        var units = new Dictionary<string, HeaderText>(StringComparer.Ordinal);
        var abouts = new Dictionary<string, HeaderText>(StringComparer.Ordinal);
        foreach (var (column, said) in root.SectionMap("columns"))
        {
            Add(units, said, column, "unit");
            Add(abouts, said, column, "about");
        }

        var reaches = new Dictionary<string, HeaderText>(StringComparer.Ordinal);
        foreach (var (input, reach) in root.TextMap("reach"))
        {
            reaches[input] = new HeaderText(reach, root.OriginOf("reach", input).Line);
        }

        var header = new SqlHeader
        {
            PartitionColumn = partition,
            Key = key,
            KeyLine = root.OriginOf("key").Line,
            SqlStart = sqlStart,
            Description = root.Text("description"),
            Units = units,
            Abouts = abouts,
            Reaches = reaches,
            Calendar = root.Text("calendar") is { } calendar
                ? new HeaderText(calendar, root.OriginOf("calendar").Line)
                : null,
            IsByRange = isByRange,
            IsReadable = isKnown,
        };
        root.RejectUnknownKeys(HeaderKeys.Table);
        return header;
    }

    private static void Add(Dictionary<string, HeaderText> texts, YamlSection said, string column, string key)
    {
        if (said.Text(key) is { } text)
        {
            texts[column] = new HeaderText(text, said.OriginOf(key).Line);
        }
    }

    private static void Require(YamlSection root, string key, string expected)
    {
        if (!root.Has(key))
        {
            root.Problem(key, $"is missing from the header; expected {expected}");
        }
    }

    /// <summary>The body on the lines that it has in the file, so that faults are named by these.</summary>
    private static string Placed(int line, string body) => new string('\n', line - 1) + body;

    private static SqlHeader Unreadable(int sqlStart) =>
        new()
        {
            PartitionColumn = null,
            Key = [],
            KeyLine = 1,
            SqlStart = sqlStart,
            IsReadable = false,
        };
}
