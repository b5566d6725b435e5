using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>
/// What a dataset must declare, and must not, because of its grain: how its units are asked for and how their rows are
/// told from others'.
/// </summary>
internal static class GrainRules
{
    private static readonly Dictionary<string, PeriodKind> s_lengths = new()
    {
        ["month"] = PeriodKind.Month,
        ["quarter"] = PeriodKind.Quarter,
        ["year"] = PeriodKind.Year,
    };

    private static readonly Dictionary<string, bool> s_days = new() { ["every"] = false, ["last_of_week"] = true };

    private static readonly Dictionary<UnitGrain, GrainRule> s_rules = new()
    {
        [UnitGrain.TradingDay] = new(
            "trading_day",
            Needs:
            [
                [RequestWords.Day],
            ],
            Periods: [RequestWords.Day]
        )
        {
            How = "is asked for day by day",
        },
        [UnitGrain.Snapshot] = new("snapshot", Needs: [], Periods: [RequestWords.Day]) { HasGroups = true },
        [UnitGrain.Symbol] = new(
            "symbol",
            Needs:
            [
                [RequestWords.Part],
                [RequestWords.From, .. PeriodWords],
                [RequestWords.To, .. PeriodWords],
            ],
            Periods: [RequestWords.From, RequestWords.To, .. PeriodWords]
        )
        {
            How = "is asked for symbol by symbol, a stretch of days at a time",
            HasLength = true,
            HasSymbols = true,
        },
        [UnitGrain.Period] = new(
            "period",
            Needs:
            [
                [RequestWords.From, RequestWords.To, .. PeriodWords],
            ],
            Periods: [RequestWords.From, RequestWords.To, .. PeriodWords]
        )
        {
            How = "is asked for period by period",
            HasLength = true,
            HasGroups = true,
        },
        [UnitGrain.Events] = new(
            "events",
            Needs:
            [
                [RequestWords.From],
                [RequestWords.To],
            ],
            Periods: [RequestWords.From, RequestWords.To]
        )
        {
            How = "is asked for a stretch of days at a time",
            HasLength = true,
            HasGroups = true,
        },
    };

    private static readonly GrainRule s_range = new(
        "symbol",
        Needs:
        [
            [RequestWords.Part],
            [RequestWords.From],
            [RequestWords.To],
        ],
        Periods: [RequestWords.From, RequestWords.To]
    )
    {
        How = "is asked for symbol by symbol, any range of days at a time",
        HasSymbols = true,
    };

    private static string[] PeriodWords => [RequestWords.Month, RequestWords.Quarter, RequestWords.Year];

    /// <summary>The key <c>per</c>; a day where the grain has none.</summary>
    public static PeriodKind Length(YamlSection root, UnitGrain grain)
    {
        var rule = s_rules[grain];
        if (!rule.HasLength)
        {
            if (root.Has("per"))
            {
                root.Text("per");
                root.Problem("per", $"makes no sense with grain {rule.Word}: its units are days");
            }

            return PeriodKind.Day;
        }

        if (!root.Has("per"))
        {
            root.Problem("per", $"is required with grain {rule.Word}: month, quarter or year");
        }

        return root.Word("per", s_lengths, PeriodKind.Month);
    }

    /// <summary>The key <c>days</c>.</summary>
    public static bool IsWeekly(YamlSection root, UnitGrain grain)
    {
        var isWeekly = root.Word("days", s_days, fallback: false);
        if (root.Has("days") && grain != UnitGrain.TradingDay)
        {
            root.Problem("days", $"makes no sense with grain {s_rules[grain].Word}: its units are no trading days");
        }

        return isWeekly;
    }

    /// <summary>The key <c>accumulates</c>.</summary>
    public static bool Accumulates(YamlSection root, UnitGrain grain, IReadOnlyList<string> key)
    {
        var accumulates = root.Bool("accumulates", fallback: false);
        if (accumulates && grain != UnitGrain.Snapshot)
        {
            root.Problem("accumulates", $"makes no sense with grain {s_rules[grain].Word}: its past can be asked for");
        }
        else if (accumulates && key.Count == 0)
        {
            root.Problem("accumulates", "makes no sense without a key, by which rows that stay are told from new ones");
        }

        return accumulates;
    }

    /// <summary>The section <c>part</c>; null where there is none.</summary>
    /// <param name="root">The file.</param>
    /// <param name="grain">The dataset's.</param>
    /// <param name="key">The dataset's, by whose first column symbols are told unless another is named.</param>
    public static PartSource? Part(YamlSection root, UnitGrain grain, IReadOnlyList<string> key)
    {
        var rule = s_rules[grain];
        if (!root.Has("part"))
        {
            if (rule.HasSymbols)
            {
                root.Problem(
                    "part",
                    $"is required with grain {rule.Word}, for example {{ symbols_of: tushare.stock_basic }}"
                );
            }

            return null;
        }

        var section = root.Section("part");
        if (!rule.HasSymbols && !rule.HasGroups)
        {
            root.Problem("part", $"makes no sense with grain {rule.Word}: its units are whole days");
        }

        var list = section.Text("symbols_of");
        var values = section.Has("values") ? section.RequiredTextList("values") : [];
        if ((list is null) == rule.HasSymbols && (rule.HasSymbols || rule.HasGroups))
        {
            section.Problem(
                "symbols_of",
                rule.HasSymbols
                    ? "is required with grain symbol"
                    : $"makes no sense with grain {rule.Word}: name 'values'"
            );
        }
        else if (list is null && (values.Count == 0 || values.Distinct().Count() != values.Count))
        {
            section.Problem("values", "must name at least one part, and none twice");
        }

        var column = section.Text("column") ?? (list is not null && key is [var first, ..] ? first : null);
        if (list is not null && column is null)
        {
            section.Problem("column", "is required where the rows have no key: it names the symbol in every row");
        }

        return new PartSource
        {
            Column = column,
            Values = values,
            Symbols = list is null
                ? null
                : new SymbolSource(
                    list,
                    section.Text("symbol") ?? column ?? "",
                    section.Text("listed"),
                    section.Text("delisted"),
                    section.Text("where")
                ),
            Sample = section.Text("sample"),
        };
    }

    /// <summary>Placeholders that there are, and all that the grain needs.</summary>
    public static void CheckPlaceholders(YamlSection request, DatasetDefinition dataset)
    {
        var rule = dataset.Per == PeriodKind.Range ? s_range : s_rules[dataset.Grain];
        string[] allowed = dataset.Part is null ? rule.Periods : [.. rule.Periods, RequestWords.Part];
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in dataset.Parameters)
        {
            used.UnionWith(WordsOf("params", name, value));
        }

        foreach (var (name, values) in dataset.FanOut.Where(of => of.Value.Count > 0))
        {
            // What one of the calls lacks is not used: it would ask for the same whatever the unit is.
            used.UnionWith(
                values.Select(value => WordsOf("fan_out", name, value)).Aggregate((all, next) => all.Intersect(next))
            );
        }

        if (dataset.SendsAllDays && dataset.Grain is not (UnitGrain.Symbol or UnitGrain.Events))
        {
            request.Problem("all_days", $"makes no sense with grain {rule.Word}: its units are not ranges of days");
        }

        IEnumerable<string> WordsOf(string key, string name, string value)
        {
            if (RequestWords.In(value) is { } words && !words.Except(allowed).Any())
            {
                return words;
            }

            var known = allowed.Length == 1 ? "the only placeholder is" : "the placeholders are";
            request.Problem(key, $"gives {name} '{value}'; {known} {Braced(allowed, ", ")}");
            return [];
        }

        bool IsNeeded(string[] need) =>
            !dataset.SendsAllDays || !(need.Contains(RequestWords.From) || need.Contains(RequestWords.To));
        foreach (var need in rule.Needs.Where(need => IsNeeded(need) && !need.Any(used.Contains)))
        {
            request.Problem("params", $"must use {Braced(need, " or ")}: a dataset with grain {rule.Word} {rule.How}");
        }

        if (dataset.Part is not null && !used.Contains(RequestWords.Part) && !rule.HasSymbols)
        {
            request.Problem("params", $"must use {{{RequestWords.Part}}}: each part is asked for by itself");
        }
    }

    /// <summary>The columns that prove that the vendor sent what was asked for.</summary>
    public static void CheckProof(YamlSection root, DatasetDefinition dataset)
    {
        var rule = s_rules[dataset.Grain];
        CheckColumn(root, dataset, "date_column", dataset.DateColumn, ColumnKind.Date);
        CheckColumn(root, dataset, "period_column", dataset.PeriodColumn, ColumnKind.Text);
        if (root.Has("part"))
        {
            CheckPartColumn(root.Section("part"), dataset);
        }

        if (dataset.IsList)
        {
            if (dataset.DateColumn is not null)
            {
                root.Problem("date_column", "makes no sense with grain snapshot: its rows do not belong to the day");
            }
        }
        else if (dataset.DateColumn is null && dataset.Grain != UnitGrain.Period)
        {
            root.Problem(
                "date_column",
                $"is required with grain {rule.Word}: it proves that the vendor sent the day that was asked for"
            );
        }

        if (dataset.Grain != UnitGrain.Period && dataset.PeriodColumn is not null)
        {
            root.Problem("period_column", $"makes no sense with grain {rule.Word}");
        }
        else if (dataset is { Grain: UnitGrain.Period, DateColumn: null, PeriodColumn: null })
        {
            root.Problem(
                "period_column",
                "or 'date_column' is required with grain period: it proves that the vendor sent the period that was asked for"
            );
        }
    }

    /// <summary>The column that must name the part in every row.</summary>
    public static void CheckPartColumn(YamlSection part, DatasetDefinition dataset) =>
        CheckColumn(part, dataset, "column", dataset.Part?.Column, ColumnKind.Text);

    private static void CheckColumn(
        YamlSection section,
        DatasetDefinition dataset,
        string key,
        string? name,
        ColumnKind kind
    )
    {
        if (name is null)
        {
            return;
        }

        var column = dataset.Columns.FirstOrDefault(each => each.Name == name);
        if (column is null)
        {
            var names = dataset.Columns.Select(each => each.Name).ToList();
            section.Problem(key, $"is '{name}', which is no column{NearestName.Hint(name, names)}");
        }
        else if (column.Kind != kind)
        {
            section.Problem(key, $"is '{name}', which is not of type {(kind == ColumnKind.Date ? "date" : "text")}");
        }
    }

    private static string Braced(IEnumerable<string> words, string separator) =>
        string.Join(separator, words.Select(word => $"{{{word}}}"));

    /// <param name="Word">As the file spells it.</param>
    /// <param name="Needs">Placeholders: one of each group must be used.</param>
    /// <param name="Periods">Placeholders that tell one period from another.</param>
    private sealed record GrainRule(string Word, string[][] Needs, string[] Periods)
    {
        /// <summary>Why it needs them.</summary>
        public string How { get; init; } = "";

        /// <summary>Whether the length of a unit is declared.</summary>
        public bool HasLength { get; init; }

        /// <summary>Whether a unit may be one of a few parts that are declared.</summary>
        public bool HasGroups { get; init; }

        /// <summary>Whether a unit is a symbol's.</summary>
        public bool HasSymbols { get; init; }
    }
}
