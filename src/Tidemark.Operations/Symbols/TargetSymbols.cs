using Tidemark.Core.Errors;
using Tidemark.Core.Markets;

namespace Tidemark.Operations.Symbols;

/// <summary>The targets, matched with the lists.</summary>
/// <param name="Symbols">The present symbols; a symbol that is not known yet is as it was typed.</param>
/// <param name="Unknown">Symbols that no list has, or that may mean several instruments.</param>
public sealed record TargetSymbols(IReadOnlySet<string> Symbols, IReadOnlyList<SymbolMatch> Unknown)
{
    /// <summary>Rules that give no instrument.</summary>
    public IReadOnlyList<RuleFault> Rules { get; init; } = [];
}

/// <summary>A tag or an index that gives no target.</summary>
/// <param name="Rule">For example <c>tag:industry:银行</c>.</param>
/// <param name="Problem">Why, and what to do.</param>
public sealed record RuleFault(string Rule, string Problem);

/// <summary>
/// Gives the targets as of the latest finished day. What makes an instrument a target, those who ask need not know.
/// </summary>
public interface ITargetSymbols
{
    /// <exception cref="TidemarkException">
    /// Nobody can say what they are: a file of targets or a list is missing or wrong.
    /// </exception>
    Task<TargetSymbols> ReadAsync(CancellationToken cancellationToken);
}
