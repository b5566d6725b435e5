using Tidemark.Core.Errors;
using Tidemark.Core.Markets;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>An instrument with everything that makes it a target.</summary>
/// <param name="Symbol">Its present symbol; as it was typed where no list has it.</param>
/// <param name="Reasons">In order, each once.</param>
public sealed record Target(string Symbol, IReadOnlyList<string> Reasons);

/// <summary>A list without which a rule cannot be resolved.</summary>
/// <param name="Dataset">The list's dataset.</param>
/// <param name="Problem">Why no run can fetch it; null where the next one does.</param>
public sealed record ListNeed(string Dataset, string? Problem = null);

/// <summary>What became of a tag or an index.</summary>
/// <param name="Reason"><c>tag:industry:银行</c>, <c>index:000905.SH</c>.</param>
/// <param name="Count">How many instruments it gave.</param>
/// <param name="Problem">Why it gave none, and what to do; null when it gave some.</param>
/// <param name="WaitsFor">The lists that it cannot be resolved without.</param>
public sealed record TargetRuleOutcome(string Reason, int Count, string? Problem, IReadOnlyList<ListNeed> WaitsFor);

/// <summary>The targets that rules give on a day. Immutable.</summary>
/// <param name="Day">The day; null where no rule depends on it.</param>
/// <param name="Targets">By symbol.</param>
/// <param name="Rules">The tags and indexes, in their order.</param>
/// <param name="Unknown">Named symbols that no list has, or that may mean several.</param>
public sealed record TargetResolution(
    DateOnly? Day,
    IReadOnlyList<Target> Targets,
    IReadOnlyList<TargetRuleOutcome> Rules,
    IReadOnlyList<SymbolMatch> Unknown
)
{
    /// <summary>The code of targets that cannot be resolved.</summary>
    public const string UnresolvedCode = "TARGETS_UNRESOLVED";

    /// <summary>The lists without which nobody can say what the targets are.</summary>
    public IReadOnlyList<ListNeed> WaitsFor => [.. Rules.SelectMany(r => r.WaitsFor).Distinct()];

    /// <summary>The same, where it can be said which instruments are targets.</summary>
    /// <exception cref="TidemarkException">
    /// <c>TARGETS_UNRESOLVED</c>: a list is not in the lake. <c>TARGETS_EMPTY</c>: there are rules, and none gives any.
    /// </exception>
    public TargetResolution EnsureWhole()
    {
        var waiting = Rules.Where(r => r.WaitsFor.Count > 0).ToArray();
        if (waiting.Length > 0)
        {
            var lists = WaitsFor.Select(l => l.Problem is null ? l.Dataset : $"{l.Dataset} ({l.Problem})");
            throw new TidemarkException(
                ErrorKind.Configuration,
                UnresolvedCode,
                $"{string.Join(", ", waiting.Select(r => r.Reason))} cannot be resolved without {string.Join(", ", lists)}, of which the lake has nothing: `tidemark run targets` fetches what the account may use. Else take these rules from pools.targets or by `tidemark targets remove`."
            );
        }

        return Targets.Count > 0 || Rules.Count == 0
            ? this
            : throw new TidemarkException(
                ErrorKind.Configuration,
                "TARGETS_EMPTY",
                $"The targets have rules, and none of them gives an instrument: {string.Join(" ", Rules.Select(r => $"{r.Reason} {r.Problem}"))}"
            );
    }

    public TargetSymbols ToSymbols() =>
        new(Targets.Select(t => t.Symbol).ToHashSet(StringComparer.Ordinal), Unknown)
        {
            Rules = [.. Rules.Where(r => r.Problem is not null).Select(r => new RuleFault(r.Reason, r.Problem!))],
        };
}
