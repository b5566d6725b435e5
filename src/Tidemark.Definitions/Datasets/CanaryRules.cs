using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>The symbols without which a day is not believed: the key <c>canaries</c>.</summary>
internal static class CanaryRules
{
    private const string Canaries = "canaries";
    private const string Trades = "trades";

    /// <summary>What the file declares; null where it declares none, and after a problem.</summary>
    public static CanarySet? Of(YamlSection root, DatasetDefinition dataset)
    {
        if (!root.Has(Canaries))
        {
            return null;
        }

        if (dataset.Grain != UnitGrain.TradingDay)
        {
            root.Problem(Canaries, "makes no sense without grain trading_day: other units owe no symbol a row");
        }

        var section = root.Section(Canaries);
        var symbols = section.RequiredTextList("symbols");
        if (symbols.Count == 0 || symbols.Distinct().Count() != symbols.Count)
        {
            section.Problem("symbols", "must name at least one, and none twice");
        }

        var column = dataset.Columns.FirstOrDefault(each => dataset.Key is [var first, ..] && each.Name == first);
        if (column is not { Kind: ColumnKind.Text })
        {
            root.Problem(Canaries, "needs a key that begins with the text column that names the symbol");
            return null;
        }

        return new CanarySet
        {
            Symbols = symbols,
            Column = column.Name,
            List = new SymbolSource(section.RequiredText("symbols_of"), column.Name),
            TradesOf = section.Text(Trades),
        };
    }

    /// <summary>What is wrong with the dataset that tells halts.</summary>
    public static IEnumerable<YamlProblem> Problems(
        DatasetDefinition dataset,
        YamlOrigin file,
        IReadOnlyList<DatasetDefinition> all,
        IReadOnlySet<string> faulty
    )
    {
        if (
            dataset.Canaries?.TradesOf is { } trades
            && !faulty.Contains(trades)
            && all.FirstOrDefault(each => each.Id == trades) is not { Canaries: not null }
        )
        {
            string[] able = [.. all.Where(each => each.Canaries is not null).Select(each => each.Id)];
            yield return new YamlProblem(
                file,
                $"'{Canaries}.{Trades}' is '{trades}', which is no dataset with '{Canaries}'{NearestName.Hint(trades, able)}"
            );
        }
    }
}
