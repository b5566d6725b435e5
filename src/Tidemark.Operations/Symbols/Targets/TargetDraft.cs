using Tidemark.Core.Markets;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>What a rule gave.</summary>
/// <param name="Symbols">The instruments, as the list has them.</param>
/// <param name="Problem">Why there is none.</param>
/// <param name="WaitsFor">The lists that it needs and the lake lacks.</param>
internal sealed record RuleAnswer(
    IReadOnlyCollection<string> Symbols,
    string? Problem,
    IReadOnlyList<ListNeed> WaitsFor
)
{
    public static RuleAnswer Of(IReadOnlyCollection<string> symbols) => new(symbols, null, []);

    public static RuleAnswer Nothing(string problem) => new([], problem, []);

    public static RuleAnswer Waiting(params IReadOnlyList<ListNeed> lists) =>
        new([], $"waits for {string.Join(", ", lists.Select(l => l.Dataset))}.", lists);
}

/// <summary>Collects the targets of all rules. An instrument is one, under whichever of its codes a rule has it.</summary>
internal sealed class TargetDraft(SymbolBook book)
{
    private readonly SortedDictionary<string, SortedSet<string>> _reasons = new(StringComparer.Ordinal);
    private readonly List<TargetRuleOutcome> _rules = [];
    private readonly Dictionary<string, SymbolMatch> _unknown = new(StringComparer.Ordinal);

    public SymbolMatch Find(string typed) => book.Find(typed);

    public void Add(NamedTarget target, SymbolMatch match)
    {
        Add(match.Symbol ?? target.Typed, target.Reason);
        if (match.Symbol is null && !book.IsEmpty)
        {
            _unknown[target.Typed] = match;
        }
    }

    public void Add(string reason, RuleAnswer answer)
    {
        var symbols = answer.Symbols.Select(book.Newest).ToHashSet(StringComparer.Ordinal);
        foreach (var symbol in symbols)
        {
            Add(symbol, reason);
        }

        _rules.Add(new TargetRuleOutcome(reason, symbols.Count, answer.Problem, answer.WaitsFor));
    }

    public TargetResolution ToResolution(DateOnly? day) =>
        new(day, [.. _reasons.Select(r => new Target(r.Key, [.. r.Value]))], _rules, [.. _unknown.Values]);

    private void Add(string symbol, string reason)
    {
        if (!_reasons.TryGetValue(symbol, out var reasons))
        {
            _reasons[symbol] = reasons = new SortedSet<string>(StringComparer.Ordinal);
        }

        reasons.Add(reason);
    }
}
