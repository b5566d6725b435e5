using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>
/// Finds the members of indices: by the lists of weights; those of an industry's index, by the industry.
/// </summary>
internal sealed class IndexResolver(TagRegistry registry, IndexMembers members, DatasetRegistry datasets)
{
    private const string IndustryPrefix = "ind:sw:";
    private const string IndustrySuffix = ".SI";

    /// <summary>The lists beside those of weights that an index needs.</summary>
    public IEnumerable<DatasetDefinition> ListsOf(string code) =>
        IsIndustry(code) ? Industries()
        : members.PartsOf(code) is [var part] && part != code && datasets.Find(IndexMembers.Indexes) is { } list
            ? [list]
        : [];

    public async Task<RuleAnswer> ResolveAsync(string code, DateOnly day, CancellationToken cancellationToken)
    {
        var listed = await members.ReadAsync(code, day, cancellationToken);
        if (listed is { Count: > 0 })
        {
            return RuleAnswer.Of(listed);
        }

        if (IsIndustry(code))
        {
            return await IndustryAsync(code, day, cancellationToken);
        }

        return listed is null
                ? RuleAnswer.Waiting([
                    .. ListsOf(code).Select(d => d.Id).Append(IndexMembers.Weights).Select(d => new ListNeed(d)),
                ])
            : members.Dataset is null
                ? RuleAnswer.Nothing($"the lists of members are those of {IndexMembers.Weights}, which is off.")
            : members.Parts.Contains(code)
                ? RuleAnswer.Nothing($"no list of its members is there from before {day.ToIso()}.")
            : RuleAnswer.Nothing(
                $"{IndexMembers.Weights} asks for the members of {string.Join(", ", members.Parts)} alone{NearestName.HintAtEnd(code, members.Parts)} A copy of it in your definitions can name others under part.values."
            );
    }

    private async Task<RuleAnswer> IndustryAsync(string code, DateOnly day, CancellationToken cancellationToken)
    {
        var symbols = new HashSet<string>(StringComparer.Ordinal);
        var missing = new List<ListNeed>();
        foreach (var dataset in Industries())
        {
            if (await registry.ReadAsync(dataset, cancellationToken) is not { } table)
            {
                missing.Add(new ListNeed(dataset.Id));
                continue;
            }

            foreach (var prefix in dataset.Tags!.By.Keys.Where(IsIndustryPrefix))
            {
                symbols.UnionWith(table.Having(prefix, code, day));
            }
        }

        return missing.Count > 0 ? RuleAnswer.Waiting(missing)
            : symbols.Count > 0 ? RuleAnswer.Of(symbols)
            : RuleAnswer.Nothing($"no industry with this code has a member on {day.ToIso()}.");
    }

    private IEnumerable<DatasetDefinition> Industries() =>
        registry
            .Prefixes.Where(IsIndustryPrefix)
            .SelectMany(p => registry.SourcesOf(p, "").Needed)
            .DistinctBy(d => d.Id);

    private static bool IsIndustryPrefix(string prefix) => prefix.StartsWith(IndustryPrefix, StringComparison.Ordinal);

    private static bool IsIndustry(string code) => code.EndsWith(IndustrySuffix, StringComparison.Ordinal);
}
