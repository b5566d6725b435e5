using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>The ways beside its own in which a dataset may be asked for: the key <c>axes</c>.</summary>
internal static class AxisRules
{
    private const string Axes = "axes";

    /// <summary>
    /// The same dataset, asked for by symbol and any range of days; null where the file does not say how.
    /// </summary>
    public static DatasetDefinition? BySymbol(YamlSection root, DatasetDefinition dataset)
    {
        if (!root.Has(Axes))
        {
            return null;
        }

        if (dataset.Grain != UnitGrain.TradingDay)
        {
            root.Problem(
                Axes,
                "makes no sense without grain trading_day: only days of a whole market have another way"
            );
        }

        var axes = root.Section(Axes);
        if (!axes.Has("symbol"))
        {
            root.Problem(Axes, "must name 'symbol', which is the only one");
            return null;
        }

        var section = axes.Section("symbol");
        var part = section.Section("part");
        var column = part.Text("column") ?? (dataset.Key is [var first, ..] ? first : "");
        var bySymbol = dataset with
        {
            Grain = UnitGrain.Symbol,
            Per = PeriodKind.Range,
            RowCount = null, // it is of a whole day
            Canaries = null, // an answer about one symbol has no other
            Parameters = section.TextMap("params"),
            Part = new PartSource
            {
                Column = column,
                Symbols = new SymbolSource(
                    part.RequiredText("symbols_of"),
                    part.Text("symbol") ?? column,
                    part.Text("listed"),
                    part.Text("delisted"),
                    part.Text("where")
                ),
            },
        };
        GrainRules.CheckPlaceholders(section, bySymbol);
        GrainRules.CheckPartColumn(part, bySymbol);
        return bySymbol;
    }
}
