namespace Tidemark.Completeness.Evaluation;

/// <summary>The entities of a check with their listing windows, by symbol. Immutable.</summary>
internal sealed class EntityList
{
    private readonly Dictionary<string, int> _index;

    /// <param name="isKnown">False when the list was never committed: then the only entity is a placeholder.</param>
    /// <param name="symbols">Distinct, ordered.</param>
    /// <param name="listed">First day expected; MinValue for "always", MaxValue for "not yet".</param>
    /// <param name="delisted">First day not expected any more; MaxValue for "never".</param>
    public EntityList(bool isKnown, string[] symbols, DateOnly[] listed, DateOnly[] delisted)
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
    }

    public bool IsKnown { get; }

    public string[] Symbols { get; }

    public DateOnly[] Listed { get; }

    public DateOnly[] Delisted { get; }

    public int Count => Symbols.Length;

    /// <summary>Finds entities by text without making strings.</summary>
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
