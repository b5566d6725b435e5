namespace Tidemark.Completeness.Evaluation;

/// <summary>The entities of a check with their listing windows, by symbol. Immutable.</summary>
internal sealed class EntityList
{
    private readonly IReadOnlyList<ListMember> _members;
    private readonly Dictionary<string, int> _index;
    private readonly SortedDictionary<string, string> _earlier = new(StringComparer.Ordinal);

    /// <param name="isKnown">False when the list was never committed; then the only entity is a placeholder.</param>
    /// <param name="members">Distinct, ordered by symbol.</param>
    /// <param name="newest">The present symbol of each earlier code; null when there are no earlier codes.</param>
    public EntityList(
        bool isKnown,
        IReadOnlyList<ListMember> members,
        IReadOnlyDictionary<string, string>? newest = null
    )
    {
        IsKnown = isKnown;
        Symbols = [.. members.Select(m => m.Symbol)];
        Listed = [.. members.Select(m => m.Listed)];
        Delisted = [.. members.Select(m => m.Delisted)];
        Left = [.. members.Select(m => m.Left)];
        _members = members;
        _index = new Dictionary<string, int>(Count, StringComparer.Ordinal);
        for (var i = 0; i < Count; i++)
        {
            _index.Add(Symbols[i], i);
        }

        // Rows under an earlier code belong to the same entity. A code that is itself listed stays its own.
        foreach (var (earlier, symbol) in newest ?? new Dictionary<string, string>())
        {
            if (_index.TryGetValue(symbol, out var entity) && _index.TryAdd(earlier, entity))
            {
                _earlier.Add(earlier, symbol);
            }
        }
    }

    /// <summary>All entities that a list has ever named.</summary>
    public EntityList(ListMembers list)
        : this(isKnown: true, list.Members, list.Newest) { }

    public bool IsKnown { get; }

    public string[] Symbols { get; }

    /// <summary>First expected day of each entity; MinValue for "always", MaxValue for "not yet".</summary>
    public DateOnly[] Listed { get; }

    /// <summary>First day on which an entity is not expected any more; MaxValue for "never".</summary>
    public DateOnly[] Delisted { get; }

    /// <summary>The day of the first list that no longer names an entity; MaxValue while the newest one does.</summary>
    public DateOnly[] Left { get; }

    public int Count => Symbols.Length;

    /// <summary>The present symbol of each earlier code, by code.</summary>
    public IReadOnlyDictionary<string, string> EarlierCodes => _earlier;

    /// <summary>Finds entities by text, by their earlier codes too, without making strings.</summary>
    public Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Lookup =>
        _index.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Some of the entities, by their positions.</summary>
    public EntityList Take(int[] chosen) => new(IsKnown, [.. chosen.Select(i => _members[i])]);

    /// <summary>One entity that is always expected.</summary>
    public static EntityList Single(string name, bool isKnown) =>
        new(
            isKnown,
            [new ListMember(name, DateOnly.MinValue, DateOnly.MaxValue, DateOnly.MaxValue, DateOnly.MaxValue)]
        );
}
