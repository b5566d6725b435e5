using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols.Targets;

namespace Tidemark.Operations.Targets;

/// <summary>Which tags to list.</summary>
/// <param name="Prefix">Those that begin so, value by value; null for the prefixes alone.</param>
public sealed record ListTagsRequest(string? Prefix);

/// <summary>How a tag may begin.</summary>
/// <param name="Prefix">Without its colon.</param>
/// <param name="Values">How many values it has in the lake.</param>
/// <param name="WaitsFor">The lists that declare it and are not in the lake.</param>
public sealed record TagPrefix(string Prefix, int Values, IReadOnlyList<string> WaitsFor);

/// <summary>A tag.</summary>
/// <param name="Tag">As a rule names it.</param>
/// <param name="Instruments">How many instruments have it.</param>
public sealed record ListedTag(string Tag, int Instruments);

/// <summary>The tags that there are.</summary>
/// <param name="Day">As of which.</param>
/// <param name="Prefixes">Those that were asked for.</param>
/// <param name="Tags">Those of a prefix that was named, most instruments first; else empty.</param>
public sealed record ListTagsResponse(DateOnly Day, IReadOnlyList<TagPrefix> Prefixes, IReadOnlyList<ListedTag> Tags);

/// <summary><c>targets tags</c>: which tags the lists of the lake give.</summary>
public sealed class ListTags(TagRegistry registry, PlannedTargets targets)
{
    /// <exception cref="TidemarkException"><c>TAG_UNKNOWN</c>: no prefix begins so.</exception>
    public async Task<ListTagsResponse> RunAsync(ListTagsRequest request, CancellationToken stop)
    {
        var asked = request.Prefix?.TrimEnd(':').ToLowerInvariant();
        var day = targets.Day(asOf: null);
        var prefixes = registry
            .Prefixes.Where(p => asked is null || p == asked || p.StartsWith($"{asked}:", StringComparison.Ordinal))
            .ToArray();
        if (prefixes.Length == 0)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "TAG_UNKNOWN",
                $"No list declares tags that begin with '{asked}:'{NearestName.HintAtEnd(asked!, registry.Prefixes)}"
            );
        }

        var resolver = new TagResolver(registry, day);
        var listed = new List<TagPrefix>();
        var tags = new List<ListedTag>();
        foreach (var prefix in prefixes)
        {
            var (counts, missing) = await resolver.CountAsync(prefix, stop);
            listed.Add(new TagPrefix(prefix, counts.Count, [.. missing.Select(d => d.Id)]));
            if (asked is not null)
            {
                tags.AddRange(
                    counts
                        .OrderByDescending(c => c.Value)
                        .ThenBy(c => c.Key, StringComparer.Ordinal)
                        .Select(c => new ListedTag($"{prefix}:{c.Key}", c.Value))
                );
            }
        }

        return new ListTagsResponse(day, listed, tags);
    }
}
