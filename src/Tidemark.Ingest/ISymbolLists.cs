using Tidemark.Core.Datasets;

namespace Tidemark.Ingest;

/// <summary>A symbol of a list, and when there is data of it.</summary>
/// <param name="Symbol">As the vendor spells it.</param>
/// <param name="Listed">The first day; null where the list has none.</param>
/// <param name="Delisted">The first day without data; null while there is some.</param>
public sealed record ListedSymbol(string Symbol, DateOnly? Listed = null, DateOnly? Delisted = null);

/// <summary>
/// Which symbols a dataset by symbol has. Implemented to the right of ingest, where lists are understood, and handed in
/// by the composition root.
/// </summary>
public interface ISymbolLists
{
    /// <summary>The symbols of a list as it is in the lake now.</summary>
    /// <param name="source">The list.</param>
    /// <param name="among">Only these, in whatever spelling users typed them; null for all.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Null when the list is not there yet.</returns>
    Task<IReadOnlyList<ListedSymbol>?> ReadAsync(
        SymbolSource source,
        IReadOnlyCollection<string>? among,
        CancellationToken cancellationToken
    );
}
