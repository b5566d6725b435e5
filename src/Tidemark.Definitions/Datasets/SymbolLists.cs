using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>
/// The lists from which datasets by symbol have their symbols, as far as all datasets together can tell of them.
/// </summary>
internal static class SymbolLists
{
    private const string ListedByDefault = "list_date";
    private const string DelistedByDefault = "delist_date";

    /// <summary>What is wrong with the list that a dataset names.</summary>
    public static IEnumerable<YamlProblem> Problems(
        DatasetDefinition dataset,
        YamlOrigin file,
        IReadOnlyList<DatasetDefinition> all,
        IReadOnlySet<string> faulty
    ) =>
        // Without the list of another axis the dataset is fetched in its own way, without that of canaries they say
        // nothing.
        Problems(dataset, dataset.Part?.Symbols, file, "part.", all, faulty)
            .Concat(ProblemsBeside(dataset, dataset.BySymbol?.Part?.Symbols, file, "axes.symbol.part.", all, faulty))
            .Concat(ProblemsBeside(dataset, dataset.Canaries?.List, file, "canaries.", all, faulty))
            .Concat(CanaryRules.Problems(dataset, file, all, faulty));

    private static IEnumerable<YamlProblem> ProblemsBeside(
        DatasetDefinition dataset,
        SymbolSource? source,
        YamlOrigin file,
        string section,
        IReadOnlyList<DatasetDefinition> all,
        IReadOnlySet<string> faulty
    ) => source is null || faulty.Contains(source.Dataset) ? [] : Problems(dataset, source, file, section, all, faulty);

    private static IEnumerable<YamlProblem> Problems(
        DatasetDefinition dataset,
        SymbolSource? source,
        YamlOrigin file,
        string section,
        IReadOnlyList<DatasetDefinition> all,
        IReadOnlySet<string> faulty
    )
    {
        if (source is null)
        {
            yield break;
        }

        var list = all.FirstOrDefault(each => each.Id == source.Dataset);
        if (faulty.Contains(source.Dataset) && source.Dataset != dataset.Id)
        {
            yield return YamlSection.LeftOut(file, $"{section}symbols_of", source.Dataset);
            yield break;
        }

        if (list is not { IsList: true })
        {
            var lists = all.Where(each => each.IsList).Select(each => each.Id).ToList();
            yield return new YamlProblem(
                file,
                $"'{section}symbols_of' is '{source.Dataset}', which is no dataset with grain snapshot{NearestName.Hint(source.Dataset, lists)}"
            );
            yield break;
        }

        (string Key, string? Column)[] columns =
        [
            ("symbol", source.Symbol),
            ("listed", source.Listed),
            ("delisted", source.Delisted),
        ];
        foreach (var (key, column) in columns.Where(each => each.Column is not null))
        {
            var names = list.Columns.Select(each => each.Name).ToList();
            if (!names.Contains(column!))
            {
                yield return new YamlProblem(
                    file,
                    $"'{section}{key}' is '{column}', which is no column of {list.Id}{NearestName.Hint(column!, names)}"
                );
            }
        }
    }

    /// <summary>
    /// The same dataset; its list's days of listing are used where it has the usual columns and no others were named.
    /// </summary>
    public static DatasetDefinition WithDefaults(DatasetDefinition dataset, IReadOnlyList<DatasetDefinition> all)
    {
        if (dataset.Canaries is { } canaries)
        {
            var source = WithDefaults(canaries.List, all);
            dataset = dataset with
            {
                Canaries = source is null
                    ? null
                    : canaries with
                    {
                        List = source,
                        Trades = all.FirstOrDefault(each => each.Id == canaries.TradesOf),
                    },
            };
        }

        if (dataset.BySymbol is { } axis)
        {
            var hasList = all.Any(each => each.Id == axis.Part!.Symbols!.Dataset);
            return dataset with { BySymbol = hasList ? WithDefaults(axis, all) : null };
        }

        return dataset.Part is { Symbols: { } symbols } part && WithDefaults(symbols, all) is { } known
            ? dataset with
            {
                Part = part with { Symbols = known },
            }
            : dataset;
    }

    /// <summary>The same list with its usual columns; null where there is no such dataset.</summary>
    private static SymbolSource? WithDefaults(SymbolSource source, IReadOnlyList<DatasetDefinition> all)
    {
        if (all.FirstOrDefault(each => each.Id == source.Dataset) is not { } list)
        {
            return null;
        }

        string? Usual(string name) =>
            list.Columns.Any(each => each.Name == name && each.Kind == ColumnKind.Date) ? name : null;
        return source with
        {
            Listed = source.Listed ?? Usual(ListedByDefault),
            Delisted = source.Delisted ?? Usual(DelistedByDefault),
        };
    }
}
