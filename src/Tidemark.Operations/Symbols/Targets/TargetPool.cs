using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Datasets;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>
/// The one answer to which instruments are targets, and why: the rules of the workspace file and of the settings,
/// resolved by the lists of the lake. Runs, status and commands all ask it. Stateless; thread-safe.
/// </summary>
public sealed class TargetPool(
    TargetPoolOptions options,
    TargetSettings settings,
    SymbolDirectory directory,
    TagRegistry registry,
    IndexMembers members,
    DatasetRegistry datasets
)
{
    /// <exception cref="TidemarkException">A file of targets is missing or has wrong lines.</exception>
    public async Task<TargetRules> RulesAsync(CancellationToken cancellationToken) =>
        TargetRules
            .Of(options)
            .And(
                TargetRules.Of(
                    await settings.ConfigAsync(cancellationToken),
                    await settings.TempAsync(cancellationToken)
                )
            );

    /// <param name="rules">What to resolve.</param>
    /// <param name="latest">
    /// The day as of which they are; asked only where a rule depends on it, because a calendar may have ended.
    /// </param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TidemarkException"><c>TAG_UNKNOWN</c>: no list declares the prefix of a tag.</exception>
    public async Task<TargetResolution> ResolveAsync(
        TargetRules rules,
        Func<DateOnly> latest,
        CancellationToken cancellationToken
    )
    {
        if (rules.IsEmpty)
        {
            return new TargetResolution(null, [], [], []);
        }

        var book = await directory.ReadAsync(cancellationToken);
        var draft = new TargetDraft(book);
        await AddNamedAsync(draft, rules.Named, cancellationToken);
        DateOnly? day = rules.Tags.Count + rules.Indexes.Count > 0 ? latest() : null;
        var tags = new TagResolver(registry, day ?? default);
        foreach (var rule in rules.Tags)
        {
            draft.Add($"tag:{rule.Text}", await tags.ResolveAsync(rule, cancellationToken));
        }

        var indexes = new IndexResolver(registry, members, datasets);
        foreach (var rule in rules.Indexes)
        {
            var code = book.Find(rule.Code).Symbol ?? CanonicalOf(rule.Code);
            draft.Add($"index:{rule}", await indexes.ResolveAsync(code, rule.On ?? day!.Value, cancellationToken));
        }

        return draft.ToResolution(day);
    }

    /// <summary>The lists that rules are resolved by.</summary>
    /// <exception cref="TidemarkException"><c>TAG_UNKNOWN</c>: no list declares the prefix of a tag.</exception>
    public async Task<TargetLists> ListsAsync(
        TargetRules rules,
        Func<DateOnly> latest,
        CancellationToken cancellationToken
    )
    {
        if (rules.Tags.Count + rules.Indexes.Count == 0)
        {
            return TargetLists.None;
        }

        var book = await directory.ReadAsync(cancellationToken);
        var day = latest();
        var tags = new TagResolver(registry, day);
        var indexes = new IndexResolver(registry, members, datasets);
        var lists = rules.Tags.SelectMany(tags.ListsOf).ToList();
        var parts = new List<(string Part, DateOnly Day)>();
        foreach (var rule in rules.Indexes)
        {
            var code = book.Find(rule.Code).Symbol ?? CanonicalOf(rule.Code);
            lists.AddRange(indexes.ListsOf(code));
            parts.AddRange(members.PartsOf(code).Select(p => (p, rule.On ?? day)));
        }

        return new TargetLists(
            [.. lists.DistinctBy(d => d.Id)],
            parts.Count > 0 ? members.Dataset : null,
            [.. parts.Distinct()]
        );
    }

    private static string CanonicalOf(string typed) =>
        SymbolSpelling.Parse(typed) is var spelling && spelling.Canonical is { } symbol ? symbol : spelling.Text;

    private async Task AddNamedAsync(
        TargetDraft draft,
        IReadOnlyList<NamedTarget> named,
        CancellationToken cancellationToken
    )
    {
        SymbolBook? others = null;
        foreach (var target in named)
        {
            var match = draft.Find(target.Typed);
            if (match.Symbol is null && match.Candidates.Count == 0)
            {
                // Only what the lists of the checks lack is looked for in the others.
                others ??= await OtherListsAsync(cancellationToken);
                match = others.IsEmpty ? match : others.Find(target.Typed);
            }

            draft.Add(target, match);
        }
    }

    /// <summary>The instruments of lists that no check names: contracts, currencies.</summary>
    private async Task<SymbolBook> OtherListsAsync(CancellationToken cancellationToken)
    {
        var symbols = new List<string>();
        foreach (var dataset in registry.Instruments().Where(d => !directory.Reads(d)))
        {
            symbols.AddRange((await registry.ReadAsync(dataset, cancellationToken))?.Rows.Select(r => r.Symbol) ?? []);
        }

        return new SymbolBook(symbols, new Dictionary<string, string>());
    }
}
