namespace Tidemark.Core.Datasets;

/// <summary>How many rows a unit must have: an answer that was cut off is told by it.</summary>
/// <param name="Min">The least number; null = any.</param>
/// <param name="Fall">Which share of the usual rows may be lacking, 0 to 1; null = any. Usual is the median of the 20
/// days with rows before it, from 5 on; of a list, what the one before has.</param>
/// <param name="OnBreak">What becomes of a unit with fewer: it is committed and not whole, or it fails.</param>
public sealed record RowCountRule(long? Min, double? Fall, RulePolicy OnBreak)
{
    /// <summary>The share where nothing is declared.</summary>
    public const double FallByDefault = 0.5;
}
