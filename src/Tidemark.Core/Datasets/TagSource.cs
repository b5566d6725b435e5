namespace Tidemark.Core.Datasets;

/// <summary>
/// What a list says of instruments that can be chosen by: their kind, industry, board, theme. Its newest version counts;
/// which of its rows hold on a day, they say themselves.
/// </summary>
public sealed record TagSource
{
    /// <summary>Prefixes that no list can declare: every list with a <see cref="Kind"/> has them.</summary>
    public const string KindPrefix = "kind";

    /// <inheritdoc cref="KindPrefix"/>
    public const string ExchangePrefix = "exchange";

    /// <summary>The text column that names the instrument.</summary>
    public required string Symbol { get; init; }

    /// <summary>The day column from which a row holds; null means always.</summary>
    public string? From { get; init; }

    /// <summary>The day column with the first day on which it does not hold any more; null means never.</summary>
    public string? To { get; init; }

    /// <summary>The same with the last day on which it holds.</summary>
    public string? Last { get; init; }

    /// <summary>A DuckDB predicate over the list's columns that chooses among its rows, or null.</summary>
    public string? Where { get; init; }

    /// <summary>What its instruments are; null where it is no list of instruments, but says more of them.</summary>
    public Bucket? Kind { get; init; }

    /// <summary>
    /// By prefix, the columns whose value makes a tag: <c>industry</c> and <c>industry:银行</c>. The first one names it,
    /// the others are other names of the same, such as codes.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> By { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();
}
