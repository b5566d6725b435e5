namespace Tidemark.Vendors.Ibkr;

/// <summary>What became of a contract that was looked up.</summary>
public enum QualificationOutcome
{
    /// <summary>Exactly one contract is like this.</summary>
    Found,

    /// <summary>Several are.</summary>
    Ambiguous,

    /// <summary>None is (any more).</summary>
    Unknown,

    /// <summary>It could not be found out.</summary>
    Failed,
}

/// <summary>The answer for one contract of a look-up: always one a contract.</summary>
/// <param name="Index">Of the contract in the request.</param>
/// <param name="Candidates">One when found, several when ambiguous, else none.</param>
/// <param name="Error">Why it was not found, for people; null when it was.</param>
public readonly record struct Qualification(
    int Index,
    IbkrContract Asked,
    QualificationOutcome Outcome,
    IReadOnlyList<ContractDetails> Candidates,
    IbkrException? Error
)
{
    /// <summary>The contract with all its parts; null unless there is exactly one.</summary>
    public ContractDetails? Details => Outcome == QualificationOutcome.Found ? Candidates[0] : null;
}
