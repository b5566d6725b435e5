using System.Text;
using Tidemark.Core;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Warehouse;
using Tidemark.Definitions.Yaml;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>
/// One SQL file: its path, its table, its header, and its text with the declared variables filled in.
/// </summary>
internal sealed record SqlFile(string Path, TableId Table, SqlHeader Header, string Sql)
{
    /// <summary>The partitioning that the header declares.</summary>
    public TablePartitioning Partitioning { get; } =
        TablePartitioning.By(Header.PartitionColumn is { } column ? [column] : []);

    /// <summary>
    /// Reads a file; null, with a problem, when it cannot be read or its name is no table of its layer.
    /// </summary>
    public static SqlFile? Read(DefinitionSource source, string layer, WarehouseConfig config, YamlProblems problems)
    {
        var path = source.Path;
        if (!source.TryText(problems, out var text))
        {
            return null;
        }

        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        var table = NameOf(path, layer, name, problems);
        var header = SqlHeader.Read(path, text, problems);
        var sql = text[..header.SqlStart] + FillIn(path, text, header, config, problems);
        return table is { } id ? new SqlFile(path, id, header, WithoutEnd(sql)) : null;
    }

    internal static bool IsVariableName(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    private static TableId? NameOf(string path, string layer, string name, YamlProblems problems)
    {
        var origin = new YamlOrigin(path, 1);
        var layers = TableLayers.All.Skip(1).ToArray();
        if (!layers.Contains(layer))
        {
            var reason =
                layer == TableLayers.All[0] ? "ods tables are made from datasets, not from SQL" : "unknown layer";
            problems.Add(origin, $"{reason}: '{layer}'; layers are {string.Join(", ", layers)}");
            return null;
        }

        if (!name.StartsWith(layer + "_", StringComparison.Ordinal))
        {
            problems.Add(origin, $"a table of the layer {layer} is named {layer}_…, not '{name}'");
            return null;
        }

        if (!name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
        {
            problems.Add(origin, $"'{name}' is not a table name: lower-case letters, digits and underscores only");
            return null;
        }

        return new TableId(layer, name);
    }

    /// <summary>
    /// The SQL after the header, with <c>${NAME}</c> replaced by its value. The variables of days stay until the days
    /// are built.
    /// </summary>
    private static string FillIn(
        string path,
        string text,
        SqlHeader header,
        WarehouseConfig config,
        YamlProblems problems
    )
    {
        var filled = new StringBuilder(text.Length);
        var used = new HashSet<string>(StringComparer.Ordinal);
        var isMisused = false; // one such fault is enough
        var position = header.SqlStart;
        while (text.IndexOf("${", position, StringComparison.Ordinal) is var start && start >= 0)
        {
            filled.Append(text, position, start - position);
            var line = 1 + text.AsSpan(0, start).Count('\n');
            var end = text.IndexOf('}', start);
            if (end < 0)
            {
                problems.Add(new YamlOrigin(path, line), "'${' without '}'");
                position = start + 2;
                continue;
            }

            var name = text[(start + 2)..end];
            position = end + 1;
            if (WarehouseTable.DayVariables.Contains(name))
            {
                filled.Append(text, start, position - start);
                used.Add(name);
                if (!isMisused && header.IsReadable && Misuse(name, header) is { } misuse)
                {
                    isMisused = true;
                    problems.Add(new YamlOrigin(path, line), misuse);
                }
            }
            else if (config.Variables.TryGetValue(name, out var value))
            {
                filled.Append(value);
            }
            else
            {
                var known = config.Variables.Keys.Concat(WarehouseTable.DayVariables).ToArray();
                problems.Add(new YamlOrigin(path, line), $"unknown variable '{name}'{NearestName.Hint(name, known)}");
                filled.Append("NULL");
            }
        }

        filled.Append(text, position, text.Length - position);
        if (!isMisused && header.IsReadable && Lacking(header, used) is { } lacking)
        {
            problems.Add(new YamlOrigin(path, 1), lacking);
        }

        return filled.ToString();
    }

    /// <summary>What is wrong with a day's variable in a table of this kind; null when it is right.</summary>
    private static string? Misuse(string name, SqlHeader header)
    {
        if (!header.HasDays)
        {
            return $"${{{name}}} in a table that is not partitioned by dt or month";
        }

        return header.IsByRange == (name != WarehouseTable.PartitionDate) ? null
            : header.IsByRange
                ? $"${{{name}}} in a table with 'mode: range', whose query makes the days from ${{{WarehouseTable.RangeFrom}}} to ${{{WarehouseTable.RangeTo}}}"
            : $"${{{name}}} in a table that is built a day at a time: say 'mode: range' in the header, or use ${{{WarehouseTable.PartitionDate}}}";
    }

    /// <summary>The variable that a query of days must use and does not; null when it uses all.</summary>
    private static string? Lacking(SqlHeader header, HashSet<string> used)
    {
        if (!header.HasDays)
        {
            return null;
        }

        if (header.IsByRange)
        {
            return used.Contains(WarehouseTable.RangeFrom) && used.Contains(WarehouseTable.RangeTo)
                ? null
                : $"a table with 'mode: range' must use ${{{WarehouseTable.RangeFrom}}} and ${{{WarehouseTable.RangeTo}}}; without them every range would hold the same rows";
        }

        return used.Contains(WarehouseTable.PartitionDate)
            ? null
            : $"a table with 'partition: {header.PartitionColumn}' must use ${{{WarehouseTable.PartitionDate}}}; without it every day would hold the same rows";
    }

    /// <summary>Removes the semicolon and comment lines at the end, so that the query can be put in brackets.</summary>
    private static string WithoutEnd(string sql)
    {
        while (true)
        {
            var trimmed = sql.TrimEnd().TrimEnd(';').TrimEnd();
            var lastLine = trimmed.LastIndexOf('\n') + 1;
            if (lastLine > 0 && trimmed.AsSpan(lastLine).TrimStart().StartsWith("--", StringComparison.Ordinal))
            {
                trimmed = trimmed[..lastLine].TrimEnd();
            }

            if (trimmed.Length == sql.Length)
            {
                return sql;
            }

            sql = trimmed;
        }
    }
}
