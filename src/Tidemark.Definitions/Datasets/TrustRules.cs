using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>What a dataset declares to be asked of rows before they are trusted.</summary>
internal static class TrustRules
{
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

        if (column.Kind is not (ColumnKind.Double or ColumnKind.Long))
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
