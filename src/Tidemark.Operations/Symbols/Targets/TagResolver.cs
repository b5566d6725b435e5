using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>Finds the instruments that have tags on a day. Reads each list once. Not thread-safe.</summary>
internal sealed class TagResolver(TagRegistry registry, DateOnly day)
{
    /// <summary>More values are not written into a message.</summary>
    private const int ValuesNamed = 12;

    private readonly Dictionary<string, TagTable?> _tables = new(StringComparer.Ordinal);

    /// <summary>The lists that a rule cannot be resolved without.</summary>
    public IEnumerable<DatasetDefinition> ListsOf(TagRule rule) =>
        rule.Tags.SelectMany(t =>
            PrefixOf(t) is var prefix ? registry.SourcesOf(prefix, t.ValueOf(prefix)!).Needed : []
        );

    public async Task<RuleAnswer> ResolveAsync(TagRule rule, CancellationToken cancellationToken)
    {
        HashSet<string>? symbols = null;
        foreach (var tag in rule.Tags)
        {
            var prefix = PrefixOf(tag);
            var value = tag.ValueOf(prefix)!;
            var (tables, missing) = await TablesAsync(prefix, value, cancellationToken);
            if (missing.Count > 0)
            {
                return RuleAnswer.Waiting([.. missing.Select(d => new ListNeed(d.Id))]);
            }

            var having = tables.SelectMany(t => Having(t, prefix, value)).ToHashSet(StringComparer.Ordinal);
            if (having.Count == 0)
            {
                return RuleAnswer.Nothing(Unmatched(tables, prefix, value));
            }

            symbols = symbols is null ? having : [.. symbols.Where(having.Contains)];
        }

        return symbols!.Count > 0
            ? RuleAnswer.Of(symbols)
            : RuleAnswer.Nothing($"no instrument has all of these tags on {day.ToIso()}.");
    }

    /// <summary>The values of a prefix with the number of instruments that have each.</summary>
    public async Task<(IReadOnlyDictionary<string, int> Counts, IReadOnlyList<DatasetDefinition> Missing)> CountAsync(
        string prefix,
        CancellationToken cancellationToken
    )
    {
        var (needed, others) = registry.SourcesOf(prefix, value: null);
        var tables = new List<TagTable>();
        var missing = new List<DatasetDefinition>();
        foreach (var dataset in needed.Concat(others))
        {
            if (await TableAsync(dataset, cancellationToken) is { } table)
            {
                tables.Add(table);
            }
            else
            {
                missing.Add(dataset);
            }
        }

        return (
            Values(tables, prefix)
                .Distinct()
                .CountBy(v => v.Value)
                .ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal),
            missing
        );
    }

    private string PrefixOf(Tag tag) =>
        registry.PrefixOf(tag)
        ?? throw new TidemarkException(
            ErrorKind.Configuration,
            "TAG_UNKNOWN",
            $"'{tag.Text}': no list declares tags that begin with '{tag.Prefix}:'{NearestName.HintAtEnd(tag.Prefix, registry.Prefixes)} A dataset declares them by its key 'tags' (docs/targets.md)."
        );

    private async Task<(List<TagTable> Tables, List<DatasetDefinition> Missing)> TablesAsync(
        string prefix,
        string value,
        CancellationToken cancellationToken
    )
    {
        var (needed, others) = registry.SourcesOf(prefix, value);
        var tables = new List<TagTable>();
        var missing = new List<DatasetDefinition>();
        foreach (var dataset in needed)
        {
            if (await TableAsync(dataset, cancellationToken) is { } table)
            {
                tables.Add(table);
            }
            else
            {
                missing.Add(dataset);
            }
        }

        foreach (var dataset in others)
        {
            if (await TableAsync(dataset, cancellationToken) is { } table)
            {
                tables.Add(table);
            }
        }

        return (tables, missing);
    }

    private async Task<TagTable?> TableAsync(DatasetDefinition dataset, CancellationToken cancellationToken)
    {
        if (!_tables.TryGetValue(dataset.Id, out var table))
        {
            table = await registry.ReadAsync(dataset, cancellationToken);
            _tables[dataset.Id] = table;
        }

        return table;
    }

    private IEnumerable<string> Having(TagTable table, string prefix, string value) =>
        prefix switch
        {
            TagSource.KindPrefix => table.Listed(day),
            TagSource.ExchangePrefix => Exchanges.Find(value) is { Code: var code }
                ? table.Listed(day).Where(s => Exchanges.OfSymbol(s) == code)
                : [],
            _ => table.Having(prefix, value, day),
        };

    private IEnumerable<(string Value, string Symbol)> Values(IEnumerable<TagTable> tables, string prefix) =>
        prefix switch
        {
            TagSource.KindPrefix => tables.SelectMany(t =>
                t.Listed(day).Select(s => (t.Dataset.Tags!.Kind!.Value.Name(), s))
            ),
            TagSource.ExchangePrefix => tables
                .SelectMany(t => t.Listed(day))
                .Select(s => (Exchanges.All.FirstOrDefault(e => e.Code == Exchanges.OfSymbol(s))?.VendorCode, s))
                .Where(v => v.VendorCode is not null)
                .Select(v => (v.VendorCode!, v.s)),
            _ => tables.SelectMany(t => t.Values(prefix, day)),
        };

    private string Unmatched(IReadOnlyList<TagTable> tables, string prefix, string value)
    {
        var known =
            prefix == TagSource.KindPrefix
                ? [.. registry.Instruments().Select(d => d.Tags!.Kind!.Value.Name()).Distinct()]
                : Values(tables, prefix).Select(v => v.Value).Distinct(StringComparer.Ordinal).ToArray();
        var hint =
            NearestName.Find(value, known) is { } nearest ? $"; did you mean '{prefix}:{nearest}'?"
            : known.Length is > 0 and <= ValuesNamed
                ? $"; there are {string.Join(", ", known.Order(StringComparer.Ordinal))}."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"; `tidemark targets tags {prefix}` lists the {known.Length} that there are."
            );
        return $"no instrument has '{prefix}:{value}' on {day.ToIso()}{hint}";
    }
}
