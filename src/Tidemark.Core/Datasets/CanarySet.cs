namespace Tidemark.Core.Datasets;

/// <summary>
/// Symbols that the vendor is known to have every day: an answer about a whole market that lacks one of them is not
/// believed. It says so only where no check judges every instrument of the day.
/// </summary>
public sealed record CanarySet
{
    /// <summary>As the vendor spells them.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>The text column of the dataset that names the symbol of a row.</summary>
    public required string Column { get; init; }

    /// <summary>
    /// The list that says from when to when each has data. One that the list does not have is not asked for.
    /// </summary>
    public required SymbolSource List { get; init; }

    /// <summary>
    /// The id of a dataset by day with canaries of its own. One that is absent there, too, was halted on the day. Null
    /// where halts take no rows away.
    /// </summary>
    public string? TradesOf { get; init; }

    /// <summary>
    /// The dataset of <see cref="TradesOf"/>; null until all datasets are known, and where it is not collected.
    /// </summary>
    public DatasetDefinition? Trades { get; init; }
}
