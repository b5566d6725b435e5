using Tidemark.Core;
using Tidemark.Definitions.Yaml;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>
/// Resolves the references of queries: declared tables of the same or an earlier layer, their <c>_dt</c> macros, and
/// harmless table functions.
/// </summary>
internal static class ReferenceRules
{
    private const string MacroSuffix = "_dt";

    // Table functions that make rows out of their arguments. All others read from outside the lake.
    private static readonly HashSet<string> s_functions = new(StringComparer.OrdinalIgnoreCase)
    {
        "range",
        "generate_series",
        "unnest",
        "json_each",
        "json_tree",
    };

    public static void Check(
        IReadOnlyList<ParsedTable> tables,
        IReadOnlyList<SqlFile> files,
        IReadOnlyList<TableDefinition> sources,
        IReadOnlyList<TableId> off,
        YamlProblems problems
    )
    {
        // Tables of files that do not parse count as declared, too: a reference to one is no second fault.
        var partitioned = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            partitioned[source.Id.ToString()] = source.HasDays;
        }

        foreach (var file in files)
        {
            partitioned[file.Table.ToString()] = file.Header.HasDays;
        }

        // Nobody has read whether a table that is off has days. A table that reads it is off as well, so the guess need
        // not be right.
        foreach (var table in off)
        {
            partitioned[table.ToString()] = true;
        }

        foreach (var table in tables)
        {
            foreach (var reference in table.References)
            {
                if (Resolve(reference, partitioned) is { } problem)
                {
                    table.IsSound = false;
                    problems.Add(table.At(reference.Position), problem);
                }
                else if (TargetOf(reference, partitioned) is { } target)
                {
                    AddInput(table, target, reference, problems);
                }
            }
        }
    }

    private static void AddInput(ParsedTable table, TableId target, SqlReference reference, YamlProblems problems)
    {
        var sameDay = reference.OfPartitionDate && !table.File.Header.IsByRange;
        table.Inputs[target] = table.Inputs.TryGetValue(target, out var before) ? before && sameDay : sameDay;
        if (LayerOf(target) > LayerOf(table.Id))
        {
            table.IsSound = false;
            problems.Add(
                table.At(reference.Position),
                $"{table.Id} reads {target} of a later layer; the order is {string.Join(" → ", TableLayers.All)}"
            );
        }
    }

    private static string? Resolve(SqlReference reference, Dictionary<string, bool> partitioned)
    {
        var name = reference.Schema.Length > 0 ? $"{reference.Schema}.{reference.Name}" : reference.Name;
        if (TargetOf(reference, partitioned) is not null)
        {
            return null;
        }

        if (reference.IsFunction)
        {
            if (reference.Schema.Length == 0)
            {
                return s_functions.Contains(reference.Name)
                    ? null
                    : $"the table function {name}() is not allowed here: warehouse SQL reads tables of the lake only";
            }

            return
                name.EndsWith(MacroSuffix, StringComparison.Ordinal)
                && partitioned.ContainsKey(name[..^MacroSuffix.Length])
                ? $"{name}(…): {name[..^MacroSuffix.Length]} has no days: it is not partitioned by dt or month"
                : $"unknown table macro {name}(…){NearestName.Hint(name, [.. partitioned.Where(p => p.Value).Select(p => p.Key + MacroSuffix)])}";
        }

        return reference.Schema.Length == 0
            ? $"'{name}': write tables with their layer, for example ods.ods_daily"
            : $"unknown table {name}: neither the warehouse nor the datasets define it{NearestName.Hint(name, partitioned.Keys)}";
    }

    private static TableId? TargetOf(SqlReference reference, Dictionary<string, bool> partitioned)
    {
        var name = reference.Name;
        if (reference.IsFunction)
        {
            if (!name.EndsWith(MacroSuffix, StringComparison.Ordinal))
            {
                return null;
            }

            name = name[..^MacroSuffix.Length];
        }

        return partitioned.TryGetValue($"{reference.Schema}.{name}", out var byDay) && (byDay || !reference.IsFunction)
            ? new TableId(reference.Schema, name)
            : null;
    }

    private static int LayerOf(TableId table)
    {
        for (var i = 0; i < TableLayers.All.Count; i++)
        {
            if (TableLayers.All[i] == table.Layer)
            {
                return i;
            }
        }

        return -1;
    }
}
