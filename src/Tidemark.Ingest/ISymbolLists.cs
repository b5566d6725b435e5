using Tidemark.Core.Datasets;

namespace Tidemark.Ingest;

/// <summary>A symbol of a list, with the days for which it has data.</summary>
/// <param name="Symbol">As the vendor spells it.</param>
/// <param name="Listed">The first day; null where the list names none.</param>
/// <param name="Delisted">The first day without data; null for a symbol that still has data.</param>
public sealed record ListedSymbol(string Symbol, DateOnly? Listed = null, DateOnly? Delisted = null);

/// <summary>
/// Gives the symbols of a dataset by symbol. Operations implements it, because it understands lists; the composition
/// root hands it in.
/// </summary>
public interface ISymbolLists
{
    /// <summary>
    /// The symbols of a list as it is in the lake now; named ones also where only an earlier version of it has them,
    /// with the days that the last one of these says.
    /// </summary>
    /// <param name="source">The list.</param>
    /// <param name="among">Only these symbols, as users typed them; null for all.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Null when the list is not there yet.</returns>
    Task<IReadOnlyList<ListedSymbol>?> ReadAsync(
        SymbolSource source,
        IReadOnlyCollection<string>? among,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Whether all rows of symbols can be asked for under these symbols alone. An instrument that had other codes may
    /// have rows under each, and one that no list has may have any.
    /// </summary>
    /// <param name="typed">The symbols, as users typed them.</param>
    /// <param name="mayLack">Whether those that no list has are passed over.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    Task<bool> AreKnownAsync(IReadOnlyCollection<string> typed, bool mayLack, CancellationToken cancellationToken);
}
