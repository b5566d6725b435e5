using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Symbols.Targets;

namespace Tidemark.Operations.Targets;

/// <summary>Which targets to list.</summary>
/// <param name="AsOf">Treated as the latest finished day; null for what the clock says.</param>
public sealed record ListTargetsRequest(DateOnly? AsOf = null);

/// <summary>A target as commands show it.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Kind">What it is; null where no list of instruments has it.</param>
/// <param name="IsRegistered">Whether a list of instruments has it.</param>
/// <param name="Reasons">Everything that makes it one.</param>
public sealed record ListedTarget(string Symbol, Bucket? Kind, bool IsRegistered, IReadOnlyList<string> Reasons);

/// <summary>The targets.</summary>
/// <param name="Day">As of which; null where no rule depends on it.</param>
/// <param name="Targets">By symbol.</param>
/// <param name="Rules">The tags and indexes, and what became of them.</param>
/// <param name="Unknown">Named symbols that no list has, or that may mean several.</param>
public sealed record ListTargetsResponse(
    DateOnly? Day,
    IReadOnlyList<ListedTarget> Targets,
    IReadOnlyList<TargetRuleOutcome> Rules,
    IReadOnlyList<SymbolMatch> Unknown
);

/// <summary><c>targets</c>: the targets of runs and of status, with all reasons. Changes nothing.</summary>
public sealed class ListTargets(PlannedTargets targets, TagRegistry registry, SymbolDirectory directory)
{
    /// <exception cref="TidemarkException">A file of targets or the prefix of a tag is wrong.</exception>
    public async Task<ListTargetsResponse> RunAsync(ListTargetsRequest request, CancellationToken stop)
    {
        var resolved = await targets.ResolveAsync(request.AsOf, stop);
        var book = await directory.ReadAsync(stop);
        var kinds = resolved.Targets.Count == 0 ? [] : await KindsAsync(book, stop);
        return new ListTargetsResponse(
            resolved.Day,
            [
                .. resolved.Targets.Select(t =>
                    kinds.TryGetValue(t.Symbol, out var kind)
                        ? new ListedTarget(t.Symbol, kind, IsRegistered: true, t.Reasons)
                        : new ListedTarget(t.Symbol, null, book.Contains(t.Symbol), t.Reasons)
                ),
            ],
            resolved.Rules,
            resolved.Unknown
        );
    }

    private async Task<Dictionary<string, Bucket>> KindsAsync(SymbolBook book, CancellationToken stop)
    {
        var kinds = new Dictionary<string, Bucket>(StringComparer.Ordinal);
        foreach (var dataset in registry.Instruments().OrderBy(d => d.Tags!.Kind))
        {
            foreach (var row in (await registry.ReadAsync(dataset, stop))?.Rows ?? [])
            {
                kinds.TryAdd(book.Newest(row.Symbol), dataset.Tags!.Kind!.Value);
            }
        }

        return kinds;
    }
}
