using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>What a dataset declares to be asked of rows before they are trusted.</summary>
internal static class TrustRules
{
    private const string OnNewColumn = "on_new_column";

    /// <summary>The vendor whose requests name the columns: see <c>TushareClient</c>.</summary>
    private const string AsksByName = "tushare";

    /// <summary>The key <c>unit_proof</c>; null where it is absent, and after a problem.</summary>
    public static UnitProof? UnitProof(YamlSection root, IReadOnlyList<ColumnDefinition> columns)
    {
        if (!root.Has("unit_proof"))
        {
            return null;
        }

        var section = root.Section("unit_proof");
        var volume = Number(section, "volume", columns);
        var amount = Number(section, "amount", columns);
        var low = Number(section, "low", columns);
        var high = Number(section, "high", columns);
        var policy = section.Word("on_other", RulePolicy.Warn);
        if (volume is null || amount is null || low is null || high is null)
        {
            return null;
        }

        var shares = Factor(section, "volume", volume, CountedUnits.Volumes);
        var money = Factor(section, "amount", amount, CountedUnits.Amounts);
        EnsurePrice(section, "low", low);
        EnsurePrice(section, "high", high);
        return new UnitProof(volume.Name, amount.Name, low.Name, high.Name, money / shares, policy);
    }

    /// <summary>The key <c>drift</c>.</summary>
    /// <param name="root">The file.</param>
    /// <param name="vendor">The dataset's.</param>
    public static DriftPolicies Drift(YamlSection root, string vendor)
    {
        var section = root.Section("drift");
        var onNew = section.Word(OnNewColumn, DriftPolicies.Default.OnNewColumn);
        if (onNew == NewColumnPolicy.Adopt && vendor == AsksByName)
        {
            section.Problem(
                OnNewColumn,
                $"is 'adopt', but {AsksByName} is asked for columns by name and sends no others; asked without names it leaves declared ones out. Expected warn or block"
            );
        }

        return new DriftPolicies(
            onNew,
            Policy(section, "on_missing", DriftPolicies.Default.OnMissing, "a column that is not there"),
            Policy(
                section,
                "on_retyped",
                DriftPolicies.Default.OnRetyped,
                "another type: a column of a table keeps its own"
            )
        );
    }

    /// <summary>The key <c>row_count</c>; null where it is absent.</summary>
    public static RowCountRule? RowCount(YamlSection root, DatasetDefinition dataset)
    {
        if (!root.Has("row_count"))
        {
            return null;
        }

        if (dataset.Grain is not (UnitGrain.TradingDay or UnitGrain.Snapshot))
        {
            root.Problem(
                "row_count",
                "makes no sense but with grain trading_day and snapshot: others have no usual number"
            );
        }

        var section = root.Section("row_count");
        if (!section.Has("min") && !section.Has("fall"))
        {
            root.Problem("row_count", "says nothing: expected min or fall");
        }

        return new RowCountRule(
            section.Has("min") ? section.RequiredInt("min", min: 1) : null,
            section.Has("fall") ? section.Double("fall", 0, min: 0, max: 1) : null,
            section.Word("on_break", RulePolicy.Warn)
        );
    }

    private static RulePolicy Policy(YamlSection section, string key, RulePolicy fallback, string what)
    {
        if (section.HoldsText(key) && section.Text(key) == "adopt")
        {
            section.Problem(key, $"is 'adopt', but nobody can adopt {what}; expected warn or block");
            return fallback;
        }

        return section.Word(key, fallback);
    }

    /// <summary>The key <c>rules</c>: column by column, in the order of the file.</summary>
    public static IReadOnlyList<ColumnRule> Rules(YamlSection root, IReadOnlyList<ColumnDefinition> columns)
    {
        var rules = new List<ColumnRule>();
        foreach (var (name, section) in root.SectionMap("rules"))
        {
            var rule = new ColumnRule
            {
                Column = name,
                Min = Bound(section, "min"),
                Above = Bound(section, "above"),
                Max = Bound(section, "max"),
                NotAbove = section.Has("not_above") ? Number(section, "not_above", columns)?.Name : null,
                NullsMax = section.Has("nulls") ? section.Double("nulls", 0, min: 0, max: 1) : null,
                OnBreak = section.Word("on_break", RulePolicy.Warn),
            };
            var hasRange = section.Has("min") || section.Has("above") || section.Has("max") || section.Has("not_above");
            if (columns.FirstOrDefault(each => each.Name == name) is not { } column)
            {
                var hint = NearestName.Hint(name, [.. columns.Select(each => each.Name)]);
                root.Problem("rules", $"names '{name}', which is no column{hint}");
            }
            else if (hasRange && !IsNumber(column))
            {
                root.Problem("rules", $"gives '{name}' a range, which has no numbers");
            }
            else if (!hasRange && rule.NullsMax is null)
            {
                root.Problem("rules", $"says nothing of '{name}': expected min, above, max, not_above or nulls");
            }

            rules.Add(rule);
        }

        return rules;
    }

    private static double? Bound(YamlSection section, string key) => section.Has(key) ? section.Double(key, 0) : null;

    private static bool IsNumber(ColumnDefinition column) => column.Kind is ColumnKind.Double or ColumnKind.Long;

    /// <summary>A column of numbers that a key names; null after a problem.</summary>
    private static ColumnDefinition? Number(YamlSection section, string key, IReadOnlyList<ColumnDefinition> columns)
    {
        var name = section.RequiredText(key);
        if (name.Length == 0)
        {
            return null;
        }

        var column = columns.FirstOrDefault(each => each.Name == name);
        if (column is null)
        {
            var hint = NearestName.Hint(name, [.. columns.Select(each => each.Name)]);
            section.Problem(key, $"names '{name}', which is no column{hint}");
            return null;
        }

        if (!IsNumber(column))
        {
            section.Problem(key, $"names '{name}', which has no numbers");
            return null;
        }

        return column;
    }

    private static double Factor(
        YamlSection section,
        string key,
        ColumnDefinition column,
        IReadOnlyDictionary<string, double> units
    )
    {
        if (column.Unit is { } unit && units.TryGetValue(unit, out var factor))
        {
            return factor;
        }

        section.Problem(
            key,
            $"names '{column.Name}' with the unit '{column.Unit}', expected one of {string.Join("; ", units.Keys)}"
        );
        return 1;
    }

    private static void EnsurePrice(YamlSection section, string key, ColumnDefinition column)
    {
        if (column.Unit != CountedUnits.Price)
        {
            section.Problem(
                key,
                $"names '{column.Name}' with the unit '{column.Unit}', expected prices in {CountedUnits.Price}: others prove nothing"
            );
        }
    }
}
