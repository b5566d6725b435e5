using System.Text;
using Tidemark.Core.Definitions;
using Tidemark.Core.Yaml;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>One SQL file: where it stands, what its header declares, and its text with the declared variables filled in.</summary>
internal sealed record SqlFile(string Path, TableId Table, SqlHeader Header, string Sql)
{
    /// <summary>Reads a file; null when its name is no table of its layer (which is noted).</summary>
    public static SqlFile? Read(string path, string layer, WarehouseConfig config, YamlProblems problems)
    {
        var text = DefinitionText.Read(path, WarehouseProject.ErrorCode);
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        var table = NameOf(path, layer, name, problems);
        var header = SqlHeader.Read(path, text.Split('\n'), problems);
        var sql = FillIn(path, text, header, config, problems);
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

    /// <summary>Replaces <c>${NAME}</c> by its value; the partition's date stays until a partition is built.</summary>
    private static string FillIn(
        string path,
        string text,
        SqlHeader header,
        WarehouseConfig config,
        YamlProblems problems
    )
    {
        var filled = new StringBuilder(text.Length);
        var usesDate = false;
        var position = 0;
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
            if (name == WarehouseTable.PartitionDate)
            {
                usesDate = true;
                filled.Append(WarehouseTable.PartitionPlaceholder);
                if (!header.HasDays)
                {
                    problems.Add(
                        new YamlOrigin(path, line),
                        "${PARTITION_DATE} in a table that is not partitioned by dt or month"
                    );
                }
            }
            else if (config.Variables.TryGetValue(name, out var value))
            {
                filled.Append(value);
            }
            else
            {
                var known = config.Variables.Keys.Append(WarehouseTable.PartitionDate).ToArray();
                problems.Add(new YamlOrigin(path, line), $"unknown variable '{name}'{NearestName.Hint(name, known)}");
                filled.Append("NULL");
            }
        }

        filled.Append(text, position, text.Length - position);
        if (header.HasDays && !usesDate)
        {
            problems.Add(
                new YamlOrigin(path, 1),
                $"a table with 'partition: {header.Partitioning}' must use ${{PARTITION_DATE}}; without it every day would hold the same rows"
            );
        }

        return filled.ToString();
    }

    /// <summary>Without the semicolon and comment lines at its end, so that the query can stand in brackets.</summary>
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
