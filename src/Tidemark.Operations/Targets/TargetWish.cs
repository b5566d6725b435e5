using Tidemark.Core.Errors;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols.Targets;

namespace Tidemark.Operations.Targets;

/// <summary>What somebody wants to add to the targets, to take from them, or to look at.</summary>
public sealed record TargetWish
{
    /// <summary>As typed.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>As <see cref="TagRule"/> reads them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>As <see cref="IndexRule"/> reads them.</summary>
    public IReadOnlyList<string> Indexes { get; init; } = [];

    /// <summary>The watchlist that the symbols are of; null for the targets themselves.</summary>
    public string? Watchlist { get; init; }

    /// <summary>For how long the symbols are targets; null for always.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>The rules that it names.</summary>
    /// <param name="now">When it was said.</param>
    /// <exception cref="TidemarkException"><c>TARGETS_BAD_RULE</c>: a text is no rule, or nothing is named.</exception>
    internal TargetRules ToRules(DateTimeOffset now)
    {
        if (Symbols.Count + Tags.Count + Indexes.Count == 0)
        {
            throw Bad("Name symbols, tags (--tag) or indices (--index).");
        }

        var reason =
            Watchlist is { } list ? TargetRules.WatchlistReason(list)
            : Ttl is { } ttl ? new TempTarget("", now, now + ttl, now).Reason
            : TargetRules.Explicit;
        return new TargetRules(
            [.. Symbols.Select(s => new NamedTarget(Checked(s, TargetFile.IsSymbol), reason))],
            [.. Tags.Select(t => TagRule.TryParse(t) ?? throw Bad($"'{t}' is not {TagRule.Expected}."))],
            [.. Indexes.Select(i => IndexRule.TryParse(i) ?? throw Bad($"'{i}' is not {IndexRule.Expected}."))]
        );
    }

    private static string Checked(string symbol, Func<string, bool> isSymbol) =>
        isSymbol(symbol) ? symbol : throw Bad($"'{symbol}' is no symbol like 600519.SH.");

    private static TidemarkException Bad(string message) =>
        new(ErrorKind.BadRequest, "TARGETS_BAD_RULE", $"{message} Nothing was changed.");
}

/// <summary>Refuses what would give no target. Stateless; thread-safe.</summary>
public sealed class TargetWishes(PlannedTargets targets)
{
    /// <summary>The wish resolved by itself, so that its symbols are in their present spelling.</summary>
    /// <exception cref="TidemarkException">
    /// <c>TARGETS_UNMATCHED</c>: a symbol is in no list or ambiguous, or a rule gives nothing.
    /// </exception>
    internal async Task<TargetResolution> ResolveAsync(TargetRules rules, CancellationToken stop)
    {
        var resolved = await targets.ResolveAsync(rules, asOf: null, stop);
        string[] problems =
        [
            .. resolved.Unknown.Select(m =>
                m.Candidates.Count > 0
                    ? $"{m.Typed} may be {string.Join(" or ", m.Candidates)}: write it out."
                    : $"{m.Typed} is in no list of instruments."
            ),
            .. resolved
                .Rules.Where(r => r.Problem is not null && r.WaitsFor.Count == 0)
                .Select(r => $"{r.Reason}: {r.Problem}"),
        ];
        return problems.Length == 0
            ? resolved
            : throw new TidemarkException(
                ErrorKind.BadRequest,
                "TARGETS_UNMATCHED",
                $"{string.Join(" ", problems)} Nothing was changed."
            );
    }
}
