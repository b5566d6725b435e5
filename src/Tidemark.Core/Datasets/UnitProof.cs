namespace Tidemark.Core.Datasets;

/// <summary>
/// The columns by which rows prove what their volume and turnover count: turnover over volume, both in base units, is
/// a price between the row's lowest and highest. Only prices at which was traded prove it: those of an index, or
/// adjusted ones, do not.
/// </summary>
/// <param name="Volume">The column of the volume.</param>
/// <param name="Amount">The column of the turnover.</param>
/// <param name="Low">The column of the lowest price.</param>
/// <param name="High">The column of the highest price; may be the same.</param>
/// <param name="Scale">
/// By the declared units, what turnover over volume is multiplied by to be a price: 10 for thousands of CNY over hands.
/// </param>
/// <param name="OnOther">What becomes of a unit whose rows prove another scale.</param>
public sealed record UnitProof(
    string Volume,
    string Amount,
    string Low,
    string High,
    double Scale,
    RulePolicy OnOther = RulePolicy.Warn
);

/// <summary>What becomes of a unit that breaks a rule.</summary>
public enum RulePolicy
{
    /// <summary>It is committed, and what is wrong with it is a finding.</summary>
    Warn,

    /// <summary>It fails, and the lake stays as it was.</summary>
    Block,
}
