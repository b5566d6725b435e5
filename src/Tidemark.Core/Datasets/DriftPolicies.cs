namespace Tidemark.Core.Datasets;

/// <summary>What becomes of a unit whose answer has other columns than declared, or values of other types.</summary>
/// <param name="OnNewColumn">The answer has columns that are not declared.</param>
/// <param name="OnMissing">
/// It lacks columns that are declared and on which nothing depends; with <see cref="RulePolicy.Warn"/> they are null.
/// </param>
/// <param name="OnRetyped">
/// Values of such columns are not of the declared type; with <see cref="RulePolicy.Warn"/> they are null.
/// </param>
public sealed record DriftPolicies(NewColumnPolicy OnNewColumn, RulePolicy OnMissing, RulePolicy OnRetyped)
{
    /// <summary>Where nothing is declared.</summary>
    public static DriftPolicies Default { get; } = new(NewColumnPolicy.Warn, RulePolicy.Block, RulePolicy.Block);
}
