namespace Tidemark.Core.Datasets;

/// <summary>What becomes of a unit whose answer has other columns than declared.</summary>
/// <param name="OnNewColumn">The answer has columns that are not declared.</param>
/// <param name="OnMissing">It lacks columns that are declared and may be null; with <see cref="RulePolicy.Warn"/> they
/// are.</param>
public sealed record DriftPolicies(RulePolicy OnNewColumn, RulePolicy OnMissing)
{
    /// <summary>Where nothing is declared.</summary>
    public static DriftPolicies Default { get; } = new(RulePolicy.Warn, RulePolicy.Block);
}
