namespace Tidemark.Core.Datasets;

/// <summary>
/// Into which parts the periods of a dataset are divided: a unit each, asked for by the placeholder <c>{part}</c>.
/// </summary>
public sealed record PartSource
{
    /// <summary>The dataset's text column that must name the part in every row; null when no column does.</summary>
    public string? Column { get; init; }

    /// <summary>
    /// The parts, where they are always the same: exchanges, groups. Empty when they are symbols of a list.
    /// </summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>The list of which every symbol is a part; null when there are <see cref="Values"/>.</summary>
    public SymbolSource? Symbols { get; init; }

    /// <summary>
    /// A symbol that the vendor certainly has, to ask with before a list is there; null when there is none.
    /// </summary>
    public string? Sample { get; init; }
}

/// <summary>
/// The list from which a dataset has its symbols. Its newest version counts; for a symbol that is named, the newest
/// one that has it.
/// </summary>
/// <param name="Dataset">The id of a dataset of grain snapshot.</param>
/// <param name="Symbol">Its column with the symbol.</param>
/// <param name="Listed">Its column with the day from which there is data; null means always.</param>
/// <param name="Delisted">Its column with the day from which there is none any more; null means never.</param>
/// <param name="Where">A DuckDB predicate over its columns that chooses among its rows, or null.</param>
public sealed record SymbolSource(
    string Dataset,
    string Symbol,
    string? Listed = null,
    string? Delisted = null,
    string? Where = null
);
