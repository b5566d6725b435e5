namespace Tidemark.Completeness.Evaluation;

/// <summary>The entities of a check with their listing windows, by symbol. Immutable.</summary>
internal sealed class EntityList
{
    private readonly Dictionary<string, int> _index;
    private readonly SortedDictionary<string, string> _earlier = new(StringComparer.Ordinal);

    /// <param name="isKnown">False when the list was never committed: then the only entity is a placeholder.</param>
    /// <param name="symbols">Distinct, ordered.</param>
    /// <param name="listed">First day expected; MinValue for "always", MaxValue for "not yet".</param>
    /// <param name="delisted">First day not expected any more; MaxValue for "never".</param>
    /// <param name="newest">The symbol of each code that one of the entities had before; null for none.</param>
    public EntityList(
        bool isKnown,
        string[] symbols,
        DateOnly[] listed,
        DateOnly[] delisted,
        IReadOnlyDictionary<string, string>? newest = null
    )
    {
        IsKnown = isKnown;
        Symbols = symbols;
        Listed = listed;
        Delisted = delisted;
        _index = new Dictionary<string, int>(symbols.Length, StringComparer.Ordinal);
        for (var i = 0; i < symbols.Length; i++)
        {
            _index.Add(symbols[i], i);
        }

        // What stands under an earlier code is the same entity's. A code that is listed is its own.
        foreach (var (earlier, symbol) in newest ?? new Dictionary<string, string>())
        {
            if (_index.TryGetValue(symbol, out var entity) && _index.TryAdd(earlier, entity))
            {
                _earlier.Add(earlier, symbol);
            }
        }
    }

    public bool IsKnown { get; }

    public string[] Symbols { get; }

    public DateOnly[] Listed { get; }

    public DateOnly[] Delisted { get; }

    public int Count => Symbols.Length;

    /// <summary>The symbol that goes on with each earlier code, by code.</summary>
    public IReadOnlyDictionary<string, string> EarlierCodes => _earlier;

    /// <summary>Finds entities by text, by their earlier codes too, without making strings.</summary>
    public Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Lookup =>
        _index.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Some of the entities, by their positions.</summary>
    public EntityList Take(int[] chosen) =>
        new(
            IsKnown,
            [.. chosen.Select(i => Symbols[i])],
            [.. chosen.Select(i => Listed[i])],
            [.. chosen.Select(i => Delisted[i])]
        );

    /// <summary>One entity that is always expected.</summary>
    public static EntityList Single(string name, bool isKnown) =>
        new(isKnown, [name], [DateOnly.MinValue], [DateOnly.MaxValue]);
}
